--- Issuing in two phases: drafts, a look at them, and then their publication.

local files = require "spec.support.files"
local ledgers = require "sertifier.ledger"
local pace = require "sertifier.pace"
local running = require "spec.support.running"
local sandbox = require "spec.support.sandbox"
local sertifier = require "sertifier"

local ledger

local function flow_of(more)
  local declaration = { publish = "after check" }
  for name, value in pairs(more or {}) do declaration[name] = value end
  return running.flow(declaration)
end

local function issue(options, flow)
  return running.issue(options, flow or flow_of())
end

--- The states of the ledger's keys, counted.
local function states()
  local opened = assert(ledgers.open(ledger))
  local counts = opened:counts()
  opened:close()
  return counts
end

--- Does something to the ledger's file behind our back.
local function change(sql)
  local DBI = require "DBI"
  local connection = assert(DBI.Connect("SQLite3", ledger))
  connection:autocommit(true)
  local statement = assert(connection:prepare(sql))
  assert(statement:execute())
  statement:close()
  connection:close()
end

describe("publishing after a check", function()
  before_each(function() ledger = running.fresh() end)
  after_each(sandbox.stop)

  it("adds drafts, looks at them, publishes them, and does so once", function()
    sandbox.start()
    local export, links = sandbox.export(25), files.path ".csv"
    local summary = issue { export = export, batch_size = 10, write_back = links }
    assert.same({ read = 25, issued = 25 }, sandbox.counts(summary))
    assert.same({ 1, 1, 25 }, { sandbox.most() })
    assert.same({ issued = 25 }, states())
    assert.equal(26, select(2, files.read(links):gsub("\n", "\n")))
    local calls = sandbox.record().calls
    assert.equal(3, calls["POST /campaign/addCredentials"])
    assert.equal(50, calls["POST /credential/search"])
    assert.truthy(calls["POST /credential/publish"] >= 3)
    summary = issue { export = export, write_back = links }
    assert.same({ read = 25, already_issued = 25 }, sandbox.counts(summary))
    assert.equal(0, summary.requests)
    local opened = assert(ledgers.open(ledger))
    assert.equal(25, opened:each("issued", function(entry) assert.is_nil(entry.reason) end))
    opened:close()
  end)

  it("works whatever form the answers have", function()
    sandbox.start()
    for _, behave in ipairs { { search_rows = "nested", search_order = "oldest" },
      { largest_page = 1 }, { search_match = "exact", echo = "both" }, { search_delay = 100 },
      { bare_get = true, search_delay = 100 }, { spelling = "NO", bare_add = true } } do
      sandbox.restart(behave)
      ledger = running.fresh()
      assert.same({ read = 5, issued = 5 }, sandbox.counts(issue { export = sandbox.export(5) }))
      assert.same({ 1, 1, 5 }, { sandbox.most() })
    end
  end)

  it("lists surplus drafts, deletes them on request only, and never one that is another's", function()
    sandbox.start()
    local text = "Id,FirstName,LastName,Email\n" .. sandbox.id(1) .. ",Ann,Lee,ann@example.com\n"
    for _, deletes in ipairs { false, true } do
      sandbox.restart {}
      ledger = running.fresh()
      local client = sandbox.client()
      local data = assert(client:add_credentials { { campaignId = sandbox.campaign, name = "Ann Lee",
        email = "ann@example.com", externalId = "by-hand" } })
      local surplus = data[sandbox.campaign][1].id
      local path = files.write(text, ".csv")
      local summary = issue { export = path, delete_surplus = deletes }
      assert.same({ read = 1, issued = 1 }, sandbox.counts(summary))
      assert.same({ { outcome = "issued", export = path, lines = { 2 }, count = 1,
        text = ("a surplus draft of it, %s, %s"):format(surplus,
          deletes and "was deleted" or "is listed only; --delete-surplus deletes it") } },
        summary.problems)
      assert.equal(not deletes, client:credential(surplus) ~= nil)
      client:close()
    end
    -- Two records of one person, each with a draft of its own.
    sandbox.restart {}
    ledger = running.fresh()
    local summary = issue { delete_surplus = true, batch_size = 1, export = files.write(text
      .. sandbox.id(2) .. ",Ann,Lee,ann@example.com\n", ".csv") }
    assert.same({ read = 2, issued = 2 }, sandbox.counts(summary))
    assert.same({}, summary.problems)
    assert.is_nil(sandbox.record().calls["DELETE /credential/:id"])
  end)

  it("deletes no draft that a key may have which is being sent, with an e-mail or without", function()
    sandbox.start()
    for _, email in ipairs { "ann@example.com", "" } do
      sandbox.restart {}
      ledger = running.fresh()
      local other = { key = sandbox.campaign .. "/other", campaign = sandbox.campaign,
        name = "Ann Lee", email = email, externalId = "other" }
      local opened, client = assert(ledgers.open(ledger)), sandbox.client()
      assert(opened:claim { other })
      assert(client:add_credentials { { campaignId = other.campaign, name = other.name,
        email = email ~= "" and email or nil, externalId = "other" } })
      client:close()
      local map = { name = "{!FirstName} {!LastName}", email = email ~= "" and "{!Email}" or nil }
      local summary = issue({ delete_surplus = true, export = files.write(
        "Id,FirstName,LastName,Email\n" .. sandbox.id(1) .. ",Ann,Lee,ann@example.com\n", ".csv") },
        flow_of { map = map })
      assert.same({ read = 1, issued = 1 }, sandbox.counts(summary))
      assert.is_nil(sandbox.record().calls["DELETE /credential/:id"], email)
      opened:close()
    end
  end)

  it("goes on with the drafts of an earlier run", function()
    sandbox.start { too_many_every = 1, mishap_calls = "publish", retry_after = "none" }
    local export = sandbox.export(5)
    local summary, message, code = issue { export = export }
    assert.same({ read = 5, not_attempted = 5 }, sandbox.counts(summary))
    assert.equal("limit", code)
    assert.truthy(message:find "5 records are left")
    assert.same({ draft = 5 }, states())
    sandbox.behave { too_many_every = 0 }
    summary = issue({ export = export }, sertifier.flow { campaign = sandbox.campaign })
    assert.same({ read = 5, not_attempted = 5 }, sandbox.counts(summary))
    assert.equal("a draft of it stands: --two-phase publishes it", summary.problems[1].text)
    assert.same({ read = 5, issued = 5 }, sandbox.counts(issue { export = export }))
    assert.same({ 1, 1, 5 }, { sandbox.most() })
  end)

  it("looks whether it was published where no answer came", function()
    sandbox.start { server_error_every = 1, mishap_calls = "publish", server_error = "after",
      server_error_status = "closed" }
    local summary = issue { export = sandbox.export(5) }
    assert.same({ read = 5, issued = 5 }, sandbox.counts(summary))
    assert.same({ 1, 1, 5 }, { sandbox.most() })
    assert.equal(1, sandbox.record().calls["POST /credential/publish"])
  end)

  it("leaves it in doubt where it looks like a draft still, and publishes it later", function()
    sandbox.start { server_error_every = 1, mishap_calls = "publish" }
    local export = sandbox.export(5)
    for _ = 1, 2 do
      assert.same({ read = 5, in_doubt = 5 }, sandbox.counts(issue { export = export }))
      assert.equal(1, sandbox.record().calls["POST /credential/publish"])
    end
    sandbox.behave { server_error_every = 0 }
    change "UPDATE credential SET settled_at = settled_at - 200"
    assert.same({ read = 5, issued = 5 }, sandbox.counts(issue { export = export }))
    assert.same({ 1, 1, 5 }, { sandbox.most() })
  end)

  it("leaves it in doubt where nothing shows whether it was published", function()
    sandbox.start { server_error_every = 1, mishap_calls = "publish", server_error = "after",
      credential_status = "missing" }
    local export = sandbox.export(5)
    for _ = 1, 2 do
      local summary = issue { export = export }
      assert.same({ read = 5, in_doubt = 5 }, sandbox.counts(summary))
      change "UPDATE credential SET settled_at = settled_at - 200"
    end
    assert.same({ 1, 1, 5 }, { sandbox.most() })
    sandbox.behave { credential_status = "shown" }
    assert.same({ read = 5, issued = 5 }, sandbox.counts(issue { export = export }))
    assert.same({ 1, 1, 5 }, { sandbox.most() })
  end)

  it("publishes no draft that somebody else has published or deleted", function()
    sandbox.start { too_many_every = 1, mishap_calls = "publish", retry_after = "none" }
    local export = sandbox.export(3)
    issue { export = export }
    sandbox.behave { too_many_every = 0 }
    local keys, client = sandbox.record().keys, sandbox.client()
    assert(client:publish { keys[sandbox.campaign .. "/" .. sandbox.id(1) .. "AAA"].ids[1] })
    assert(client:delete(keys[sandbox.campaign .. "/" .. sandbox.id(2) .. "AAA"].ids[1]))
    client:close()
    local summary = issue { export = export }
    assert.same({ read = 3, issued = 2, in_doubt = 1 }, sandbox.counts(summary))
    assert.truthy(summary.problems[1].text:find "its draft does not stand")
    local _, mails = sandbox.most()
    assert.equal(1, mails)
    local opened = assert(ledgers.open(ledger))
    assert.equal(2, opened:each("issued", function(entry) assert.is_nil(entry.reason) end))
    opened:close()
  end)

  it("rejects a single draft that the server refuses to publish, with its words", function()
    sandbox.start { too_many_every = 1, mishap_calls = "publish", retry_after = "none" }
    local export = sandbox.export(1)
    issue { export = export }
    sandbox.behave { too_many_every = 0 }
    local client = sandbox.client()
    local own = pace.new()
    -- It is deleted between the look and the publish.
    own.sent = function()
      if sandbox.record().calls["POST /credential/search"] == 4 then
        for _, one in pairs(sandbox.record().keys) do client:delete(one.ids[1]) end
      end
    end
    local summary = issue { export = export, pace = own }
    client:close()
    assert.same({ read = 1, rejected = 1 }, sandbox.counts(summary))
    assert.truthy(summary.problems[1].text:find "^Sertifier said: ")
    assert.same({ draft = 1 }, states())
  end)

  it("counts every record once, whatever the server does", function()
    local cases = { { server_error_every = 2 }, { answer = "text", answer_every = 3 },
      { answer = "cut", mishap_calls = "publish" }, { too_many_every = 3, retry_after = "none" },
      { refuse = "Lee 7" }, { error_form = "html", server_error_every = 5 }, { key_error = "401" },
      { bad_item = "partial", answer = "closed", mishap_calls = "publish", answer_every = 2 } }
    sandbox.start()
    local export = sandbox.export(9)
    for _, behave in ipairs(cases) do
      sandbox.restart(behave)
      ledger = running.fresh()
      for _ = 1, 2 do
        assert.equal(9, issue({ export = export, batch_size = 4, concurrency = 3 }).read)
        local adds, mails = sandbox.most()
        assert.truthy(adds <= 1 and mails <= 1)
      end
    end
  end)

  it("is a property that says when", function()
    local ok, message = pcall(flow_of, { publish = "now" })
    assert.falsy(ok)
    assert.truthy(message:find('publish: "after check" is expected, got "now"', 1, true))
    local flow = flow_of { map = { name = "{!LastName}", email = "{!Email}", quickPublish = true } }
    local bodies = files.path ".jsonl"
    local file = assert(io.open(bodies, "wb"))
    assert(flow:check { export = sandbox.export(1), bodies = file })
    file:close()
    assert.truthy(files.read(bodies):find('"quickPublish":false', 1, true))
  end)
end)
