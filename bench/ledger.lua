--- How many keys a second a ledger claims, settles and looks up, in batches of several sizes, and
-- what forgetting costs:
--
--   lua5.4 bench/ledger.lua [LEDGER]     a new SQLite file where none is named

package.path = "lua/?.lua;lua/?/init.lua;" .. package.path
package.cpath = ("build/%s/?.so;"):format(_VERSION:match "%d.%d") .. package.cpath

local core = require "sertifier.core"
local ledgers = require "sertifier.ledger"

--- Salesforce Ids, in order as most exports have them, or in none.
local function items_of(campaign, first, count, step)
  local items = {}
  for i = 1, count do
    local n = (first + i) * step % 999999937
    local id = ("0035g%010dAAX"):format(n)
    items[i] = { key = campaign .. "/" .. id, campaign = campaign, once_per = id, external_id = id,
      name = "Ann Lee " .. n, email = ("ann%d@example.com"):format(n), line = first + i,
      content = ("%016x"):format(n) }
  end
  return items
end

local function outcomes_of(items)
  local outcomes, keys = {}, {}
  for i, item in ipairs(items) do
    local id = ("65f0c0ffee%014x"):format(item.line)
    outcomes[i] = { key = item.key, state = "issued", credential = { id = id,
      verificationLink = "https://verify.example.com/credential/" .. id } }
    keys[i] = item.key
  end
  return outcomes, keys
end

--- The seconds of each kind of call over `total` keys, and the batches.
local function measure(ledger, campaign, total, size, step)
  local claims, settles, looks = 0, 0, 0
  for at = 0, total - 1, size do
    local items = items_of(campaign, at, size, step)
    local outcomes, keys = outcomes_of(items)
    local began = core.elapsed()
    assert(ledger:claim(items))
    local claimed = core.elapsed()
    assert(ledger:settle(outcomes))
    local settled = core.elapsed()
    assert(ledger:look_up(keys))
    claims, settles = claims + claimed - began, settles + settled - claimed
    looks = looks + core.elapsed() - settled
  end
  return claims, settles, looks
end

local function tell(order, size, total, claims, settles, looks)
  print(("%-9s %6d %12.0f %12.0f %12.0f %16.0f"):format(order, size, total / claims,
    total / settles, total / looks, total / size / (claims + settles)))
end

--- Look-ups a second of keys that the ledger does not have.
local function look_up_unknown(ledger)
  local total, size, seconds = 200000, 2000, 0
  for at = 0, total - 1, size do
    local _, keys = outcomes_of(items_of("campaign-0", at, size, 1))
    local began = core.elapsed()
    assert(ledger:look_up(keys))
    seconds = seconds + core.elapsed() - began
  end
  return total / seconds
end

local function forget(ledger, campaign, count)
  local _, keys = outcomes_of(items_of(campaign, 0, count, 1))
  local began = core.elapsed()
  assert(ledger:forget(keys))
  return core.elapsed() - began
end

local name = arg[1] or os.tmpname()
local ledger = assert(ledgers.open(name))
assert(ledger:begin_run {})
print("keys/s       batch       claims      settles     look-ups  claim+settle/s")
for number, case in ipairs { { "in order", 20, 10000, 1 }, { "in order", 1000, 200000, 1 },
  { "in order", 10000, 200000, 1 }, { "no order", 1000, 100000, 7919 },
  { "no order", 10000, 200000, 7919 } } do
  local order, size, total, step = case[1], case[2], case[3], case[4]
  tell(order, size, total, measure(ledger, "campaign-" .. number, total, size, step))
end
print(("%.0f look-ups/s of keys that it does not have"):format(look_up_unknown(ledger)))
print(("%.1f s to forget 10,000 keys; then %.0f look-ups/s of keys that it does not have"):format(
  forget(ledger, "campaign-1", 10000), look_up_unknown(ledger)))
ledger:close()
if not arg[1] then
  for _, ending in ipairs { "", "-wal", "-shm" } do os.remove(name .. ending) end
end
