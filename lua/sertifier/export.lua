--- Opens an export: a CSV file, standard input, or an iterator of tables.
--
-- Whatever it is, an export has `name` (for messages), `columns`, `fill` and `close`, and `fill`
-- puts the credentials of its next rows into a batch.

local core = require "sertifier.core"

local export = {}

-- ---- CSV: read natively ----

local csv = {}
csv.__index = csv

--- Fills a batch.
-- @param plan the compiled flow
-- @param batch where credentials and problems go
-- @tparam number most credentials in the batch
-- @tparam number rows to read at the most
-- @tparam boolean with_records whether `batch:record` will be asked
-- @return rows read, skipped, invalid, and whether the export has ended; or nil, message, "io".
--   Where one of the flow's functions failed, its row is the last, and fifth comes why.
function csv:fill(plan, batch, most, rows, with_records)
  local read, skipped, invalid, ended, failure =
    self.reader:fill(plan, batch, most, rows, with_records)
  if not read then return nil, ("%s: %s"):format(self.name, skipped), "io" end
  return read, skipped, invalid, ended, failure
end

function csv.record(_, batch, i)
  return batch:record(i)
end

--- The line on which the last row read starts.
function csv:line()
  return self.reader:line()
end

function csv:close()
  self.reader:close()
end

local function open_csv(path)
  local name = path == "-" and "standard input" or path
  local reader, message, code = core.reader(path)
  if not reader then return nil, ("%s: %s"):format(name, message), code end
  return setmetatable({ name = name, reader = reader, columns = reader:columns(),
    can_reread = path ~= "-" }, csv)
end

-- ---- tables: from any iterator, such as one over decoded JSON ----

local tables = {}
tables.__index = tables

local function lower_keys(row)
  local lower = {}
  for key, value in pairs(row) do
    if type(key) == "string" then lower[key:lower()] = value end
  end
  return lower
end

--- A parent's field: `row["Account.Name"]`, or `row.Account.Name`.
local function value_of(row, name)
  local value = row[name]
  if value ~= nil then return value end
  local lower = lower_keys(row)
  value = lower[name:lower()]
  if value ~= nil then return value end
  local head, rest = name:match "^([^.]+)%.(.+)$"
  local parent = head and lower[head:lower()]
  return type(parent) == "table" and value_of(parent, rest) or nil
end

local function text_of(value)
  local kind = type(value)
  if kind == "string" then return value end
  if kind == "boolean" then return tostring(value) end
  if kind == "number" then
    return value % 1 == 0 and ("%.0f"):format(value) or ("%.14g"):format(value)
  end
  return "" -- nil and cjson.null
end

--- The cells of a row; the columns of such an export are those that the flow needs.
local function cells_of(self, row)
  local cells = {}
  for i, name in ipairs(self.columns) do cells[i] = text_of(value_of(row, name)) end
  return cells
end

local function feed(self, plan, batch, row, keep)
  self.number = self.number + 1
  if type(row) ~= "table" then
    error(("the export's iterator gave a %s, not a table"):format(type(row)), 0)
  end
  local result, failure = core.feed(plan, batch, cells_of(self, row), self.number, row)
  if keep and result == "ready" then self.rows[self.number] = row end
  return result, failure
end

function tables:fill(plan, batch, most, rows, with_records)
  local counts = { skipped = 0, invalid = 0, ready = 0, failed = 0 }
  local read = 0
  while #batch < most and read < rows do
    local row = self.next()
    if row == nil then return read, counts.skipped, counts.invalid, true end
    local result, failure = feed(self, plan, batch, row, with_records)
    counts[result] = counts[result] + 1
    read = read + 1
    if failure then return read, counts.skipped, counts.invalid, false, failure end
  end
  return read, counts.skipped, counts.invalid, false
end

--- The row itself, given once.
function tables:record(batch, i)
  local line = select(7, batch:get(i))
  local row = self.rows[line]
  self.rows[line] = nil
  return row
end

function tables:line()
  return self.number
end

function tables.close() end

--- Opens an export.
-- @param source a path, "-" for standard input, or a function that gives a table a call and nil at
--   the end
-- @tparam {string,...} needs the fields that the flow reads
-- @return the export, or nil, message, code
function export.open(source, needs)
  if type(source) == "function" then
    return setmetatable({ name = "record", next = source, columns = needs, number = 0, rows = {} },
      tables)
  end
  return open_csv(source)
end

return export
