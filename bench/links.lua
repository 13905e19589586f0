-- How fast links are written to an org: beside what it would take if every call of 200 records were
-- answered after 50 ms, one after the other, and nothing else took any time.
--
--     lua bench/links.lua [LINKS] [ROUNDS]

package.path = "lua/?.lua;lua/?/init.lua;./?.lua;" .. package.path
package.cpath = "build/" .. (rawget(_G, "jit") and "5.1" or _VERSION:match "%d%.%d") .. "/?.so;"
  .. package.cpath

local core = require "sertifier.core"
local ledgers = require "sertifier.ledger"
local server = require "sertifier.sandbox_server"
local sertifier = require "sertifier"
local writing = require "sertifier.salesforce.writing"

local count, rounds = tonumber(arg[1] or 10000), tonumber(arg[2] or 3)
local latency = 0.05
local path = "build/links." .. core.pid()

local function remove(name)
  for _, ending in ipairs { "", "-wal", "-shm" } do os.remove(name .. ending) end
end

local function key(n) return "campaign/" .. n end

--- Rows of a list, so many at once.
local function in_steps(of, each)
  for first = 1, count, 2000 do
    local list = {}
    for n = first, math.min(first + 1999, count) do list[#list + 1] = of(n) end
    assert(each(list))
  end
end

--- A ledger with so many links to be written.
local function fill(ledger)
  in_steps(function(n)
    return { key = key(n), campaign = "campaign", once_per = tostring(n), external_id = tostring(n),
      name = "Ann", email = "ann@example.com", line = n, content = "content" }
  end, function(items) return ledger:claim(items) end)
  in_steps(function(n)
    return { key = key(n), state = "issued", credential = { id = "id-" .. n,
      verificationLink = ("https://links.example.com/verify/%036d"):format(n) } }
  end, function(outcomes) return ledger:settle(outcomes) end)
  in_steps(function(n)
    return { key = key(n), record_id = ("0035g%010dAAA"):format(n), object = "Contact",
      fields = '{"Sertifier_Verification_Link__c":"{!verificationLink}"}' }
  end, function(rows) return ledger:expect_writes(rows) end)
end

local function secret_file()
  local name = path .. ".secret"
  assert(core.private(name))
  local file = assert(io.open(name, "w"))
  file:write "secret"
  file:close()
  return name
end

--- The seconds that it takes to write them all.
local function write(org)
  local ledger = assert(ledgers.open(path))
  fill(ledger)
  local client = assert(sertifier.salesforce { url = org.url, client_id = "app",
    secret_file = secret_file() })
  assert(client:fields "Contact")
  local tally, began = { written = 0, reasons = {} }, core.elapsed()
  assert(writing.new(ledger, client, tally):all())
  local seconds = core.elapsed() - began
  assert(tally.written == count)
  client:close()
  ledger:close()
  remove(path)
  return seconds
end

local org = assert(server.start { behave = { latency = latency }, org = { contacts = count,
  client_id = "app", client_secret = "secret" } })
local list = {}
for round = 1, rounds do list[round] = write(org) end
org:stop()
os.remove(path .. ".secret")
table.sort(list)
local median, calls = list[math.ceil(rounds / 2)], math.ceil(count / 200)
print(("%d links in %.2f s (%.2f to %.2f), %.0f a second: %.2f of what %d calls of 200 allow")
  :format(count, median, list[1], list[rounds], count / median, calls * latency / median, calls))
