-- What the ledger costs, and the memory of triggers: issues the same contacts with a ledger that
-- only remembers in memory, with one on the disk, and with one that keeps prior values too, against
-- an API that answers after 50 ms, 8 requests of 20 at once.
--
--     lua bench/issuing.lua [CONTACTS] [ROUNDS]
--
-- A round takes some ten seconds: what it takes to make a ledger is not what is asked for.

package.path = "lua/?.lua;lua/?/init.lua;" .. package.path
package.cpath = "build/" .. (rawget(_G, "jit") and "5.1" or _VERSION:match "%d%.%d") .. "/?.so;"
  .. package.cpath

local core = require "sertifier.core"
local median = dofile("bench/harness.lua").median
local server = require "sertifier.sandbox_server"
local sertifier = require "sertifier"

local contacts, rounds = tonumber(arg[1] or 24000), tonumber(arg[2] or 3)
local place = "build/issuing." .. core.pid()
local campaign = "campaign-of-the-bench"

--- A ledger without a disk: what the bench compares with. It would not survive a crash.
local function forgetful()
  local entries = {}
  local ledger = { run = "bench", secret = ("\0"):rep(16) }
  function ledger.look_up(_, keys)
    local found = {}
    for _, key in ipairs(keys) do found[key] = entries[key] end
    return found
  end
  function ledger.claim(_, items)
    local claimed = {}
    for _, item in ipairs(items) do
      if not entries[item.key] then
        entries[item.key] = { state = "sending", run = "bench", line = item.line }
        claimed[item.key] = true
      end
    end
    return claimed
  end
  function ledger.settle(_, outcomes)
    for _, one in ipairs(outcomes) do
      entries[one.key].state = one.state
      if one.state == "not_applied" then entries[one.key] = nil end
    end
    return true
  end
  function ledger.settle_and_claim(self, outcomes, items)
    return self:settle(outcomes), self:claim(items)
  end
  function ledger.is_there() return true end
  function ledger.renew() return true end
  function ledger.tidy() return true end
  function ledger.in_doubt() return {} end
  function ledger.begin_run() return true end
  function ledger.end_run() return true end
  return ledger
end

local function make_export()
  local file = assert(io.open(place .. ".csv", "w"))
  file:write "Id,FirstName,LastName,Email\n"
  for n = 1, contacts do
    file:write(("0035g%010d,Ann,Lee %d,ann%d@example.com\n"):format(n, n, n))
  end
  file:close()
end

local function remove(ledger)
  for _, ending in ipairs { "", "-wal", "-shm" } do os.remove(ledger .. ending) end
end

local plain = { campaign = campaign }
local remembering = { campaign = campaign, trigger = "updated to meet" }

--- Credentials a second.
local function issue(sandbox, ledger, declaration)
  assert(sandbox:reset())
  local client = assert(sertifier.client { url = sandbox.url, key_file = sandbox.key_file })
  local began = core.elapsed()
  local summary = assert(sertifier.flow(declaration or plain):run { client = client,
    export = place .. ".csv", ledger = ledger, batch_size = 20, concurrency = 8,
    first_run = "issue" })
  local seconds = core.elapsed() - began
  client:close()
  assert(summary.issued == contacts, summary.stopped)
  return contacts / seconds
end

make_export()
local sandbox = assert(server.start { campaigns = { campaign }, behave = { latency = 0.05 } })
local without, with, ratios, remembered, memory_ratios = {}, {}, {}, {}, {}
issue(sandbox, forgetful()) -- so that everything is warm
for round = 1, rounds do
  without[round] = issue(sandbox, forgetful())
  with[round] = issue(sandbox, place .. ".db")
  ratios[round] = with[round] / without[round]
  remove(place .. ".db")
  remembered[round] = issue(sandbox, place .. ".db", remembering)
  memory_ratios[round] = remembered[round] / with[round]
  remove(place .. ".db")
end
sandbox:stop()
os.remove(place .. ".csv")

print(("issuing %d, 20 a request, 8 at once, an API of 50 ms; medians of %d rounds")
  :format(contacts, rounds))
print(("  without a ledger  %6.0f credentials/s (the API allows 3200)"):format(median(without)))
print(("  with one, SQLite  %6.0f credentials/s"):format(median(with)))
print(("  ... and a memory  %6.0f credentials/s"):format(median(remembered)))
print(("  the ledger costs  %6.1f %%"):format((1 - median(ratios)) * 100))
print(("  the memory costs  %6.1f %%"):format((1 - median(memory_ratios)) * 100))
