--- The CSV that Salesforce takes back: `Id` and the fields that a flow writes.
--
-- UTF-8 without a byte order mark and with LF line ends, which `sf data update bulk` and Data
-- Loader both read.

local template = require "sertifier.template"
local whole_file = require "sertifier.whole_file"

local writeback = {}
writeback.__index = writeback

--- Plain searches are far quicker than one for a set.
local function needs_quotes(text)
  return text:find(",", 1, true) or text:find('"', 1, true) or text:find("\n", 1, true)
    or text:find("\r", 1, true)
end

local function quoted(text)
  if not needs_quotes(text) then return text end
  return '"' .. text:gsub('"', '""') .. '"'
end

--- A row as Salesforce's tools and spreadsheets read it; the cells are changed on the way.
-- @tparam {string,...} cells
-- @treturn string
function writeback.line(cells)
  for i, cell in ipairs(cells) do cells[i] = quoted(cell) end
  return table.concat(cells, ",") .. "\n"
end

local function sorted(set)
  local fields = {}
  for field in pairs(set) do fields[#fields + 1] = field end
  table.sort(fields)
  return fields
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
  local fields = sorted(set)
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
  local self = setmetatable({ file = file, parts = parts, fields = sorted(parts), rows = 0 },
    writeback)
  local header = { "Id" }
  for i, field in ipairs(self.fields) do header[i + 1] = field end
  return self:put(header)
end

function writeback:put(cells)
  local ok, message, code = self.file:write(writeback.line(cells))
  if not ok then return nil, message, code end
  return self
end

--- Adds a record's row; one without a link or an Id adds none.
-- @tparam string id the record's Id
-- @tparam table credential what Sertifier named
-- @return the write-back, or nil, message, "io"
function writeback:add(id, credential)
  local cells, filled = { id }, false
  for i, field in ipairs(self.fields) do
    cells[i + 1] = template.fill(self.parts[field], credential)
    filled = filled or cells[i + 1] ~= ""
  end
  if id == "" or not filled then return self end
  self.rows = self.rows + 1
  return self:put(cells)
end

--- Ends the file: all of it is on the disk, and then it stands in its place.
-- @return true, or nil, message, "io"
function writeback:close()
  return self.file:close()
end

--- Gives it up: nothing is left behind.
function writeback:discard()
  self.file:discard()
end

return writeback
