--- What has changed in an org since it was last asked.
--
-- The clock is the org's own: the newest SystemModstamp that came. A stretch before it is asked for
-- again, since a record that is saved in a long transaction appears late, with an earlier time; the
-- ledger knows what was issued. The first time, and so after a restart, all is asked for.

local dates = require "sertifier.condition.dates"
local soql = require "sertifier.soql"

local watching = {}
watching.__index = watching

--- Begins to watch.
-- @param flow
-- @param org an opened client
-- @tparam number overlap seconds
function watching.new(flow, org, overlap)
  return setmetatable({ flow = flow, org = org, overlap = overlap }, watching)
end

local function since(self)
  local seconds = self.mark and dates.read(self.mark:sub(1, 19) .. "Z")
  return seconds and os.date("!%Y-%m-%dT%H:%M:%SZ", seconds - self.overlap)
    or "1970-01-01T00:00:00Z"
end

--- Asks the org.
-- @treturn function|nil an export, which has a record at least; or nil, and where it failed
--   message, code
function watching:changes()
  local next_one = self.org:query(soql.of(self.flow, { "SystemModstamp" }, 1, since(self)))
  local record, number, code = next_one()
  if not record then return nil, number, code end
  self.newest = self.mark or ""
  return function()
    local given, line, problem = record, number, code
    if not given then given, line, problem = next_one() end
    record = nil
    if not given then return nil, line, problem end
    local stamp = tostring(given.SystemModstamp)
    if stamp > self.newest then self.newest = stamp end
    return given, line
  end
end

--- What came was dealt with: it is not asked for again, but for the overlap.
function watching:done()
  self.mark = self.newest
end

return watching
