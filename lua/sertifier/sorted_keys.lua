--- The keys of a table, in the same order each time: that of their texts.

--- @tparam table map whose keys need not be texts
-- @treturn table a list
return function(map)
  local keys = {}
  for key in pairs(map) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  return keys
end
