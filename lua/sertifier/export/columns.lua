--- Which column of an export a flow's field means.

local columns = {}

--- What stands for `Id` in exports that have no such column: the results of a Bulk job, and the
-- label of a report, `Contact ID` or whatever is the only one that ends so.
local function find_id(places, names, object)
  local own = places.sf__id or places[((object or "") .. " id"):lower()]
  if own then return own end
  local found = {}
  for i, name in ipairs(names) do
    if name:lower():find " id$" then found[#found + 1] = i end
  end
  return #found == 1 and found or nil
end

--- Data Loader puts the record's Id behind the columns that were loaded, and STATUS or ERROR last.
local function last_id(places, names)
  local last = (names[#names] or ""):lower()
  if last ~= "status" and last ~= "error" then return places.id end
  return { places.id[#places.id] }
end

--- @tparam {string,...} names of an export's columns
-- @tparam[opt] string object of the flow
-- @treturn function a field's name -> its column, and whether there are more of this name; nothing
--   where there is none. `'Name'#2` is the second column of this name.
function columns.finder(names, object)
  local places = {}
  for i, name in ipairs(names) do
    local key = name:lower()
    places[key] = places[key] or {}
    table.insert(places[key], i)
  end
  places.id = places.id and last_id(places, names) or find_id(places, names, object)
  return function(field)
    local found = places[field:lower()]
    if found then return found[1], #found > 1 end
    local name, number = field:match "^'(.*)'#(%d+)$"
    found = name and places[name:lower()]
    return found and found[tonumber(number)], false
  end
end

return columns
