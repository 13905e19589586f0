--- A number as text: with as many digits as it takes to tell it from all others, and no more.
--
-- `tostring` keeps 14 digits; an amount of money may have 18.

--- @tparam number value
-- @treturn string
return function(value)
  if value % 1 == 0 then return ("%.0f"):format(value) end
  local text = ("%.15g"):format(value)
  return tonumber(text) == value and text or ("%.17g"):format(value)
end
