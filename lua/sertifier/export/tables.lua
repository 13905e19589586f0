--- An export whose records are tables: of any iterator, such as one over decoded JSON.

local core = require "sertifier.core"
local null = require("cjson").null
local later = require "sertifier.later"
local number_text = require "sertifier.number_text"
local sorted_keys = require "sertifier.sorted_keys"
local writeback = later "sertifier.writeback"

local tables = {}
tables.__index = tables

local most_parents = 5 -- levels: as many as a query of Salesforce's may have

local function lower_keys(row)
  local lower = {}
  for key, value in pairs(row) do
    if type(key) == "string" then lower[key:lower()] = value end
  end
  return lower
end

--- A parent's field: `row["Account.Name"]`, or `row.Account.Name`.
-- @return its value, nil where the row has none of that name
function tables.value(row, name)
  local value = row[name]
  if value ~= nil then return value end
  local lower = lower_keys(row)
  value = lower[name:lower()]
  if value ~= nil then return value end
  local head, rest = name:match "^([^.]+)%.(.+)$"
  local parent = head and lower[head:lower()]
  if type(parent) == "table" then return tables.value(parent, rest) end
  -- A parent that is null has no fields, and none of them is missing; a text is no parent.
  return type(parent) == "userdata" and parent or nil
end

local function some_has(records, name)
  for _, record in ipairs(records) do
    if tables.value(record, name) ~= nil then return true end
  end
  return false
end

--- The first record's other fields, so that the nearest can be named.
local function add_others(columns, record)
  local seen = { attributes = true }
  for _, name in ipairs(columns) do seen[name:lower()] = true end
  for _, key in ipairs(sorted_keys(record)) do
    if not seen[key:lower()] then columns[#columns + 1] = key end
  end
end

--- The columns of an export whose records have each field that was asked for, if only as null.
-- @tparam {string,...} needs the fields that the flow reads
-- @tparam {table,...} records some of them; where there are none, nothing is missing
-- @treturn {string,...} what of the needs they have; where one is missing, their other fields, too
function tables.columns(needs, records)
  if #records == 0 then return needs end
  local columns = {}
  for _, name in ipairs(needs) do
    if some_has(records, name) then columns[#columns + 1] = name end
  end
  if #columns < #needs then add_others(columns, records[1]) end
  return columns
end

--- A value as a cell.
function tables.text_of(value)
  local kind = type(value)
  if kind == "string" then return value end
  if kind == "boolean" then return tostring(value) end
  if kind == "number" and value - value == 0 then return number_text(value) end
  return "" -- nil, cjson.null, and what no number is: NaN, infinity
end

local text_of = tables.text_of

--- A copy; of a row whose metatable is hidden it has at least what that row has.
local function copy_of(row)
  local copy, meta = {}, getmetatable(row)
  for name, value in pairs(row) do copy[name] = value end
  if meta ~= nil and type(meta) ~= "table" then meta = { __index = row } end
  return setmetatable(copy, meta)
end

--- A row as functions and hooks get it: what is null is empty, as it is in CSV.
-- @tparam table row
-- @tparam number parents so many levels of them
local function without_nulls(row, parents)
  local copy
  for name, value in pairs(row) do
    local own = value == null and "" or value
    if type(value) == "table" and parents > 0 then own = without_nulls(value, parents - 1) end
    if own ~= value then
      copy = copy or copy_of(row)
      copy[name] = own
    end
  end
  return copy or row
end

--- The plan's cells of a row, and the row itself, without nulls where somebody is given it. The
-- columns of such an export are those that the flow needs.
local function cells_of(self, row, is_given)
  local cells = {}
  for i, name in ipairs(self.columns) do cells[i] = text_of(tables.value(row, name)) end
  return cells, is_given and without_nulls(row, most_parents) or row
end

--- As `writeback.line` has it, without the line's end.
local function text_of_cells(cells)
  return (writeback.line(cells):sub(1, -2))
end

--- The cells of what should be a row, and the row; or nil and what is wrong with it.
local function try_cells(self, row, is_given)
  if type(row) ~= "table" then
    return nil, ("the iterator gave a %s, not a table"):format(type(row))
  end
  local ok, cells, given = pcall(cells_of, self, row, is_given)
  if ok then return cells, given end
  return nil, "the record cannot be read: " .. tostring(cells)
end

local function feed(self, plan, batch, row, keep)
  local cells, given = try_cells(self, row, keep or plan:calls())
  if not cells then
    self.last = keep and "" or nil
    return "failed", given
  end
  self.last = keep and text_of_cells(cells)
  local result, failed = core.feed(plan, batch, cells, self.number, given, self.last or nil)
  if keep and result == "ready" then self.rows[#batch] = given end
  if self.by_id and result == "invalid" then
    self.faulty[self.number] = text_of(tables.value(row, "Id"))
  end
  return result, failed
end

--- As for an export in CSV. The iterator gives a row, and its line where it has one; or false, and
-- the line and what is wrong with the row, nothing where it is of no concern; or nil at the end; or
-- nil, message, code.
function tables:fill(plan, batch, most, rows, with_records)
  local counts = { skipped = 0, invalid = 0, ready = 0, failed = 0 }
  local read, failed = 0, nil
  self.faulty = {}
  if #batch == 0 then self.rows = {} end
  while #batch < most and read < rows and not failed do
    local row, line, problem = self.next()
    if row == nil and line then return nil, ("%s: %s"):format(self.name, line), problem end
    if row == nil then return read, counts.skipped, counts.invalid, true end
    self.number = line or self.number + 1
    local result = "skipped"
    if row then
      result, failed = feed(self, plan, batch, row, with_records)
    elseif problem then
      result = "invalid"
      core.fault(batch, self.number, problem)
    end
    counts[result] = counts[result] + 1
    read = read + 1
  end
  return read, counts.skipped, counts.invalid, false, failed
end

--- The row of a credential in the batch that was filled last.
function tables:record(_, i)
  return self.rows[i]
end

function tables:line()
  return self.number
end

-- ---- for the rejects: CSV ----

function tables:header_text()
  return text_of_cells(self.columns)
end

function tables:text()
  return self.last
end

function tables.own_cells(_, row)
  return row
end

--- How much of it was read is not known.
function tables.share()
end

--- What is read as text needs nothing settled.
function tables.settle()
  return true
end

function tables:oddities()
  if self.odd then return self.odd() end
  return {}, {}
end

function tables:close()
  if self.source then self.source:close() end
end

--- Opens it.
-- @tparam table self `name`, `next`, `columns`, `is_slow`: records may come slowly, `by_id`: people
--   know its records by their Ids, not by lines
function tables.open(self)
  self.number, self.rows, self.delimiter = 0, {}, ","
  return setmetatable(self, tables)
end

return tables
