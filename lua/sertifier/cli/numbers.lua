--- Numbers of options, as argparse converts them; what is wrong with one names its option.

local numbers = {}

function numbers.above_0(option)
  return function(text)
    local number = tonumber(text)
    if number and number > 0 and number < math.huge then return number end
    return nil, ("%s %s: a number above 0 is expected"):format(option, text)
  end
end

--- A whole number, 1 or more if `least` is not said.
function numbers.whole(option, least)
  least = least or 1
  return function(text)
    local number = tonumber(text)
    if number and number >= least and number % 1 == 0 then return number end
    return nil, ("%s %s: a whole number, %d or more, is expected"):format(option, text, least)
  end
end

--- Reads an age such as 400d, as seconds.
function numbers.age(option)
  return function(text)
    local days = tonumber(text:match "^(%d+)d$")
    if days and days > 0 then return days * 86400 end
    return nil, ("%s %s: a number of days, such as 400d, is expected"):format(option, text)
  end
end

return numbers
