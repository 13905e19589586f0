--- The CSV that Salesforce takes back: `Id` and the fields that a flow writes.
--
-- UTF-8 without a byte order mark and with LF line ends, which `sf data update bulk` and Data
-- Loader both read. It is written beside its place and moved there when the run ends, so that a
-- file of that name is always whole.

local core = require "sertifier.core"
local template = require "sertifier.template"

local writeback = {}
writeback.__index = writeback

local function quoted(text)
  if not text:find '[",\r\n]' then return text end
  return '"' .. text:gsub('"', '""') .. '"'
end

--- A row as Salesforce's tools and spreadsheets read it; the cells are changed on the way.
-- @tparam {string,...} cells
-- @treturn string
function writeback.line(cells)
  for i, cell in ipairs(cells) do cells[i] = quoted(cell) end
  return table.concat(cells, ",") .. "\n"
end

local function fail(self, message)
  return nil, ("%s: cannot write the links: %s"):format(self.path, tostring(message)), "io"
end

local function sorted_fields(parts)
  local fields = {}
  for field in pairs(parts) do fields[#fields + 1] = field end
  table.sort(fields)
  return fields
end

--- Starts a write-back file.
-- @tparam string path where it will stand; "-" is standard output
-- @tparam table parts Salesforce field -> template parts over the credential
-- @return the write-back, or nil, message, "io"
function writeback.open(path, parts)
  local self = setmetatable({ path = path, parts = parts, fields = sorted_fields(parts), rows = 0 },
    writeback)
  self.place = path ~= "-" and ("%s.%d.part"):format(path, core.pid()) or nil
  local message
  self.file, message = io.stdout, nil
  if self.place then self.file, message = io.open(self.place, "w") end
  if not self.file then return fail(self, message) end
  local header = { "Id" }
  for i, field in ipairs(self.fields) do header[i + 1] = field end
  return self:put(header)
end

function writeback:put(cells)
  local ok, message = self.file:write(writeback.line(cells))
  if not ok then return fail(self, message) end
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
  local ok, message = core.sync(self.file)
  if not self.place then return ok or fail(self, message) end
  local closed, why = self.file:close()
  if ok and closed then ok, why = os.rename(self.place, self.path) end
  if not ok then return fail(self, why or message) end
  return true
end

--- Gives it up: nothing is left behind.
function writeback:discard()
  if not self.place then return end
  self.file:close()
  os.remove(self.place)
end

return writeback
