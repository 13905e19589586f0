--- The nearest right name, for messages about a wrong one.

--- Edit distance in which a case change is free and a swap of neighbours costs one.
local function distance(a, b)
  a, b = a:lower(), b:lower()
  local before, row = {}, {}
  for j = 0, #b do row[j] = j end
  for i = 1, #a do
    local above
    above, before, row = before, row, {}
    row[0] = i
    for j = 1, #b do
      local same = a:byte(i) == b:byte(j)
      row[j] = math.min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (same and 0 or 1))
      local swapped = i > 1 and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j)
      if swapped then row[j] = math.min(row[j], above[j - 2] + 1) end
    end
  end
  return row[#b]
end

--- Finds the candidate that somebody most likely meant.
-- @tparam string name what was written
-- @tparam {string,...} candidates the right names
-- @treturn string|nil the nearest, where one is near enough to be worth a question
return function(name, candidates)
  local best, least = nil, math.max(1, math.floor(#name / 3)) + 1
  for _, candidate in ipairs(candidates) do
    local d = distance(name, candidate)
    if d < least and candidate ~= "" then best, least = candidate, d end
  end
  return best
end
