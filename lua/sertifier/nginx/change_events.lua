--- Change Data Capture events as JSON in, what became of each record out.

local compile = require "sertifier.compile"
local events = require "sertifier.export.events"
local flowing = require "sertifier.nginx.flowing"
local records = require "sertifier.nginx.records"

local change_events = {}

--- Answers a request. An event that does not tell all that the flow reads is invalid, and says that
-- the record is to be read again.
-- @tparam table place as for flowing.answer, and `most`, events
-- @tparam string body an event, a list of events, or a list under `events`
function change_events.answer(place, body)
  local list = records.list(body, "events")
  return records.refusal(list, "events", place.most)
    or flowing.answer(place, events.rows(records.each(list), compile.needs(place.flow)))
end

return change_events
