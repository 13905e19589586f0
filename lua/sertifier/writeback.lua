--- The CSV that Salesforce takes back: `Id` and the fields that a flow writes.
--
-- UTF-8 without a byte order mark and with LF line ends, which `sf data update bulk` and Data
-- Loader both read.

local core = require "sertifier.core"
local sorted_keys = require "sertifier.sorted_keys"
local template = require "sertifier.template"
local whole_file = require "sertifier.whole_file"

local writeback = {}
writeback.__index = writeback

local most_gathered = 200 -- cells

--- A row as Salesforce's tools and spreadsheets read it.
-- @tparam {string,...} cells
-- @treturn string
function writeback.line(cells)
  return core.csv_text(cells, #cells)
end

local function row_of(record, fields, empty)
  local cells = { record.id }
  for i, field in ipairs(fields) do
    local value = record.values[field]
    cells[i + 1] = value == "" and empty or value or ""
  end
  return writeback.line(cells)
end

--- Some records as such a CSV.
-- @tparam {table,...} records `id`, and `values` by field
-- @tparam string empty what says that a field is to be empty: a job leaves one as it is whose cell
--   is empty, and takes "#N/A"
-- @treturn string
function writeback.text(records, empty)
  local set = {}
  for _, record in ipairs(records) do
    for field in pairs(record.values) do set[field] = true end
  end
  local fields = sorted_keys(set)
  local lines = { writeback.line { "Id", (table.unpack or unpack)(fields) } }
  for _, record in ipairs(records) do lines[#lines + 1] = row_of(record, fields, empty) end
  return table.concat(lines)
end

--- Starts a write-back file.
-- @tparam string path where it will stand; "-" is standard output
-- @tparam table parts Salesforce field -> template parts over the credential
-- @return the write-back, or nil, message, "io"
function writeback.open(path, parts)
  local file, why, code = whole_file.open(path, "the links")
  if not file then return nil, why, code end
  local fields, cells = {}, { "Id" }
  for i, field in ipairs(sorted_keys(parts)) do
    fields[i], cells[i + 1] = parts[field], field
  end
  local self = { file = file, fields = fields, width = #cells, cells = cells, count = #cells }
  return setmetatable(self, writeback):flush()
end

--- Writes the rows that were gathered: each by itself would take twice as long.
function writeback:flush()
  local text = core.csv_text(self.cells, self.width, self.count)
  self.count = 0
  local ok, message, code = self.file:write(text)
  if not ok then return nil, message, code end
  return self
end

--- Adds a record's row; one without a link or an Id adds none.
-- @tparam string id the record's Id
-- @tparam table credential what Sertifier named
-- @return the write-back, or nil, message, "io"
function writeback:add(id, credential)
  local cells, next_one, filled = self.cells, self.count + 1, false
  cells[next_one] = id
  for i = 1, #self.fields do
    local cell = template.fill(self.fields[i], credential)
    cells[next_one + i] = cell
    filled = filled or cell ~= ""
  end
  if id == "" or not filled then return self end
  self.count = self.count + self.width
  if self.count < most_gathered then return self end
  return self:flush()
end

--- Ends the file: all of it is on the disk, and then it stands in its place.
-- @return true, or nil, message, "io"
function writeback:close()
  self:flush() -- where this fails, closing tells
  return self.file:close()
end

--- Gives it up: nothing is left behind.
function writeback:discard()
  self.file:discard()
end

return writeback
