--- Records as JSON in, what became of each out.

local flowing = require "sertifier.nginx.flowing"
local json = require "sertifier.sandbox.json"
local reply = require "sertifier.nginx.reply"

local records = {}

--- The records of a body: a list, a list under `records`, or one record.
local function rows_of(body)
  if body:find "^%s*%[" then body = '{"records":' .. body .. "}" end
  local request = json.decode(body)
  if not request then return nil end
  if request.records == nil then return { request } end
  return json.is_list(request.records) and request.records or nil
end

local function has_only_objects(rows)
  for _, row in ipairs(rows) do
    if type(row) ~= "table" then return false end
  end
  return true
end

--- Answers a request.
-- @tparam table place as for flowing.answer, and `most`, records
-- @tparam string body
function records.answer(place, body)
  local rows = rows_of(body)
  if not rows or not rows[1] or not has_only_objects(rows) then
    return reply.refuse(400, "A record, or a list of records, is expected as JSON in UTF-8; "
      .. "nothing was sent.")
  elseif #rows > place.most then
    return reply.refuse(413, ("At most %d records in a request, here are %d; nothing was sent.")
      :format(place.most, #rows))
  end
  return flowing.answer(place, rows)
end

return records
