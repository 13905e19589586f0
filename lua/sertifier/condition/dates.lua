--- SOQL's date literals: the days that one spans, seen from the run's start.
--
-- Days are those of UTC, and a week starts on Sunday, as it does for a user of the United States.
-- Source: "Date Formats and Date Literals in WHERE" of Salesforce's SOQL reference.

local calendar = require "sertifier.calendar"
local core = require "sertifier.core"

local dates = {}

--- The first day of a month; months may be less than 1 or more than 12.
local function month_start(year, month)
  local months = year * 12 + month - 1
  return calendar.day(math.floor(months / 12), months % 12 + 1, 1)
end

local units = {}

function units.DAY(now, from, to)
  return now.day + from, now.day + to
end

function units.WEEK(now, from, to)
  local start = now.day - (now.day + 4) % 7 -- 1970-01-01 was a Thursday
  return start + 7 * from, start + 7 * to
end

function units.MONTH(now, from, to)
  return month_start(now.year, now.month + from), month_start(now.year, now.month + to)
end

function units.QUARTER(now, from, to)
  local first = now.month - (now.month - 1) % 3
  return month_start(now.year, first + 3 * from), month_start(now.year, first + 3 * to)
end

function units.YEAR(now, from, to)
  return month_start(now.year + from, 1), month_start(now.year + to, 1)
end

--- Literals of their own: the unit, and from which to before which of them.
local named = { YESTERDAY = { "DAY", -1, 0 }, TODAY = { "DAY", 0, 1 }, TOMORROW = { "DAY", 1, 2 },
  LAST_90_DAYS = { "DAY", -90, 1 }, NEXT_90_DAYS = { "DAY", 1, 91 } }
for _, unit in ipairs { "WEEK", "MONTH", "QUARTER", "YEAR" } do
  named["LAST_" .. unit] = { unit, -1, 0 }
  named["THIS_" .. unit] = { unit, 0, 1 }
  named["NEXT_" .. unit] = { unit, 1, 2 }
end

--- Literals with a number behind a colon. The last days have today among them, the last weeks not
-- this week.
local counted = {}
for unit in pairs(units) do
  local function last(n) return { unit, -n, unit == "DAY" and 1 or 0 } end
  counted["LAST_N_" .. unit .. "S"] = last
  counted["NEXT_N_" .. unit .. "S"] = function(n) return { unit, 1, n + 1 } end
  counted["N_" .. unit .. "S_AGO"] = function(n) return { unit, -n, 1 - n } end
end

local function pattern_of(name, n)
  local upper = name:upper()
  if n then return counted[upper] and counted[upper](tonumber(n)) end
  return named[upper]
end

--- Whether there is such a literal.
-- @tparam string name such as "LAST_N_DAYS"
-- @tparam[opt] string n the number behind its colon
function dates.is_known(name, n)
  return pattern_of(name, n) ~= nil
end

--- A time as literals need it.
-- @tparam number seconds since 1970
function dates.moment(seconds)
  local parts = os.date("!*t", math.floor(seconds))
  return { day = math.floor(seconds / 86400), year = parts.year, month = parts.month,
    date = os.date("!%Y-%m-%d", math.floor(seconds)),
    time = os.date("!%Y-%m-%dT%H:%M:%SZ", math.floor(seconds)) }
end

--- Reads YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ.
-- @treturn number seconds since 1970, or nil
function dates.read(text)
  local y, m, d, clock = text:match "^(%d%d%d%d)%-(%d%d)%-(%d%d)(.*)$"
  if not y then return nil end
  local hours, minutes, seconds = clock:match "^T(%d%d):(%d%d):(%d%d)Z$"
  if clock ~= "" and not hours or not dates.is_moment(text) then return nil end
  return calendar.seconds(tonumber(y), tonumber(m), tonumber(d), tonumber(hours) or 0,
    tonumber(minutes) or 0, tonumber(seconds) or 0)
end

--- The moment that a run takes for now.
-- @tparam ?number|string given seconds since 1970, or a text for `read`; nil: now
-- @treturn number seconds since 1970; or nil and a message
function dates.now(given)
  if not given then return core.now() end
  local moment = type(given) == "number" and given or dates.read(given)
  if moment then return moment end
  return nil, ("now: %q is neither YYYY-MM-DD nor YYYY-MM-DDThh:mm:ssZ"):format(given)
end

local function is_clock(text)
  local hours, minutes, seconds = text:match "^T(%d%d):(%d%d):(%d%d)"
  local ahead, of_hour = text:match "[+-](%d%d):?(%d%d)$"
  return hours ~= nil and hours < "24" and minutes < "60" and seconds <= "60"
    and (not ahead or ahead < "24" and of_hour < "60")
end

--- Whether what has the form of a date or a date-time is one.
function dates.is_moment(text)
  local date, clock = text:sub(1, 10), text:sub(11)
  return calendar.is_date(date) and (clock == "" or is_clock(clock))
end

--- The first day that a literal spans and the first behind it, as YYYY-MM-DD.
function dates.span(name, n, now)
  local pattern = pattern_of(name, n)
  local from, to = units[pattern[1]](now, pattern[2], pattern[3])
  return calendar.text(from), calendar.text(to)
end

return dates
