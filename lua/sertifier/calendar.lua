--- Days of the Gregorian calendar, numbered from 1970-01-01 on, in UTC.
--
-- os.time would read a date as local time, and fails where it is out of range.

local calendar = {}

--- The number of a day.
function calendar.day(year, month, day)
  if month <= 2 then year, month = year - 1, month + 12 end
  return 365 * year + math.floor(year / 4) - math.floor(year / 100) + math.floor(year / 400)
    + math.floor((153 * (month - 3) + 2) / 5) + day - 719469
end

--- Seconds since 1970.
function calendar.seconds(year, month, day, hour, minute, second)
  return calendar.day(year, month, day) * 86400 + hour * 3600 + minute * 60 + second
end

--- A day as YYYY-MM-DD.
function calendar.text(day)
  local z = day + 719468
  local era = math.floor(z / 146097)
  local of_era = z - era * 146097
  local year = math.floor((of_era - math.floor(of_era / 1460) + math.floor(of_era / 36524)
    - math.floor(of_era / 146096)) / 365)
  local of_year = of_era - (365 * year + math.floor(year / 4) - math.floor(year / 100))
  local m = math.floor((5 * of_year + 2) / 153)
  local month = m < 10 and m + 3 or m - 9
  return ("%04d-%02d-%02d"):format(year + era * 400 + (month <= 2 and 1 or 0), month,
    of_year - math.floor((153 * m + 2) / 5) + 1)
end

--- Whether a text is a day as YYYY-MM-DD.
function calendar.is_date(text)
  local year, month, day = text:match "^(%d%d%d%d)%-(%d%d)%-(%d%d)$"
  return year ~= nil and year ~= "0000"
    and calendar.text(calendar.day(tonumber(year), tonumber(month), tonumber(day))) == text
end

return calendar
