--- Runs of flows against the specs' sandbox, on one ledger within a test.

local files = require "spec.support.files"
local luassert = require "luassert"
local pace = require "sertifier.pace"
local run = require "sertifier.run"
local sandbox = require "spec.support.sandbox"
local sertifier = require "sertifier"

local running = {}

--- Before each test: a ledger that is not there yet; its path.
function running.fresh()
  running.ledger = files.path ".db"
  return running.ledger
end

--- A flow of the specs' campaign.
function running.flow(more)
  local declaration = { campaign = sandbox.campaign }
  for name, value in pairs(more or {}) do declaration[name] = value end
  return sertifier.flow(declaration)
end

--- A run that waits no longer than the server asks; every record it read is in one outcome.
function running.issue(options, flow)
  local all = { client = sandbox.client(), ledger = running.ledger, pace = pace.new(),
    chance = function() return 0 end }
  for name, value in pairs(options) do all[name] = value end
  local summary, message, code = run.run(flow or running.flow(), all)
  all.client:close()
  local sum = 0
  for name, count in pairs(sandbox.counts(summary)) do
    if name ~= "read" then sum = sum + count end
  end
  luassert.equal(summary.read, sum)
  return summary, message, code
end

return running
