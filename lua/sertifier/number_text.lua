--- A number as text: with as many digits as it takes to tell it from all others, and no more.
--
-- `tostring` keeps 14 digits; an amount of money may have 18. A program's locale may write a comma:
-- in a key that would be another record.

--- What a format makes of a number, with a point.
local function written(form, value)
  return (form:format(value):gsub("[^%w+-]+", "."))
end

local type_of = math.type or type -- Lua 5.3 has whole numbers that no float is

--- @tparam number value
-- @treturn string
return function(value)
  if type_of(value) == "integer" then return ("%d"):format(value) end
  if value % 1 == 0 then return ("%.0f"):format(value) end
  local text = written("%.15g", value)
  return tonumber(text) == value and text or written("%.17g", value)
end
