--- The ledger: who may claim a key, and what it remembers.

local engines = require "spec.support.ledgers"
local ledgers = require "sertifier.ledger"

local function item(n)
  return { key = "campaign-1/" .. n, campaign = "campaign-1", once_per = tostring(n),
    external_id = "003-" .. n, name = "Ann " .. n, email = n .. "@example.com", line = n }
end

local function items(first, last)
  local list = {}
  for n = first, last do list[#list + 1] = item(n) end
  return list
end

local function key(n)
  return "campaign-1/" .. n
end

local function issued(n)
  return { key = key(n), state = "issued", credential_id = "credential-" .. n, link = "link-" .. n }
end

--- The claimed keys, sorted and joined.
local function names(claimed)
  local list = {}
  for name in pairs(claimed) do list[#list + 1] = name:match "/(.*)" end
  table.sort(list)
  return table.concat(list, " ")
end

for _, engine in ipairs(engines) do describe("a ledger on " .. engine.name, function()
  local name, ledger

  setup(engine.start)
  teardown(engine.stop)

  before_each(function()
    name = engine.fresh()
    ledger = assert(ledgers.open(name))
  end)

  after_each(function()
    ledger:close()
  end)

  local function state(n)
    local entry = ledger:look_up({ key(n) })[key(n)]
    return entry and entry.state
  end

  it("claims a key once", function()
    assert.equal("1 2 3", names(assert(ledger:claim(items(1, 3)))))
    assert.equal("4", names(assert(ledger:claim(items(2, 4)))))
    local other = assert(ledgers.open(name))
    assert.equal("5", names(assert(other:claim(items(1, 5)))))
    other:close()
  end)

  it("keeps a key of each campaign and each part", function()
    local other = item(1)
    other.campaign, other.key = "campaign-2", "campaign-2/1"
    local dated = item(1)
    dated.once_per, dated.key = "1/2024-01-01", "campaign-1/1/2024-01-01"
    local claimed = assert(ledger:claim { item(1), other, dated })
    assert.is_true(claimed["campaign-1/1"] and claimed["campaign-2/1"]
      and claimed["campaign-1/1/2024-01-01"])
  end)

  it("settles what it claimed", function()
    assert(ledger:claim(items(1, 4)))
    assert(ledger:settle { issued(1), { key = key(2), state = "rejected", reason = "no" },
      { key = key(3), state = "in_doubt", reason = "cut" }, { key = key(4), state = "not_applied" } })
    assert.same({ "issued", "rejected", "in_doubt" }, { state(1), state(2), state(3), state(4) })
    local entries = ledger:look_up { key(1), key(2), key(3), key(4) }
    assert.same({ "credential-1", "link-1" }, { entries[key(1)].credential_id, entries[key(1)].link })
    assert.same({ "no", "cut" }, { entries[key(2)].reason, entries[key(3)].reason })
    assert.is_nil(entries[key(4)])
  end)

  it("gives again what was rejected or not applied, and nothing else", function()
    assert(ledger:claim(items(1, 5)))
    assert(ledger:settle { issued(1), { key = key(2), state = "rejected", reason = "no" },
      { key = key(3), state = "in_doubt", reason = "cut" }, { key = key(4), state = "not_applied" } })
    assert.equal("2 4", names(assert(ledger:claim(items(1, 5)))))
    assert.equal("sending", state(2))
  end)

  it("settles only what is claimed by this run, and then nothing of the rest", function()
    assert(ledger:claim(items(1, 2)))
    local other = assert(ledgers.open(name))
    local ok, message, code = other:settle { issued(1) }
    assert.same({ nil, "ledger" }, { ok, code })
    assert.equal(("ledger %s: campaign-1/1 is not claimed by this run"):format(other.shown), message)
    assert(other:claim { item(3) })
    assert.is_nil(other:settle { issued(3), issued(2) })
    other:close()
    assert.same({ "sending", "sending", "sending" }, { state(1), state(2), state(3) })
    assert(ledger:settle { issued(1) })
    assert.is_nil(ledger:settle { { key = key(1), state = "rejected", reason = "late" } })
    assert.equal("issued", state(1))
  end)

  it("holds in doubt what a run that died was sending", function()
    assert(ledger:claim { item(1) })
    assert.equal("sending", state(1))
    engine.query("UPDATE credential SET lease = lease - 601")
    assert.equal("in_doubt", state(1))
    assert.equal("", names(assert(ledger:claim { item(1) })))
  end)

  it("keeps a name and an address only as long as a look-up may need them", function()
    assert(ledger:claim(items(1, 3)))
    assert(ledger:settle { issued(1), { key = key(2), state = "rejected", reason = "no" },
      { key = key(3), state = "in_doubt", reason = "cut" } })
    local rows = engine.query("SELECT key, name, email FROM credential ORDER BY key")
    assert.same({ { key = key(1) }, { key = key(2) },
      { key = key(3), name = "Ann 3", email = "3@example.com" } }, rows)
  end)

  it("looks up many keys at once, and none", function()
    assert.same({}, ledger:look_up {})
    assert(ledger:claim(items(1, 100)))
    local keys = {}
    for n = 1, 200 do keys[n] = key(n) end
    local count = 0
    for _ in pairs(ledger:look_up(keys)) do count = count + 1 end
    assert.equal(100, count)
  end)

  it("takes closing twice", function()
    ledger:close()
    ledger:close()
  end)
end) end
