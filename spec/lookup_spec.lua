--- Keys in doubt, settled by asking: against the sandbox in a real nginx.

local files = require "spec.support.files"
local ledgers = require "sertifier.ledger"
local lookup = require "sertifier.lookup"
local sandbox = require "spec.support.sandbox"

local campaign = sandbox.campaign

--- A key in doubt, and what is sent for it.
local function person(n, more)
  local one = { once_per = "003-" .. n, external_id = "003-" .. n, name = "Ann Lee " .. n,
    email = ("ann%d@example.com"):format(n), campaign = campaign }
  for name, value in pairs(more or {}) do one[name] = value end
  one.key = one.campaign .. "/" .. one.once_per
  return one
end

local function credential(one)
  return { campaignId = one.campaign, name = one.name, email = one.email,
    externalId = one.external_id ~= "" and one.external_id or nil, quickPublish = true }
end

describe("a look-up", function()
  local ledger, started

  before_each(function() ledger = assert(ledgers.open(files.path ".db")) end)

  after_each(function() ledger:close() end)
  teardown(sandbox.stop)

  --- Issues what is sent at the server alone; gives the ids.
  local function issue(...)
    local client, list = sandbox.client(), {}
    for i, one in ipairs { ... } do list[i] = credential(one) end
    local data = assert(client:add_credentials(list))
    client:close()
    local ids = {}
    for i, row in ipairs(data[campaign]) do ids[i] = row.id end
    return ids
  end

  local function hold(...)
    local list = { ... }
    assert(ledger:claim(list))
    for i, one in ipairs(list) do
      list[i] = { key = one.key, state = "in_doubt", reason = "no answer came" }
    end
    assert(ledger:settle(list))
  end

  --- What a look-up finds, by once_per: the credential's id, or how many it may be.
  local function look_up(options, change)
    local client, found = sandbox.client(), {}
    local entries = assert(ledger:in_doubt())
    for _, entry in ipairs(entries) do
      if change then change(entry) end
    end
    local left = assert(lookup.settle(ledger, client, entries, function(finding)
      local name = finding.key:match "/(.*)"
      found[name] = finding.credential_id or #finding.candidates
      if finding.state == "issued" then
        local entry = ledger:look_up({ finding.key })[finding.key]
        assert.same({ "issued", finding.credential_id, finding.link },
          { entry.state, entry.credential_id, entry.link })
      end
    end, options))
    client:close()
    return found, left
  end

  for _, case in ipairs {
    { "as most answers are", {} }, { "without externalId and link", { bare_get = true } },
    { "of rows under a name", { search_rows = "nested" } },
    { "of single rows", { largest_page = 1 } }, { "the other spelling", { spelling = "NO" } },
    { "the oldest first", { search_order = "oldest" } },
    { "of whole addresses", { search_match = "exact" } },
    { "whatever the campaign", { search_campaigns = "ignored" } },
    { "of a time with a zone", { created_form = "zone" } },
    { "of a time with a fraction", { created_form = "fraction" } },
    { "of no time but an externalId", { created_form = "missing" } },
    { "by a clock that is an hour ahead", { clock_ahead = 3600 } },
  } do
    it("settles what is there, " .. case[1], function()
      started = sandbox.again(case[2])
      hold(person(1), person(2), person(11))
      local ids = issue(person(1), person(11), person(111))
      assert.same({ ["003-1"] = ids[1], ["003-2"] = 0, ["003-11"] = ids[2] }, (look_up()))
      assert.same({ issued = 2, in_doubt = 1 }, ledger:counts())
      local entry = ledger:look_up({ person(1).key })[person(1).key]
      assert.equal(case[2].bare_get and "" or "https://sertifier.com/cd/" .. ids[1], entry.link)
    end)
  end

  it("settles nothing where there is no search, and still knows what GET does not", function()
    started = sandbox.again { other_calls = "missing" }
    hold(person(1))
    issue(person(1))
    assert.same({ ["003-1"] = 0 }, (look_up()))
    assert.same({ in_doubt = 1 }, ledger:counts())
    started = sandbox.again { unknown_id = "404" }
    assert.same({ ["003-1"] = 0 }, (look_up()))
    assert.same({ in_doubt = 1 }, ledger:counts())
  end)

  it("takes for settled what another settled meanwhile, and leaves what a person decided", function()
    started = sandbox.again {}
    hold(person(1), person(2))
    local ids = issue(person(1), person(2))
    local settle = ledger.settle_doubt
    function ledger.settle_doubt(self, key, outcome)
      if key == person(2).key then assert(self:decide(key, "drop", "somebody"))
      else assert(settle(self, key, { state = "issued",
        credential = { id = ids[1], verificationLink = "https://a" } })) end
      return settle(self, key, outcome)
    end
    local found = look_up()
    assert.same({ ["003-1"] = ids[1], ["003-2"] = 0 }, found)
    assert.same({ issued = 1, dropped = 1 }, ledger:counts())
    assert.equal("https://a", ledger:look_up({ person(1).key })[person(1).key].link)
  end)

  it("does not guess between two, and shows both", function()
    started = sandbox.again()
    hold(person(1))
    issue(person(1), person(1))
    assert.same({ ["003-1"] = 2 }, (look_up()))
    assert.same({ in_doubt = 1 }, ledger:counts())
  end)

  it("tells two keys of one person apart by externalId alone", function()
    local first, second = person(1), person(2, { name = "Ann Lee 1", email = "ann1@example.com" })
    for _, bare in ipairs { false, true } do
      started = sandbox.again { bare_get = bare }
      ledger = assert(ledgers.open(files.path ".db"))
      hold(first, second)
      local ids = issue(second, first)
      assert.same(bare and { ["003-1"] = 2, ["003-2"] = 2 }
        or { ["003-1"] = ids[2], ["003-2"] = ids[1] }, (look_up()))
    end
  end)

  it("does not say whose of two the one is", function()
    started = sandbox.again { bare_get = true }
    hold(person(1), person(2, { name = "Ann Lee 1", email = "ann1@example.com" }))
    issue(person(1))
    assert.same({ ["003-1"] = 1, ["003-2"] = 1 }, (look_up()))
  end)

  for _, email in ipairs { "ann1@example.com", "" } do
    local whom = email == "" and ", also of people without an e-mail" or ""
    local mine = person(1, { email = email })
    local other = person(2, { name = "Ann Lee 1", email = email })

    it("leaves a credential to the key that has it, or may have it" .. whom, function()
      started = sandbox.again { bare_get = true }
      hold(mine)
      local ids = issue(other)
      assert(ledger:claim { other })
      assert.same({ ["003-1"] = 1 }, (look_up()))
      assert(ledger:settle { { key = other.key, state = "issued",
        credential = { id = ids[1], verificationLink = "" } } })
      assert.same({ ["003-1"] = 0 }, (look_up()))
      ids = issue(mine)
      assert.same({ ["003-1"] = ids[1] }, (look_up()))
    end)

    it("does not take what a person dropped for another key's" .. whom, function()
      started = sandbox.again { bare_get = true }
      hold(mine, other)
      issue(other)
      assert(ledger:decide(other.key, "drop", "ann"))
      assert.same({ ["003-1"] = 1 }, (look_up()))
    end)
  end

  it("leaves a credential to the key that gets it meanwhile", function()
    started = sandbox.again { bare_get = true }
    local other = person(2, { name = "Ann Lee 1", email = "ann1@example.com" })
    hold(person(1))
    local ids = issue(other)
    assert(ledger:claim { other })
    local by_person = ledger.by_person
    function ledger.by_person(self, ...)
      self.by_person = nil
      assert(self:settle { { key = other.key, state = "issued",
        credential = { id = ids[1], verificationLink = "" } } })
      return by_person(self, ...)
    end
    assert.same({ ["003-1"] = 0 }, (look_up()))
    assert.same({ in_doubt = 1, issued = 1 }, ledger:counts())
  end)

  it("takes another spelling of the name only with the externalId", function()
    for _, bare in ipairs { false, true } do
      started = sandbox.again { bare_get = bare }
      ledger = assert(ledgers.open(files.path ".db"))
      hold(person(1))
      local ids = issue(person(1, { name = "JOSÉ Lee" }))
      assert.same({ ["003-1"] = bare and 1 or ids[1] }, (look_up()))
    end
  end)

  it("takes no credential of another externalId, e-mail, campaign or time", function()
    started = sandbox.again()
    hold(person(1))
    issue(person(1, { external_id = "003-9" }), person(1, { email = "joann1@example.com" }))
    assert.same({ ["003-1"] = 1 }, (look_up()))
    hold(person(2, { external_id = "" }))
    issue(person(2))
    assert.same({ ["003-1"] = 1, ["003-2"] = 1 }, (look_up()))
    started:reset()
    local ids = issue(person(1))
    for _, seconds in ipairs { -1000, 400 } do
      assert.same({ ["003-1"] = 1, ["003-2"] = 0 }, (look_up(nil, function(entry)
        entry.claimed_at = entry.claimed_at + seconds
      end)))
    end
    assert.same({ ["003-1"] = ids[1], ["003-2"] = 0 }, (look_up(nil, function(entry)
      entry.claimed_at = entry.claimed_at - 100
    end)))
  end)

  it("takes none of another campaign where the search heeds none", function()
    started = sandbox.again { search_campaigns = "ignored" }
    hold(person(1, { campaign = "another-campaign" }))
    issue(person(1))
    assert.same({ ["003-1"] = 0 }, (look_up()))
  end)

  it("takes none that tells neither time nor externalId", function()
    started = sandbox.again { created_form = "missing", bare_get = true }
    hold(person(1))
    issue(person(1))
    assert.same({ ["003-1"] = 1 }, (look_up()))
    assert.same({ in_doubt = 1 }, ledger:counts())
  end)

  it("asks for nobody where nothing is known of a person", function()
    started = sandbox.again()
    hold(person(1, { name = "", email = "", external_id = "" }))
    assert.same({ ["003-1"] = 0 }, (look_up()))
    assert.is_nil(sandbox.record().calls["POST /credential/search"])
  end)

  it("looks people without an e-mail up by name", function()
    started = sandbox.again()
    hold(person(1, { email = "" }))
    local ids = issue(person(1, { email = "" }), person(1))
    assert.same({ ["003-1"] = ids[1] }, (look_up()))
  end)

  it("settles later what becomes visible later", function()
    started = sandbox.again { search_delay = 86400 }
    hold(person(1))
    local ids = issue(person(1))
    assert.same({ ["003-1"] = 0 }, (look_up()))
    started:behave { search_delay = 0 }
    assert.same({ ["003-1"] = ids[1] }, (look_up()))
  end)

  it("asks again where a failure may pass, unless in haste", function()
    started = sandbox.again()
    hold(person(1))
    local ids = issue(person(1))
    started:behave { too_many_every = 2, retry_after = 0 }
    assert.same({ ["003-1"] = ids[1] }, (look_up()))
  end)

  it("looks up so many, and says how many are left", function()
    started = sandbox.again()
    hold(person(1), person(2), person(3))
    local ids = issue(person(1), person(2), person(3))
    local found, left = look_up { most = 2 }
    assert.same({ ["003-1"] = ids[1], ["003-2"] = ids[2] }, found)
    assert.equal(1, left)
  end)

  it("stops where the key is refused", function()
    started = sandbox.again()
    hold(person(1), person(2))
    local client = sandbox.client { key_file = sandbox.key_file "wrong" }
    local told = {}
    local left, message, code = lookup.settle(ledger, client, ledger:in_doubt(), function(finding)
      told[#told + 1] = finding.reason
    end)
    client:close()
    assert.same({ nil, "auth", {} }, { left, code, told })
    assert.truthy(message:find("Sertifier refused the API key (HTTP 403)", 1, true), message)
    assert.same({ in_doubt = 2 }, ledger:counts())
  end)
end)
