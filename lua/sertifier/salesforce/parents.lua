--- Which record each row's own one belongs to: an org that updates a record locks its parent, too,
-- so two calls at a time with records of one parent get in each other's way.
--
-- The org is asked: it knows the parents of whatever waits in a ledger, and as they are now.

local cjson = require("cjson").new()
local faults = require "sertifier.salesforce.faults"

local parents = {}

local most = 2000 -- records that one question may be about

--- The field that names the parent: of a detail its first master, of others their account.
-- @tparam table fields of an object, as `salesforce:fields` gives them
-- @treturn ?string
function parents.field(fields)
  for _, field in pairs(fields) do
    if field.relationshipOrder == 0 then return field.name end
  end
  return fields.accountid and fields.accountid.name
end

--- The Ids of some rows, each once: the rows of a record stand together.
local function ids_of(rows, first, last)
  local ids = {}
  for i = first, math.min(last, #rows) do
    if rows[i].record_id ~= ids[#ids] then ids[#ids + 1] = rows[i].record_id end
  end
  return ids
end

local function start(org, object, field, ids)
  return org:start("POST", org.base .. "/composite/sobjects/" .. object,
    cjson.encode { ids = ids, fields = { "Id", field } })
end

--- Asks for the parents of the first 2,000 rows behind some, and waits for nothing.
-- @param org an opened client
-- @tparam {table,...} rows of one object, as `ledger:unwritten` gives them
-- @tparam[opt=0] number behind
-- @return the question, for `tell`; or nil, message, code
function parents.ask(org, rows, behind)
  behind = behind or 0
  local object = rows[1].object
  local fields, message, code = org:fields(object)
  if not fields then return nil, message, code end
  local question = { rows = rows, first = behind + 1, last = math.min(behind + most, #rows),
    field = parents.field(fields) }
  if question.field then
    question.call = start(org, object, question.field, ids_of(rows, question.first, question.last))
  end
  return question
end

--- The parents by record that an answer names; null stands where there is no such record.
local function by_id(answer, field)
  local map = {}
  for _, record in ipairs(answer) do
    local parent = type(record) == "table" and record[field]
    if type(parent) == "string" then map[tostring(record.Id)] = parent end
  end
  return map
end

--- Waits for the answer: the rows have their `parent` then, where one is known. None is where
-- Salesforce itself says no.
-- @return true; or nil, message, code
function parents.tell(org, question)
  if not question.call then return true end
  local answer, message, code = org:finish(question.call)
  if not answer then return faults.is_refusal(code), message, code end
  local map = by_id(answer, question.field)
  for i = question.first, question.last do
    local row = question.rows[i]
    row.parent = map[row.record_id]
  end
  return true
end

--- Puts rows in the order of their parents; those of one, or of none, stay in theirs.
function parents.sort(rows)
  for i, row in ipairs(rows) do row.place = i end
  table.sort(rows, function(a, b)
    local one, other = a.parent or "", b.parent or ""
    if one ~= other then return one < other end
    return a.place < b.place
  end)
end

--- Asks for the parents of any number of rows, and puts them in that order.
-- @return true; or nil, message, code
function parents.order(org, rows)
  for behind = 0, #rows - 1, most do
    local question, message, code = parents.ask(org, rows, behind)
    local ok = question
    if ok then ok, message, code = parents.tell(org, question) end
    if not ok then return nil, message, code end
  end
  parents.sort(rows)
  return true
end

return parents
