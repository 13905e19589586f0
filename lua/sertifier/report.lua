--- A ledger and its runs, gathered for a report.

local core = require "sertifier.core"
local view = require "sertifier.ledger.view"

local report = {}

local most_rows, columns, most_reasons, most_runs = 5000, 60, 50, 20

--- The states of a key, in the order in which they are told, and what people call them.
report.states = {
  { state = "issued", words = "issued" }, { state = "rejected", words = "rejected by Sertifier" },
  { state = "in_doubt", words = "in doubt" }, { state = "publishing", words = "being published" },
  { state = "draft", words = "drafts" }, { state = "queued", words = "queued" },
  { state = "sending", words = "being sent" }, { state = "dropped", words = "dropped by a person" },
}

--- The campaigns, the largest first, each with its counts; and the counts of all.
local function add_up(rows)
  local total, counts, campaigns, by_id = 0, {}, {}, {}
  for _, row in ipairs(rows) do
    local one, keys = by_id[row.campaign], tonumber(row.keys)
    if not one then
      one = { campaign = row.campaign, keys = 0, counts = {} }
      by_id[row.campaign], campaigns[#campaigns + 1] = one, one
    end
    one.keys, one.counts[row.state] = one.keys + keys, keys
    total, counts[row.state] = total + keys, (counts[row.state] or 0) + keys
  end
  table.sort(campaigns, function(a, b) return a.keys > b.keys end)
  return campaigns, counts, total
end

local parts = {
  { "by_campaign", view.campaigns }, { "problems", view.reasons, most_reasons },
  { "timeline", view.timeline, columns }, { "rows", view.newest, most_rows },
}

--- Gathers what a ledger holds.
-- @param ledger an open ledger
-- @treturn table|nil the report: `ledger` (its name), `made_at`, `total`, `counts` by state,
--   `forgotten` (how many, beside these), `campaigns`, `problems`, `timeline`, `runs`, `rows`
--   (5,000 at the most; what is not issued first); or nil, message, "ledger"
function report.gather(ledger)
  local self = { ledger = ledger.shown, made_at = core.now() }
  local counts, message, code = ledger:counts()
  if not counts then return nil, message, code end
  self.forgotten = counts.forgotten or 0
  self.runs, message, code = ledger:runs(most_runs)
  if not self.runs then return nil, message, code end
  for _, part in ipairs(parts) do
    self[part[1]], message, code = part[2](ledger, part[3])
    if not self[part[1]] then return nil, message, code end
  end
  self.campaigns, self.counts, self.total = add_up(self.by_campaign)
  self.by_campaign = nil
  return self
end

return report
