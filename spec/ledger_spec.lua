--- The ledger, on each engine: who may claim a key, and what becomes of it.

local engines = require "spec.support.ledgers"
local keys = require "spec.support.keys"
local ledgers = require "sertifier.ledger"

local item, items, key, names = keys.item, keys.items, keys.key, keys.names
local issued, outcome = keys.issued, keys.outcome

engines.describe("a ledger", function(engine, place)
  local name, ledger

  before_each(function() name, ledger = place.name, place.ledger end)

  local function entry(n) return place:entry(n) end
  local function state(n) return place:state(n) end

  --- As if the lease of everything had begun so many seconds earlier.
  local function age(seconds)
    engine.query(("UPDATE credential SET lease = lease - %d"):format(seconds))
  end

  it("lists all keys of a state, however many", function()
    assert(ledger:claim(items(1, 1100)))
    local seen, count = {}, 0
    assert.equal(1100, assert(ledger:each("sending", function(one)
      count = count + (seen[one.key] and 0 or 1)
      seen[one.key] = true
    end)))
    assert.equal(1100, count)
    assert.equal(0, ledger:each("issued", error))
  end)

  it("is not made, and not changed, where it is only to be read", function()
    ledger:close()
    name = engine.fresh()
    assert.is_false(ledgers.open_to_read(name))
    assert.is_true(engine.name == "PostgreSQL" or not ledgers.exists(name))
    ledger = assert(ledgers.open(name))
    place.ledger = ledger
    assert(ledger:claim { item(1) })
    local read = assert(ledgers.open_to_read(name))
    assert.equal("sending", assert(read:look_up { key(1) })[key(1)].state)
    assert.is_nil(read:claim { item(2) })
    engine.query "UPDATE meta SET value = '1' WHERE name = 'version'"
    local none, message, code = ledgers.open_to_read(name)
    assert.is_nil(none)
    assert.truthy(message:find("`sertifier status` brings it to this version", 1, true), message)
    assert.equal("ledger", code)
    engine.query "UPDATE meta SET value = '6' WHERE name = 'version'"
    read:close()
  end)

  it("is tidied at any time", function()
    assert.is_true(ledger:tidy())
    assert(ledger:claim { item(1) })
    assert.is_true(ledger:tidy())
    assert.equal("sending", state(1))
  end)

  -- ---- claiming ----

  it("claims a key once", function()
    assert.equal("1 2 3", names(assert(ledger:claim(items(1, 3)))))
    assert.equal("4", names(assert(ledger:claim(items(2, 4)))))
    local other = assert(ledgers.open(name))
    assert.equal("5", names(assert(other:claim(items(1, 5)))))
    other:close()
    assert.same({}, ledger:claim {})
  end)

  it("takes one key twice, in any order, as one", function()
    assert.equal("1 2 3", names(assert(ledger:claim { item(3), item(1), item(3), item(2), item(1) })))
  end)

  it("keeps a key of each campaign and each part", function()
    local other, dated = item(1), item(1)
    other.campaign, other.key = "campaign-2", "campaign-2/1"
    dated.once_per, dated.key = "1/2024-01-01", "campaign-1/1/2024-01-01"
    local claimed = assert(ledger:claim { item(1), other, dated })
    assert.is_true(claimed["campaign-1/1"] and claimed["campaign-2/1"]
      and claimed["campaign-1/1/2024-01-01"])
  end)

  it("takes a text as a text, whatever it would be in SQL", function()
    local list, all = {}, {}
    for n, text in ipairs { "'); DROP TABLE credential; --", "\\'; --", '"{a,b}"', "$1 ? :x %s", "NULL" } do
      list[n] = item(n)
      list[n].once_per, list[n].external_id = text, text
      list[n].key = list[n].campaign .. "/" .. text
      all[n] = { key = list[n].key, state = "issued",
        credential = { id = text, verificationLink = text } }
    end
    assert(ledger:claim(list))
    assert.is_true(ledger:settle(all))
    assert.same({}, ledger:claim(list))
    for _, one in ipairs(all) do
      assert.equal(one.credential.id, assert(ledger:look_up { one.key })[one.key].link)
    end
  end)

  it("takes batches of any size", function()
    local first = 1
    for _, size in ipairs { 1, 3, 4, 5, 16, 63, 64, 65, 200, 10000 } do
      local list, outcomes, all = items(first, first + size - 1), {}, {}
      for i, one in ipairs(list) do all[i], outcomes[i] = one.key, issued(one.line) end
      local count = 0
      for _ in pairs(assert(ledger:claim(list))) do count = count + 1 end
      assert.equal(size, count)
      assert.is_true(ledger:settle(outcomes))
      count = 0
      for name_of, found in pairs(assert(ledger:look_up(all))) do
        assert.equal("link-" .. name_of:match "/(.*)", found.link)
        count = count + 1
      end
      assert.equal(size, count)
      first = first + size
    end
    assert.same({ issued = first - 1 }, ledger:counts())
  end)

  it("looks up what is there", function()
    assert.same({}, ledger:look_up {})
    assert(ledger:claim { item(7) })
    local found = assert(ledger:look_up { key(7), key(8) })
    assert.is_nil(found[key(8)])
    found = found[key(7)]
    assert.truthy(math.abs(found.claimed_at - os.time()) < 60)
    assert.same({ key = key(7), state = "sending", line = 7, run = ledger.run,
      content = "content-7", claimed_at = found.claimed_at }, found)
  end)

  -- ---- settling ----

  it("settles what it claimed", function()
    assert(ledger:claim(items(1, 4)))
    assert(ledger:settle { issued(1), outcome(2, "rejected", "no"), outcome(3, "in_doubt", "cut"),
      outcome(4, "not_applied") })
    assert.same({ "issued", "rejected", "in_doubt" }, { state(1), state(2), state(3), state(4) })
    assert.same({ "credential-1", "link-1", "no", "cut" },
      { entry(1).credential_id, entry(1).link, entry(2).reason, entry(3).reason })
    assert.truthy(entry(1).settled_at >= entry(1).claimed_at)
  end)

  it("gives again what was rejected or not applied, and nothing else", function()
    assert(ledger:claim(items(1, 5)))
    assert(ledger:settle { issued(1), outcome(2, "rejected", "no"), outcome(3, "in_doubt", "cut"),
      outcome(4, "not_applied") })
    assert.equal("2 4", names(assert(ledger:claim(items(1, 5)))))
    assert.same({ "sending", nil }, { state(2), entry(2).reason })
  end)

  it("keeps nothing of a rejected key that is claimed again", function()
    assert(ledger:claim { item(1) })
    assert(ledger:settle { outcome(1, "rejected", "no") })
    local other, again = assert(ledgers.open(name)), item(1)
    again.content, again.line = ("f"):rep(16), 77
    assert(other:claim { again })
    local now = entry(1)
    other:close()
    assert.same({ other.run, again.content, 77, nil, nil },
      { now.run, now.content, tonumber(now.line), now.settled_at, now.reason })
  end)

  it("settles only what is claimed by this run, and then nothing of the rest", function()
    assert(ledger:claim(items(1, 2)))
    local other = assert(ledgers.open(name))
    assert.same({ nil, ("ledger %s: campaign-1/1 is not claimed by this run"):format(other.shown),
      "ledger" }, { other:settle { issued(1) } })
    assert(other:claim { item(3) })
    assert.is_nil(other:settle { issued(3), issued(2) })
    assert.is_nil(other:settle { issued(3), outcome(1, "not_applied") })
    other:close()
    assert.same({ "sending", "sending", "sending" }, { state(1), state(2), state(3) })
    assert(ledger:settle { issued(1) })
    assert.is_nil(ledger:settle { outcome(1, "rejected", "late") })
    assert.equal("issued", state(1))
    assert.has_error(function() ledger:settle { outcome(2, "lost") } end, "lost: no such outcome")
  end)

  it("settles drafts that are published, together with what is sent", function()
    assert(ledger:claim(items(1, 4)))
    local one, other = issued(1), issued(2)
    one.state, other.state = "draft", "draft"
    assert(ledger:settle { one, other, outcome(3, "draft") })
    assert(ledger:claim_drafts { key(1), key(2), key(3) })
    for _, state_of_none in ipairs { "rejected", "draft" } do
      assert.is_nil(ledger:settle { outcome(1, state_of_none), issued(4) })
    end
    assert.same({ "publishing", "sending" }, { state(1), state(4) })
    assert(ledger:settle { outcome(1, "issued"), outcome(2, "in_doubt", "cut"),
      outcome(3, "not_applied"), outcome(4, "rejected", "no") })
    assert.same({ "issued", "publishing", "draft", "rejected" }, { state(1), state(2), state(3), state(4) })
    assert.same({ "credential-1", "link-2", "cut" },
      { entry(1).credential_id, entry(2).link, entry(2).reason })
  end)

  it("settles, and claims what goes next", function()
    assert(ledger:claim(items(1, 2)))
    local other = assert(ledgers.open(name))
    assert(other:claim { item(4) })
    local function claimed(outcomes, more)
      local settled, set = ledger:settle_and_claim(outcomes, more)
      assert.is_true(settled)
      return set and names(set)
    end
    assert.equal("3 5", claimed({ issued(1) }, items(3, 5)))
    assert.same({ "issued", "sending", "sending" }, { state(1), state(2), state(3) })
    assert.is_nil(claimed({ issued(2) }, {}))
    assert.equal("6", claimed({}, { item(6) }))
    assert.equal("", claimed({}, { item(4) }))
    assert.is_nil(ledger:settle_and_claim({ issued(4) }, { item(7) }))
    assert.same({ "issued", "sending", nil }, { state(2), state(4), state(7) })
    other:close()
  end)

  it("settles also where nothing can be claimed", function()
    assert(ledger:claim { item(1) })
    local faulty = item(2)
    faulty.campaign = nil
    assert.same({ true }, { ledger:settle_and_claim({ issued(1) }, { faulty }) })
    assert.equal("issued", state(1))
  end)

  it("keeps a server's words that are no text as well as it can", function()
    assert(ledger:claim { item(1) })
    assert(ledger:settle { outcome(1, "rejected", "no\0 \255 good") })
    assert.equal("no? ? good", entry(1).reason)
  end)

  it("keeps a name and an address only as long as a look-up may need them", function()
    assert(ledger:claim(items(1, 4)))
    assert(ledger:settle { issued(1), outcome(2, "rejected", "no"), outcome(3, "in_doubt", "cut"),
      outcome(4, "draft") })
    assert.same({ { key = key(1) }, { key = key(2) },
      { key = key(3), name = "Ann 3", email = "3@example.com" },
      { key = key(4), name = "Ann 4", email = "4@example.com" } },
      engine.query "SELECT key, name, email FROM credential ORDER BY key")
  end)

  -- ---- leases ----

  it("holds in doubt what a run that died was sending", function()
    assert(ledger:claim { item(1) })
    assert.equal("sending", state(1))
    age(181)
    assert.same({ "in_doubt", "the run that sent it ended before the answer came", true },
      { state(1), entry(1).reason, entry(1).expired })
    assert.equal("", names(assert(ledger:claim { item(1) })))
    assert.same({ in_doubt = 1 }, ledger:counts())
  end)

  it("renews the leases of this run, and of no other", function()
    local other = assert(ledgers.open(name))
    assert(other:claim { item(3) })
    assert(ledger:claim(items(1, 2)))
    assert(ledger:settle { issued(2) })
    age(181)
    assert.equal(1, ledger:renew())
    assert.same({ "sending", "issued", "in_doubt" }, { state(1), state(2), state(3) })
    assert.is_true(ledger:settle { issued(1) })
    assert.is_true(other:settle { issued(3) }, "late, but its own still")
    other:close()
  end)

  it("frees no claim where a clock jumps", function()
    assert(ledger:claim { item(1) })
    for _, seconds in ipairs { 86400 * 365, -86400 * 365 * 2 } do
      age(seconds)
      local other = assert(ledgers.open(name))
      assert.equal("", names(assert(other:claim { item(1) })))
      other:close()
    end
    assert.equal("sending", state(1))
    assert.is_nil(ledger:decide(key(1), "release", "ann"))
    assert.is_true(ledger:settle { issued(1) })
  end)

  it("has one secret, made when it is made", function()
    local other = assert(ledgers.open(name))
    assert.same({ 16, ledger.secret }, { #other.secret, other.secret })
    other:close()
  end)

  it("takes closing twice, and says after it that it is closed", function()
    ledger:close()
    ledger:close()
    assert.same({ nil, ("ledger %s: it is closed"):format(ledger.shown), "ledger" },
      { ledger:claim { item(1) } })
  end)
end)
