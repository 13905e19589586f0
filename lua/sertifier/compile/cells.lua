--- The cells of a plan: columns of the export, values that a record had before, and what functions
-- give. Each stands once, however often it is read.

local columns = require "sertifier.export.columns"

local cells = {}
cells.__index = cells

--- @tparam {string,...} names the export's columns
-- @tparam[opt] string object of the flow
function cells.new(names, object)
  return setmetatable({ find = columns.finder(names, object), columns = {}, kinds = {}, places = {},
    missing = {}, repeated = {}, functions = {}, calls = {}, mends = {},
    priors = {} }, cells)
end

--- The place of what `key` stands for; `column` 0: of no column.
local function place(self, key, column, kind)
  if not self.places[key] then
    self.columns[#self.columns + 1] = column
    self.kinds[#self.columns] = kind or "-"
    self.places[key] = #self.columns
  end
  return self.places[key]
end

--- A column's cell. What the export lacks, and what stands in it twice, is noted.
-- @tparam string name
-- @tparam[opt="-"] string kind how it is read: "d" as a date, "n" as a number, "i" as an Id, "-" as
--   its text
function cells:of(name, kind)
  local column, is_repeated = self.find(name)
  if not column then self.missing[name] = true end
  if is_repeated then self.repeated[name] = true end
  return place(self, (column or name:lower()) .. (kind or "-"), column or 0, kind)
end

--- The cell of a field's prior value.
function cells:prior(name)
  local now, key = self:of(name), "prior " .. name:lower()
  local is_new = not self.places[key]
  local at = place(self, key, 0)
  if is_new then table.insert(self.priors, { cell = at, now = now, name = name:lower() }) end
  return at
end

--- The cell that says whether the record was there before.
function cells:known()
  self.known_cell = place(self, "known", 0)
  return self.known_cell
end

--- The cell of what a function gives; 0 where it gives none, but says which rows are wanted.
-- @tparam function call is given the record
-- @tparam function mend is given whether the call did not fail, and what it gave where that is no
--   text: gives the text, or fails
-- @tparam[opt] boolean chooses whether it says that
function cells:called(call, mend, chooses)
  local at = chooses and 0 or place(self, mend, 0)
  table.insert(self.functions, at)
  table.insert(self.calls, call)
  table.insert(self.mends, mend)
  return at
end

return cells
