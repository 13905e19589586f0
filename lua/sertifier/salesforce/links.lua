--- What the ledger has for the org: its rows as updates of records, and what came of each row.

local cjson = require("cjson").new()
local template = require "sertifier.template"

local links = {}

local cures = {
  ENTITY_IS_DELETED = "the record was deleted meanwhile",
  UNABLE_TO_LOCK_ROW = "another transaction holds it",
  INVALID_CROSS_REFERENCE_KEY = "see that the record is in this org, and that the user may see it",
  INSUFFICIENT_ACCESS_OR_READONLY = "let the user edit it",
  INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY = "let the user edit it",
  INVALID_FIELD_FOR_INSERT_UPDATE = "let the user edit the field",
  STRING_TOO_LONG = "make the field longer",
  FIELD_CUSTOM_VALIDATION_EXCEPTION = "a validation rule of the org refuses it: let it pass links",
  CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY = "a trigger or a flow of the org fails: mend it",
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
function links.values(row)
  local values, credential = {}, { id = row.credential_id, verificationLink = row.link }
  for field, parts in pairs(parts_of(row.fields)) do
    values[field] = template.fill(parts, credential)
  end
  return values
end

--- Why a field cannot get a value; nil where it can.
function links.fault(fields, name, value)
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
    local fault = links.fault(fields, name, value)
    if fault then return fault end
  end
end

--- The rows of one object, as records: several rows of a record are one, the last has its way.
-- @tparam {table,...} list as `ledger:unwritten` gives them
-- @tparam table fields of the object
-- @tparam {table,...} results get one for each row, with its `reason` where it cannot be written
-- @treturn {table,...} each `id` and `values`, by field
function links.gather(list, fields, results)
  local records, by_id = {}, {}
  for _, row in ipairs(list) do
    local values = links.values(row)
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

--- Salesforce's own reason, and what to do.
function links.reason(outcome)
  local cure = cures[outcome.code]
  return ("%s: %s%s"):format(outcome.code, outcome.message, cure and "; " .. cure or "")
end

--- Says in the results what came of the records.
-- @tparam {table,...} results
-- @tparam table outcomes for each record's Id true, or `code` and `message`
function links.note(results, outcomes)
  for _, result in ipairs(results) do
    local outcome = outcomes[result.record_id]
    if result.wanted and outcome == true then
      result.link = result.wanted
    elseif result.wanted then
      result.reason = links.reason(outcome)
    end
  end
end

local at_once = 1000 -- rows that a transaction settles

local function settle_some(ledger, results, first)
  local some = {}
  for i = first, math.min(first + at_once - 1, #results) do some[#some + 1] = results[i] end
  return ledger:settle_writes(some)
end

local most_named = 3

local function note_reason(reasons, result)
  local group = reasons[result.reason] or { count = 0, ids = {} }
  reasons[result.reason], group.count = group, group.count + 1
  if group.count <= most_named then group.ids[group.count] = result.record_id end
end

--- A reason, with the records that have it.
-- @tparam string reason
-- @tparam table group as `links.settle` keeps it
function links.told(reason, group)
  local more = group.count - #group.ids
  return ("%s (%s%s)"):format(reason, table.concat(group.ids, ", "),
    more > 0 and (" and %d more"):format(more) or "")
end

--- Settles rows, and counts them.
-- @tparam table ledger
-- @tparam {table,...} results
-- @tparam table tally `written`, and `reasons`, each its `count` and some `ids`; both are added to
-- @return true; or nil, message, "ledger"
function links.settle(ledger, results, tally)
  for first = 1, #results, at_once do
    local ok, message, code = settle_some(ledger, results, first)
    if not ok then return nil, message, code end
  end
  for _, result in ipairs(results) do
    if result.link then
      tally.written = tally.written + 1
    else
      note_reason(tally.reasons, result)
    end
  end
  return true
end

return links
