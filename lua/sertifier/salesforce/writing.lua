--- Writes to the org what the ledger has for it: in calls of up to 200 records, each row settled.

local cjson = require("cjson").new()
local core = require "sertifier.core"
local template = require "sertifier.template"

local writing = {}

local cures = {
  ENTITY_IS_DELETED = "the record was deleted meanwhile",
  UNABLE_TO_LOCK_ROW = "another transaction holds it",
  INVALID_CROSS_REFERENCE_KEY = "see that the record is in this org, and that the user may see it",
  INSUFFICIENT_ACCESS_OR_READONLY = "let the user edit it",
  INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY = "let the user edit it",
}

--- What a row's fields get.
-- @tparam table row as `ledger:unwritten` gives it
-- @treturn table values by field
function writing.values(row)
  local values = {}
  for field, text in pairs(cjson.decode(row.fields)) do
    values[field] = template.fill(assert(template.parse(text)),
      { id = row.credential_id, verificationLink = row.link })
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

local function write(org, object, rows)
  local fields, message, code = org:fields(object)
  if not fields then return nil, message, code end
  local results = {}
  local records = gather(rows, fields, results)
  if #records == 0 then return results end
  local outcomes, why, what = org:update(object, records)
  if not outcomes then return nil, why, what end
  note(results, records, outcomes)
  return results
end

--- The first rows, as far as they are of one object.
local function next_rows(ledger, limit)
  local rows, message, code = ledger:unwritten(limit)
  if not rows then return nil, message, code end
  for i = #rows, 1, -1 do
    if rows[i].object ~= rows[1].object then table.remove(rows, i) end
  end
  return rows
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

--- Writes all that can be written and was not tried in this run.
-- @tparam table ledger
-- @param org an opened client
-- @tparam table tally `written`, and `reasons`: how often each; both are added to
-- @tparam[opt] boolean only_full only what fills a call
-- @return true; or nil, message, code: what is left waits in the ledger
function writing.all(ledger, org, tally, only_full)
  while not core.interrupted() do
    local rows, message, code = next_rows(ledger, org.batch_size)
    if not rows then return nil, message, code end
    if #rows == 0 or only_full and #rows < org.batch_size then return true end
    local results, why, what = write(org, rows[1].object, rows)
    if not results then return nil, why, what end
    local ok, problem, word = ledger:settle_writes(results)
    if not ok then return nil, problem, word end
    count(tally, results)
  end
  return nil, "interrupted", "interrupted"
end

return writing
