--- A server's times (RFC 9110): its clock, and how long it asks to wait.

local calendar = require "sertifier.calendar"

local months = { Jan = 1, Feb = 2, Mar = 3, Apr = 4, May = 5, Jun = 6, Jul = 7, Aug = 8, Sep = 9,
  Oct = 10, Nov = 11, Dec = 12 }

local longest = 1e9 -- seconds: whoever waits has a limit of their own

local waiting = {}

local http_form = "^%a+, (%d%d) (%a%a%a) (%d%d%d%d) (%d%d):(%d%d):(%d%d) GMT$"

--- An HTTP date, such as Tue, 24 Nov 2026 02:01:30 GMT, in seconds since 1970; or nil.
function waiting.http_date(text)
  local day, month, year, hour, minute, second = (text or ""):match(http_form)
  if not months[month] then return nil end
  return calendar.seconds(tonumber(year), months[month], tonumber(day), hour, minute, second)
end

--- Reads how long to wait.
-- @tparam table result one of `client:poll`'s: `retry_after`, and `date`, the answer's own clock
-- @treturn number|nil seconds, 0 to 1e9; nil where the answer does not tell
function waiting.seconds(result)
  local text = result.retry_after or ""
  if text:find "^%d+$" then return math.min(tonumber(text), longest) end
  local at = waiting.http_date(text)
  if not at then return nil end
  return math.max(0, at - (waiting.http_date(result.date) or os.time()))
end

return waiting
