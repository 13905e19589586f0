--- A Salesforce Id in the 18-character form that all records have theirs in.
--
-- The last three characters say which of the first fifteen are capitals: five bits each, the first
-- of five characters in the lowest.

local suffixes = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"

local function suffix_of(five)
  local bits = 0
  for i = 1, 5 do
    if five:sub(i, i):find "%u" then bits = bits + 2 ^ (i - 1) end
  end
  return suffixes:sub(bits + 1, bits + 1)
end

--- Completes an Id.
-- @tparam string text
-- @treturn string|nil 18 characters; nil where it is no Id
return function(text)
  local id = text:match "^%w+$" and text:sub(1, 15) or ""
  if #id < 15 then return nil end
  local whole = id .. suffix_of(id:sub(1, 5)) .. suffix_of(id:sub(6, 10))
    .. suffix_of(id:sub(11, 15))
  return (#text == 15 or text == whole) and whole or nil
end
