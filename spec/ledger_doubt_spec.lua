--- The ledger, on each engine: doubt, drafts, the queue, adoption, runs.

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

  local function expire()
    engine.query "UPDATE credential SET lease = lease - 181"
  end

  -- ---- doubt ----

  it("lists what is in doubt with what a look-up needs", function()
    assert(ledger:claim(items(1, 3)))
    assert(ledger:settle { outcome(2, "in_doubt", "cut"), issued(3) })
    expire()
    local list = assert(ledger:in_doubt())
    for i, reason in ipairs { "the run that sent it ended before the answer came", "cut" } do
      assert.same({ key = key(i), state = "in_doubt", campaign = "campaign-1",
        once_per = tostring(i), external_id = "003-" .. i, name = "Ann " .. i,
        email = i .. "@example.com", claimed_at = entry(i).claimed_at, reason = reason, line = i,
        run = ledger.run, content = "content-" .. i, expired = i == 1 or nil }, list[i])
    end
    assert.equal(2, #list)
    local reasons = {}
    assert.equal(2, ledger:each("in_doubt", function(row) table.insert(reasons, row.reason) end))
    assert.same({ list[1].reason, "cut" }, reasons)
  end)

  it("settles doubt, and nothing else, by what the server has", function()
    assert(ledger:claim(items(1, 4)))
    assert(ledger:settle { outcome(1, "in_doubt", "cut"), outcome(2, "in_doubt", "cut"), issued(3) })
    assert.is_true(ledger:settle_doubt(key(1), issued(1)))
    assert.is_true(ledger:settle_doubt(key(2), { state = "draft", credential = { id = "credential-2" } }))
    for n = 1, 4 do
      assert.same({ nil, ("ledger %s: campaign-1/%d is not in doubt"):format(ledger.shown, n),
        "ledger" }, { ledger:settle_doubt(key(n), issued(9)) })
    end
    expire()
    assert.is_true(ledger:settle_doubt(key(4), issued(4)))
    assert.same({ "issued", "draft", "issued", "issued" },
      { state(1), state(2), state(3), state(4) })
    assert.same({ "link-1" }, { entry(1).link, entry(1).reason })
    assert.same({ { key = key(2) } },
      engine.query "SELECT key FROM credential WHERE email IS NOT NULL")
  end)

  it("keeps a person's word", function()
    assert(ledger:claim(items(1, 3)))
    assert(ledger:settle { outcome(1, "in_doubt", "cut"), outcome(2, "in_doubt", "cut") })
    assert.is_nil(ledger:decide(key(3), "drop", "ann"))
    assert.is_true(ledger:decide(key(1), "release", "ann"))
    assert.is_true(ledger:decide(key(2), "drop", "bob"))
    assert.same({ nil, "dropped" }, { state(1), state(2) })
    assert.equal("1", names(assert(ledger:claim(items(1, 3)))))
    assert.is_true(ledger:decide(key(2), "release", "bob"))
    assert.same({ { key = key(1), word = "release", by_whom = "ann" },
      { key = key(2), word = "drop", by_whom = "bob" },
      { key = key(2), word = "release", by_whom = "bob" } },
      engine.query "SELECT key, word, by_whom FROM decision ORDER BY at")
    assert.has_error(function() ledger:decide(key(3), "forget", "ann") end, "forget: no such word")
  end)

  -- ---- two phases ----

  it("drops a draft that is not to be published, and may then forget it", function()
    assert(ledger:claim(items(1, 2)))
    assert(ledger:settle { { key = key(1), state = "draft", credential = { id = "credential-1" } },
      { key = key(2), state = "draft", credential = { id = "credential-2" } } })
    assert.equal("2", names(assert(ledger:claim_drafts { key(2) })))
    assert.is_nil(ledger:decide(key(1), "release", "ann"))
    assert.is_nil(ledger:decide(key(2), "drop", "ann"))
    assert.is_true(ledger:decide(key(1), "drop", "ann"))
    assert.same({}, ledger:claim_drafts { key(1) })
    assert.same({}, ledger:claim { item(1) })
    assert.same({ { key = key(1) } },
      engine.query "SELECT key FROM credential WHERE name IS NULL AND email IS NULL")
    assert.same({ dropped = 1 }, ledger:forget { key(1) })
  end)

  it("publishes a draft once", function()
    assert(ledger:claim(items(1, 4)))
    local drafts = {}
    for n = 1, 4 do
      drafts[n] = { key = key(n), state = "draft", credential = { id = "credential-" .. n } }
    end
    assert(ledger:settle(drafts))
    assert.equal("1 2 3 4", names(assert(ledger:drafts())))
    assert.equal("", names(assert(ledger:drafts "campaign-2")))
    assert.equal("", names(assert(ledger:claim(items(1, 4)))))
    assert.equal("1 2 3", names(assert(ledger:claim_drafts(keys.of(1, 2, 3, 5)))))
    local other = assert(ledgers.open(name))
    assert.equal("4", names(assert(other:claim_drafts(keys.of(1, 2, 3, 4)))))
    other:close()
    assert.is_true(ledger:settle { { key = key(1), state = "issued",
      credential = { verificationLink = "link-1" } }, outcome(2, "in_doubt", "cut"),
      outcome(3, "not_applied", "busy") })
    assert.same({ "issued", "credential-1", "link-1" },
      { state(1), entry(1).credential_id, entry(1).link })
    assert.same({ "publishing", true, "cut" }, { state(2), entry(2).expired, entry(2).reason })
    assert.same({ "draft", "busy" }, { state(3), entry(3).reason })
    assert.same({ "publishing" }, { state(4), entry(4).expired })
    assert.equal("2 3", names(assert(ledger:drafts "campaign-1")))
    expire()
    assert.equal("2 3 4", names(assert(ledger:drafts())))
    assert.is_true(ledger:settle_doubt(key(2), issued(2)))
    assert.is_true(ledger:settle_doubt(key(4), { state = "draft", credential = { id = "credential-4" } }))
    assert.same({ "issued", "draft" }, { state(2), state(4) })
    assert.same({}, assert(ledger:in_doubt()))
  end)

  it("takes no rejection of what is being published", function()
    assert(ledger:claim { item(1) })
    assert(ledger:settle { outcome(1, "draft") })
    assert(ledger:claim_drafts { key(1) })
    assert.is_nil(ledger:settle { outcome(1, "rejected", "no") })
    assert.equal("publishing", state(1))
  end)

  -- ---- the queue ----

  local function queued(n)
    local one = item(n)
    one.body = ('{"name":"Ann %d"}'):format(n)
    return one
  end

  it("queues, and gives each to one", function()
    assert.equal("1 2 3", names(assert(ledger:enqueue { queued(1), queued(2), queued(3) })))
    assert.equal("4", names(assert(ledger:enqueue { queued(3), queued(4) })))
    assert.equal("", names(assert(ledger:claim(items(1, 4)))))
    engine.query "UPDATE credential SET claimed_at = claimed_at + line"
    local other = assert(ledgers.open(name))
    assert.same({ queued(1) }, other:take_queued(1))
    other:close()
    assert.equal("2 3 4", names(assert(ledger:take_queued(100))))
    assert.same({}, ledger:take_queued(100))
    assert.is_true(ledger:settle { issued(2), outcome(3, "in_doubt", "cut"),
      outcome(4, "not_applied", "busy") })
    assert.same({ queued = 1, sending = 1, issued = 1, in_doubt = 1 }, ledger:counts())
    assert.equal("4", names(assert(ledger:take_queued(1))))
    assert.same({ { key = key(1) }, { key = key(4) } },
      engine.query "SELECT key FROM credential WHERE body IS NOT NULL ORDER BY key")
  end)

  -- ---- adoption ----

  it("adopts what was issued elsewhere", function()
    assert(ledger:claim(items(1, 3)))
    assert(ledger:claim { item(6) })
    assert(ledger:settle { outcome(2, "in_doubt", "cut"), issued(3),
      outcome(6, "rejected", "no") })
    local list = {}
    for n = 1, 6 do
      list[n] = { key = key(n), campaign = "campaign-1", once_per = tostring(n),
        credential_id = "adopted-" .. n, link = "link-" .. n, email = "Ann" .. n .. "@Example.com" }
    end
    assert.equal(4, ledger:adopt(list))
    assert.equal(0, ledger:adopt(list))
    assert.same({ "sending", "issued", "issued", "issued", "issued", "issued" },
      { state(1), state(2), state(3), state(4), state(5), state(6) })
    assert.same({ "adopted-2", "credential-3", "adopted-4" },
      { entry(2).credential_id, entry(3).credential_id, entry(4).credential_id })
    assert.same({ ["credential-3"] = true, ["adopted-5"] = true },
      ledger:has_credential { "credential-3", "adopted-3", "adopted-5" })
    assert.same({}, ledger:has_credential {})
    assert.equal("", names(assert(ledger:claim(items(1, 6)))))
    assert.same({}, ledger:by_person("campaign-1", "ann4@example.COM"))
  end)

  it("knows the keys of a person that may have a credential, by the address in any case", function()
    local other = item(3)
    other.email = "1@Example.com"
    assert(ledger:claim { item(1), item(2), other })
    assert(ledger:settle { issued(1) })
    assert.equal("3", names(assert(ledger:by_person("campaign-1", "1@EXAMPLE.com"))))
    assert(ledger:settle { outcome(3, "in_doubt", "cut") })
    assert.equal("3", names(assert(ledger:by_person("campaign-1", "1@example.com"))))
    assert(ledger:decide(key(3), "drop", "ann"))
    assert.equal("3", names(assert(ledger:by_person("campaign-1", "1@example.com"))))
    assert.same({}, ledger:by_person("campaign-2", "1@example.com"))
    assert.same({}, ledger:by_person("campaign-1", ""))
  end)

  it("knows those of people without an address by name, and those whose name is gone", function()
    local list = items(1, 5)
    for n, whom in ipairs { "Ann Lee", "ann lee ", "Bo Lee", "Ann Lee" } do
      list[n].email, list[n].name = n > 1 and "" or nil, whom
    end
    assert(ledger:claim(list))
    local function known() return names(assert(ledger:by_person("campaign-1", "", "ANN Lee"))) end
    assert.equal("1 2 4", known())
    assert(ledger:settle { issued(1), outcome(2, "in_doubt", "cut"), outcome(3, "in_doubt", "cut") })
    assert.equal("2 4", known())
    assert(ledger:decide(key(3), "drop", "ann"))
    assert.equal("2 3 4", known())
    assert.same({}, ledger:by_person("campaign-2", "", "Ann Lee"))
  end)

  -- ---- runs ----

  it("remembers runs", function()
    local id = assert(ledger:begin_run { flow = "Course completion", export = "contacts.csv" })
    assert(ledger:claim { item(1) })
    assert.equal(id, entry(1).run)
    assert.is_true(ledger:end_run { read = 12, issued = 1 })
    local second = assert(ledger:begin_run {})
    local list = assert(ledger:runs(10))
    assert.same({ id = second, started_at = list[1].started_at }, list[1])
    assert.same({ id = id, flow = "Course completion", export = "contacts.csv",
      counts = { read = 12, issued = 1 }, started_at = list[2].started_at,
      ended_at = list[2].ended_at }, list[2])
    assert.truthy(list[2].started_at <= list[2].ended_at)
    assert.equal(1, #assert(ledger:runs(1)))
  end)
end)
