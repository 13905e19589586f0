--- What earlier runs left in doubt, looked up before a run sends anything.

local ends = require "sertifier.ends"
local envelope = require "sertifier.envelope"
local later = require "sertifier.later"
local lookup = later "sertifier.lookup"

local leftovers = {}

--- A run is there to issue: what takes longer is left to `sertifier resolve`.
local function bounds(flow)
  return { hasty = true, most = 50, seconds = 20, drafts = flow.publish and "draft" or "issued" }
end

--- The keys in doubt of the flow's campaign; of all where it differs from record to record.
local function of_flow(flow, entries)
  if not envelope.is_id(flow.campaign) then return entries end
  local list = {}
  for _, entry in ipairs(entries) do
    if entry.campaign == flow.campaign then list[#list + 1] = entry end
  end
  return list
end

local function note(self, text, ...)
  table.insert(self.summary.notes, text:format(...))
end

local function look_up(self, entries)
  local settled = 0
  local function tell(finding)
    if finding.state ~= "in_doubt" then settled = settled + 1 end
  end
  local left, message, code = lookup.settle(self.ledger, self.client, entries, tell,
    bounds(self.flow))
  if settled > 0 then
    note(self, "found at Sertifier: %d that an earlier run left in doubt", settled)
  end
  if code == "auth" or code == "ledger" then return ends.stop(self, message, code) end
  if not left then note(self, "what is in doubt was not looked up: %s", message) end
  if left and left > 0 then
    note(self, "not looked up for now: %d more; sertifier resolve looks all of them up", left)
  end
end

--- Looks up what earlier runs left in doubt, as far as a little time goes. Where that fails the run
-- goes on, but for a refused key or a ledger that does not answer.
-- @tparam table self the run: its `flow`, `ledger`, `client` and `summary`
function leftovers.settle(self)
  local entries, message, code = self.ledger:in_doubt()
  if not entries then return ends.stop(self, message, code) end
  entries = of_flow(self.flow, entries)
  if #entries > 0 then look_up(self, entries) end
end

return leftovers
