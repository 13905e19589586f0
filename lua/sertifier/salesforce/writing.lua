--- Writes to the org what the ledger has for it: in calls of up to 200 records, each row settled.

local cjson = require("cjson").new()
local core = require "sertifier.core"
local template = require "sertifier.template"
local updating = require "sertifier.salesforce.updating"

local writing = {}

local cures = {
  ENTITY_IS_DELETED = "the record was deleted meanwhile",
  UNABLE_TO_LOCK_ROW = "another transaction holds it",
  INVALID_CROSS_REFERENCE_KEY = "see that the record is in this org, and that the user may see it",
  INSUFFICIENT_ACCESS_OR_READONLY = "let the user edit it",
  INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY = "let the user edit it",
}

-- Rows of one flow have the same templates: they are parsed once.
local parsed = setmetatable({}, { __mode = "v" })

local function parts_of(text)
  if not parsed[text] then
    local parts = {}
    for field, one in pairs(cjson.decode(text)) do parts[field] = assert(template.parse(one)) end
    parsed[text] = parts
  end
  return parsed[text]
end

--- What a row's fields get.
-- @tparam table row as `ledger:unwritten` gives it
-- @treturn table values by field
function writing.values(row)
  local values, credential = {}, { id = row.credential_id, verificationLink = row.link }
  for field, parts in pairs(parts_of(row.fields)) do
    values[field] = template.fill(parts, credential)
  end
  return values
end

--- Why a field cannot get a value; nil where it can.
function writing.fault(fields, name, value)
  local field = fields[name:lower()]
  if not field then
    return ("the object has no field %s; make it, or let the user see it"):format(name)
  elseif not field.updateable then
    return ("%s cannot be written; let the user edit it"):format(name)
  end
  local length = value and #value:gsub("[\128-\191]", "") or 0
  if field.length and field.length > 0 and length > field.length then
    return ("%s takes %d characters, and this has %d; make the field longer"):format(name,
      field.length, length)
  end
end

local function fault_of(fields, values)
  for name, value in pairs(values) do
    local fault = writing.fault(fields, name, value)
    if fault then return fault end
  end
end

--- The rows of one object, as records: several rows of a record are one, the last has its way.
local function gather(rows, fields, results)
  local records, by_id = {}, {}
  for _, row in ipairs(rows) do
    local values = writing.values(row)
    local fault = fault_of(fields, values)
    results[#results + 1] = { key = row.key, record_id = row.record_id, reason = fault,
      wanted = not fault and row.link or nil }
    if not fault then
      local record = by_id[row.record_id]
      if not record then
        record = { id = row.record_id, values = {} }
        by_id[row.record_id], records[#records + 1] = record, record
      end
      for name, value in pairs(values) do record.values[name] = value end
    end
  end
  return records
end

local function reason_of(outcome)
  local cure = cures[outcome.code]
  return ("%s: %s%s"):format(outcome.code, outcome.message, cure and "; " .. cure or "")
end

--- Says in the results what came of the records.
local function note(results, records, outcomes)
  local by_id = {}
  for i, record in ipairs(records) do by_id[record.id] = outcomes[i] end
  for _, result in ipairs(results) do
    local outcome = by_id[result.record_id]
    if result.wanted and outcome == true then
      result.link = result.wanted
    elseif result.wanted then
      result.reason = reason_of(outcome)
    end
  end
end

--- The rows of the next call: of one object.
local function take(rows, limit)
  local taken = {}
  while rows[1] and #taken < limit and rows[1].object == (taken[1] or rows[1]).object do
    table.insert(taken, table.remove(rows, 1))
  end
  return taken
end

--- Makes ready what writes some rows.
local function prepare(org, rows)
  local object = rows[1].object
  local fields, message, code = org:fields(object)
  if not fields then return nil, message, code end
  local step = { results = {} }
  step.records = gather(rows, fields, step.results)
  if #step.records > 0 then step.update = updating.new(object, step.records) end
  return step
end

--- Waits for what was started; its results are complete then.
local function finish(org, step)
  if not step.update then return true end
  local outcomes, message, code = updating.finish(org, step.update)
  if not outcomes then return nil, message, code end
  note(step.results, step.records, outcomes)
  return true
end

local function count(tally, results)
  for _, result in ipairs(results) do
    if result.link then
      tally.written = tally.written + 1
    else
      tally.reasons[result.reason] = (tally.reasons[result.reason] or 0) + 1
    end
  end
end

local function settle(ledger, step, tally)
  local ok, message, code = ledger:settle_writes(step.results)
  if not ok then return nil, message, code end
  count(tally, step.results)
  return true
end

--- Ends a step, and starts the next one before the results of this one are settled.
local function turn(ledger, org, step, next_step, tally)
  local ok, message, code = true, nil, nil
  if step then ok, message, code = finish(org, step) end
  if not ok then return nil, message, code end
  if next_step and next_step.update then updating.start(org, next_step.update) end
  if step then ok, message, code = settle(ledger, step, tally) end
  return ok, message, code
end

--- Writes rows. While a call is under way, the next one is made ready.
local function write(ledger, org, rows, tally)
  local step, next_step, why, what
  repeat
    next_step, why, what = nil, nil, nil
    if #rows > 0 and not core.interrupted() then
      next_step, why, what = prepare(org, take(rows, org.batch_size))
    end
    local ok, message, code = turn(ledger, org, step, next_step, tally)
    if not ok or what then return nil, message or why, code or what end
    step = next_step
  until not step
  return true
end

local calls_at_once = 10 -- whose rows are read from the ledger together

--- Writes all that can be written and was not tried in this run.
-- @tparam table ledger
-- @param org an opened client
-- @tparam table tally `written`, and `reasons`: how often each; both are added to
-- @tparam[opt] boolean only_full only what fills a call
-- @return true; or nil, message, code: what is left waits in the ledger
function writing.all(ledger, org, tally, only_full)
  while not core.interrupted() do
    local rows, message, code = ledger:unwritten(calls_at_once * org.batch_size)
    if not rows then return nil, message, code end
    while only_full and #rows % org.batch_size > 0 do table.remove(rows) end
    if #rows == 0 then return true end
    local ok, why, what = write(ledger, org, rows, tally)
    if not ok then return nil, why, what end
  end
  return nil, "interrupted", "interrupted"
end

return writing
