--- Dates as Sertifier and HTTP write them, in UTC.

local dates = {}

--- `2025-01-01T00:00:00` [S].
function dates.iso(seconds)
  return (os.date("!%Y-%m-%dT%H:%M:%S", math.floor(seconds)))
end

local weekdays = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" }
local months = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov",
  "Dec" }

--- An HTTP date (RFC 9110, 5.6.7); its names are English whatever the locale.
function dates.http(seconds)
  local t = os.date("!*t", math.floor(seconds))
  return ("%s, %02d %s %04d %02d:%02d:%02d GMT"):format(weekdays[t.wday], t.day, months[t.month],
    t.year, t.hour, t.min, t.sec)
end

return dates
