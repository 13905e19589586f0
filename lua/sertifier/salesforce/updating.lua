--- Updates of up to 200 records in one call, each with a result of its own.
--
-- A row that another transaction holds is tried again, alone with its like, after waits that
-- double; all others have what they were told.

local cjson = require("cjson").new()
local core = require "sertifier.core"
local faults = require "sertifier.salesforce.faults"

local updating = {}

local most_tries = 5

local function body_of(object, records)
  local list = {}
  for i, record in ipairs(records) do
    local one = { attributes = { type = object }, id = record.id }
    for name, value in pairs(record.values) do one[name] = value end
    list[i] = one
  end
  return cjson.encode { allOrNone = false, records = list }
end

--- What came of one record: true, or Salesforce's code and its message.
local function outcome_of(result)
  if type(result) ~= "table" then return { code = "answer", message = "its result is missing" } end
  if result.success == true then return true end
  local first = type(result.errors) == "table" and result.errors[1] or {}
  return faults.of_row(tostring(first.statusCode), tostring(first.message))
end

local function start(org, body)
  return org:start("PATCH", org.base .. "/composite/sobjects", body)
end

--- Waits for a call. Puts the outcomes in their places, and gives the records that are locked.
local function finish(org, call, records, outcomes)
  local results, message, code = org:finish(call)
  if not results then return nil, message, code end
  local locked = {}
  for i, record in ipairs(records) do
    local outcome = outcome_of(results[i])
    outcomes[record] = outcome
    local is_locked = outcome ~= true and outcome.code == "UNABLE_TO_LOCK_ROW"
    if is_locked then locked[#locked + 1] = record end
  end
  return locked
end

--- Half to all of a time that doubles: those who were in each other's way part.
local function wait(org, tries)
  local chance = tonumber(core.random():sub(1, 4), 16) / 65536
  core.sleep(org.lock_wait * 2 ^ (tries - 1) * (0.5 + chance / 2))
end

--- Makes an update.
-- @tparam string object
-- @tparam {table,...} records each `id` and `values`, by field; at most 200
-- @treturn table for `start` and `finish`
function updating.new(object, records)
  return { object = object, records = records, body = body_of(object, records) }
end

--- Starts it.
function updating.start(org, update)
  update.call = start(org, update.body)
end

--- Waits for it.
-- @treturn table|nil for each record true, or Salesforce's `code` and `message`; or nil, message,
--   code
function updating.finish(org, update)
  local outcomes, tries = {}, 1
  local locked, message, code = finish(org, update.call, update.records, outcomes)
  if not locked then return nil, message, code end
  -- Where a later call fails, what the first one said of its records stands.
  while locked and #locked > 0 and tries < most_tries and not core.interrupted() do
    wait(org, tries)
    tries = tries + 1
    locked = finish(org, start(org, body_of(update.object, locked)), locked, outcomes)
  end
  local list = {}
  for i, record in ipairs(update.records) do list[i] = outcomes[record] end
  return list
end

return updating
