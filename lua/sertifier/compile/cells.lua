--- The cells of a plan: columns of the export, values that a record had before, and what functions
-- give. Each stands once, however often it is read.

local cells = {}
cells.__index = cells

--- The names of columns, whatever their case, and how often each stands in the header.
local function index(names)
  local columns, counts = {}, {}
  for i, name in ipairs(names) do
    local key = name:lower()
    counts[key] = (counts[key] or 0) + 1
    columns[key] = columns[key] or i
    columns[("'%s'#%d"):format(key, counts[key])] = i
  end
  return columns, counts
end

--- @tparam {string,...} names the export's columns
function cells.new(names)
  local by_name, counts = index(names)
  return setmetatable({ by_name = by_name, counts = counts, columns = {}, places = {}, missing = {},
    repeated = {}, functions = {}, calls = {}, priors = {} }, cells)
end

--- The place of what `key` stands for; `column` 0: of no column.
local function place(self, key, column)
  if not self.places[key] then
    self.columns[#self.columns + 1] = column
    self.places[key] = #self.columns
  end
  return self.places[key]
end

--- A column's cell. What the export lacks, and what stands in it twice, is noted.
function cells:of(name)
  local key = name:lower()
  local column = self.by_name[key]
  if not column then self.missing[name] = true end
  if (self.counts[key] or 0) > 1 then self.repeated[name] = true end
  return place(self, column or key, column or 0)
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

--- The cell of what a function gives; without a place for it, it chooses rows.
function cells:called(call, chooses)
  local at = chooses and 0 or place(self, call, 0)
  table.insert(self.functions, at)
  table.insert(self.calls, call)
  return at
end

return cells
