--- What has changed in an org since it was last asked.
--
-- The clock is the org's own: the newest SystemModstamp that came. A stretch before it is asked for
-- again, since a record that is saved in a long transaction appears late, with an earlier time; the
-- ledger knows what was issued. So is the time that it took to read what came: what has changed
-- meanwhile may have been read before, and be older than the newest. The first time, and so after a
-- restart, all is asked for.

local core = require "sertifier.core"
local dates = require "sertifier.condition.dates"
local soql = require "sertifier.soql"

local watching = {}
watching.__index = watching

--- Begins to watch.
-- @param flow
-- @param org an opened client
-- @tparam number overlap seconds
function watching.new(flow, org, overlap)
  return setmetatable({ flow = flow, org = org, overlap = overlap, took = 0 }, watching)
end

local function since(self)
  local seconds = self.mark and dates.read(self.mark:sub(1, 19) .. "Z")
  if not seconds then return "1970-01-01T00:00:00Z" end
  return os.date("!%Y-%m-%dT%H:%M:%SZ", math.floor(seconds - self.overlap - self.took))
end

--- Asks the org.
-- @treturn function|nil an export, which has a record at least; or nil, and where it failed
--   message, code
function watching:changes()
  self.asked_at = core.elapsed()
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
  self.mark, self.took = self.newest, core.elapsed() - self.asked_at
end

return watching
