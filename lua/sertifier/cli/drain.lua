--- `sertifier drain`.

local cjson = require "cjson"
local common = require "sertifier.cli.common"
local core = require "sertifier.core"
local drain = require "sertifier.drain"

local draining = {}

local told = { "issued", "rejected", "in_doubt", "not_applied" }
local words = { issued = "issued", rejected = "rejected by Sertifier", in_doubt = "in doubt",
  not_applied = "queued again" }

local function tell(total, as_json)
  if as_json then
    local object = { requests = total.requests, stopped = total.verdict and total.verdict.message }
    for _, outcome in ipairs(told) do object[outcome] = total.counts[outcome] or 0 end
    return print(cjson.encode(object))
  end
  for _, outcome in ipairs(told) do
    if total.counts[outcome] then
      io.stderr:write(("%8d %s\n"):format(total.counts[outcome], words[outcome]))
    end
  end
end

local function status_of(total)
  if total.verdict then return 4 end
  if total.counts.in_doubt then return 3 end
  return total.counts.rejected and 2 or 0
end

local function once(place, args)
  local total = drain.run(place, { batch_size = args.batch_size, interrupted = core.interrupted })
  if next(total.counts) or not args.every or total.verdict then tell(total, args.json) end
  local stopped = total.fault or total.verdict and total.verdict.message
  if stopped then io.stderr:write("stopped: ", stopped, "\n") end
  return total
end

--- Runs the command.
-- @treturn number the exit status
function draining.main(args)
  common.save_memory()
  local ledger = common.ledger(args)
  local client = common.client()
  local place = { ledger = ledger, client = client }
  core.catch_interrupts()
  local total = once(place, args)
  while args.every and not core.interrupted() do
    common.wait(math.max(args.every, total.verdict and total.verdict.retry_after or 0))
    if not core.interrupted() then total = once(place, args) end
  end
  client:close()
  ledger:close()
  return status_of(total)
end

return draining
