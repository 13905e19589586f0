--- Executes statements over lists: of keys, of items, of outcomes.

local core = require "sertifier.core"
local sql = require "sertifier.ledger.sql"

local list = {}

local unpack = table.unpack or unpack

-- A list goes in pieces of these sizes, the last one filled up with NULL: so a batch of any size
-- takes few statements, and each is prepared once. PostgreSQL's driver takes 999 values at most.
local sizes = { 80, 60, 40, 20, 10, 4, 1 }

--- What a server said need not be text, and a database takes nothing else.
function list.text(value)
  if value == nil or core.is_text(value) then return value end
  return (value:gsub("[%z\128-\255]", "?"))
end

-- What a statement is given, in one table for all of them: making it anew is 4 % of a claim.
local given_values = {}

local function size_for(left)
  local size = sizes[1]
  for i = 2, #sizes do
    if sizes[i] >= left then size = sizes[i] end
  end
  return size
end

--- Executes a statement over a list, piece by piece.
-- @tparam table self the ledger
-- @tparam string text with `{list}`
-- @tparam table all
-- @tparam number width how many values a row has
-- @tparam function put `(values, n, one)` puts those of one element behind the n-th, also where
--   they are nil
-- @return the rows of all pieces; nil, message; and third, how many rows they changed
function list.over(self, text, all, width, put)
  local given, changed, values, first = {}, 0, given_values, 1
  while first <= #all do
    local left = #all - first + 1
    local size = size_for(left)
    for i = 1, math.min(size, left) do put(values, (i - 1) * width, all[first + i - 1]) end
    for i = left * width + 1, size * width do values[i] = nil end
    local rows, message, some =
      sql.execute(self, text, size, width, unpack(values, 1, size * width))
    if not rows then return nil, message end
    changed = changed + some
    for _, row in ipairs(rows) do given[#given + 1] = row end
    first = first + size
  end
  return given, nil, changed
end

--- For a list whose elements are keys.
function list.put_key(values, n, key)
  values[n + 1] = key
end

--- For a list whose elements have their keys as `key`, where nothing else of them is asked for.
function list.put_key_of(values, n, one)
  values[n + 1] = one.key
end

local function is_ordered(all)
  for i = 2, #all do
    if all[i].key <= all[i - 1].key then return false end
  end
  return true
end

--- The elements in the order of their keys, each key once: two runs that insert the same keys then
-- wait for each other in one order, and not each for the other.
function list.ordered(all)
  if is_ordered(all) then return all end
  local copy, seen = {}, {}
  for _, one in ipairs(all) do
    if not seen[one.key] then copy[#copy + 1] = one end
    seen[one.key] = true
  end
  table.sort(copy, function(a, b) return a.key < b.key end)
  return copy
end

--- The set of the keys of some rows.
function list.set(rows)
  local set = {}
  for _, row in ipairs(rows) do set[row.key] = true end
  return set
end

return list
