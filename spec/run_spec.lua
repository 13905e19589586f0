--- Whole runs, against the sandbox in a real nginx.

local files = require "spec.support.files"
local runs = require "sertifier.run"
local sandbox = require "spec.support.sandbox"
local sertifier = require "sertifier"

local function flow_of(more)
  local declaration = { campaign = sandbox.campaign }
  for name, value in pairs(more or {}) do declaration[name] = value end
  return sertifier.flow(declaration)
end

local ledger

--- Runs a flow on an export; the ledger stays the same within one test.
local function run(flow, options)
  options.client = options.client or sandbox.client()
  options.ledger = options.ledger or ledger
  local summary, message, code = flow:run(options)
  options.client:close()
  return summary, message, code
end

describe("run", function()
  before_each(function() ledger = files.path(".db") end)
  after_each(sandbox.stop)

  it("issues, writes the links back, and does so once", function()
    sandbox.start()
    local export, links = sandbox.export(45), files.path(".csv")
    local summary = assert(run(flow_of(), { export = export, write_back = links }))
    assert.same({ read = 45, issued = 45 }, sandbox.counts(summary))
    assert.equal(3, summary.requests)
    local first = files.read(links)
    assert.truthy(first:find("^Id,Sertifier_Verification_Link__c\n0035g0000000001AAA,https://"))
    assert.equal(46, select(2, first:gsub("\n", "\n")))
    os.remove(links)
    summary = assert(run(flow_of(), { export = export, write_back = links }))
    assert.same({ read = 45, already_issued = 45 }, sandbox.counts(summary))
    assert.equal(0, summary.requests)
    assert.same(#first, #files.read(links))
    assert.same({ 1, 1, 45 }, { sandbox.most() })
  end)

  it("says how much was read, and how long answers took", function()
    sandbox.start()
    local shares = {}
    local summary = assert(run(flow_of(), { export = sandbox.export(4500), batch_size = 1000,
      progress = function(now) shares[#shares + 1] = now.share end }))
    assert.near(1000 / 4500, shares[1], 0.05)
    assert.near(1, shares[#shares], 0.01)
    assert.equal(summary.requests, summary.latency.count)
    assert.truthy(summary.latency.median > 0)
    local opened = assert(require("sertifier.ledger").open(ledger))
    assert.same(summary.latency.count, opened:runs(1)[1].counts.latency.count)
    opened:close()
  end)

  it("issues what is new in a later export", function()
    sandbox.start()
    assert(run(flow_of(), { export = sandbox.export(10) }))
    local summary = assert(run(flow_of(), { export = sandbox.export(15) }))
    assert.same({ read = 15, issued = 5, already_issued = 10 }, sandbox.counts(summary))
  end)

  it("issues once per what the flow says", function()
    sandbox.start()
    local flow = flow_of { once_per = "{!Id}/{!Day__c}" }
    local text = "Id,FirstName,LastName,Email,Day__c\n%s,A,B,a@example.com,%s\n"
    for _, day in ipairs { "2024-01-01", "2024-01-01", "2025-01-01" } do
      assert(run(flow, { export = files.write(text:format(sandbox.id(1), day)) }))
    end
    assert.equal(2, (sandbox.most()))
  end)

  it("takes the second record of one key as issued already", function()
    sandbox.start()
    local row = sandbox.id(1) .. ",A,B,a@example.com\n"
    local text = "Id,FirstName,LastName,Email\n" .. row .. row
      .. sandbox.id(2) .. ",A,C,c@example.com\n" .. row
    for _, size in ipairs { 1, 20 } do
      ledger = files.path(".db")
      local summary = assert(run(flow_of(), { export = files.write(text), batch_size = size }))
      assert.same({ read = 4, issued = 2, already_issued = 2 }, sandbox.counts(summary))
    end
    assert.equal(2, (sandbox.most())) -- one for each ledger
  end)

  it("skips, and names the invalid, without stopping for them", function()
    sandbox.start()
    local path = files.write("Id,FirstName,LastName,Email,Go__c\n"
      .. sandbox.id(1) .. ",A,B,a@example.com,true\n" .. sandbox.id(2) .. ",A,B,,true\n"
      .. sandbox.id(3) .. ",A,B,b@example.com,false\n", ".csv")
    local summary = assert(run(flow_of { when = "Go__c = TRUE" }, { export = path }))
    assert.same({ read = 3, issued = 1, invalid = 1, skipped = 1 }, sandbox.counts(summary))
    assert.same({ { outcome = "invalid", export = path, lines = { 3 }, count = 1,
      text = "email (from Email) is empty" } }, summary.problems)
    assert.equal(2, summary:status())
  end)

  it("stops at once where the key is refused", function()
    for _, status in ipairs { "403", "401" } do
      sandbox.start { key_error = status }
      local client = sandbox.client { key_file = sandbox.key_file "wrong" }
      local links = files.path(".csv")
      local summary, message, code = run(flow_of(), { export = sandbox.export(100), client = client,
        concurrency = 1, write_back = links })
      assert.same({ read = 100, not_attempted = 100 }, sandbox.counts(summary))
      assert.equal("auth", code)
      assert.truthy(message:find("Settings > API & Integrations", 1, true))
      assert.equal(1, summary.requests)
      assert.same({ 2, 3, 4, 5, 6 }, summary.problems[1].lines)
      assert.equal(4, summary:status())
      sandbox.stop()
    end
  end)

  it("names an unknown campaign", function()
    sandbox.start()
    local summary = assert(run(flow_of { campaign = "no-such-campaign" },
      { export = sandbox.export(1) }))
    assert.same({ read = 1, rejected = 1 }, sandbox.counts(summary))
    assert.truthy(summary.problems[1].text:find "campaign no%-such%-campaign")
  end)

  local refused = { whole = "split until the faulty one stands alone",
    partial = "take what an answer names" }
  for how, what in pairs(refused) do
    it(("%s (%s)"):format(what, how), function()
      sandbox.start { bad_item = how }
      local flow = flow_of { map = { name = "{!LastName}", email = "{!Email}",
        externalId = "{!Id}", quickPublish = true } }
      -- JSON that goes past our own checks, so that the server finds the fault.
      table.insert(flow.fields, { name = "attributes", before = ',"attributes":', type = "j",
        parts = { { "FirstName", "c" } } })
      local rows = { "Id,FirstName,LastName,Email" }
      for n = 1, 20 do
        rows[#rows + 1] = ("%s,%s,Lee,a%d@example.com")
          :format(sandbox.id(n), n == 13 and '"[{""id"":""""}]"' or "", n)
      end
      local summary = assert(run(flow, { export = files.write(table.concat(rows, "\n")) }))
      if how == "whole" then
        assert.same({ read = 20, issued = 19, rejected = 1 }, sandbox.counts(summary))
      else
        assert.same({ read = 20, issued = 19, in_doubt = 1 }, sandbox.counts(summary))
      end
      assert.same({ 1, 1, 19 }, { sandbox.most() })
    end)
  end

  it("splits what is too large a batch for the server", function()
    sandbox.start { largest_batch = 3 }
    local summary = assert(run(flow_of(), { export = sandbox.export(20) }))
    assert.same({ read = 20, issued = 20 }, sandbox.counts(summary))
    assert.same({ 1, 1, 20 }, { sandbox.most() })
  end)

  it("takes answers in any order, case and spelling", function()
    for _, behave in ipairs { { echo = "reversed" }, { echo = "recased" }, { spelling = "NO" },
      { validation = "null" }, { validation = "objects" } } do
      sandbox.start(behave)
      ledger = files.path(".db")
      local summary = assert(run(flow_of(), { export = sandbox.export(20) }))
      assert.same({ read = 20, issued = 20 }, sandbox.counts(summary))
      sandbox.stop()
    end
  end)

  it("gives each its own link, whatever the order", function()
    sandbox.start { echo = "reversed" }
    local links = files.path(".csv")
    assert(run(flow_of(), { export = sandbox.export(20), write_back = links }))
    local keys = sandbox.record().keys
    for id, link in files.read(links):gmatch "\n(%w+),(%S+)" do
      assert.equal(keys[sandbox.campaign .. "/" .. id].verificationLink, link)
    end
  end)

  it("waits as a 429 asks, and sends again", function()
    sandbox.start { too_many_every = 2, retry_after = "none" }
    local summary = assert(run(flow_of(), { export = sandbox.export(40), concurrency = 1 }))
    assert.same({ read = 40, issued = 40 }, sandbox.counts(summary))
    assert.same({ 1, 1, 40 }, { sandbox.most() })
  end)

  local doubtful = { { server_error_every = 1, server_error = "before" },
    { server_error_every = 1, server_error = "after" }, { answer = "truncated" },
    { answer = "html" }, { answer = "empty" } }
  for _, behave in ipairs(doubtful) do
    local how = behave.answer or "500 " .. behave.server_error
    it("holds in doubt after an answer that is " .. how, function()
      sandbox.start(behave)
      local export = sandbox.export(5)
      local summary = assert(run(flow_of(), { export = export }))
      assert.same({ read = 5, in_doubt = 5 }, sandbox.counts(summary))
      assert.equal(3, summary:status())
      summary = assert(run(flow_of(), { export = export }))
      assert.same({ read = 5, in_doubt = 5 }, sandbox.counts(summary))
      assert.equal(1, sandbox.record().adds)
    end)
  end

  it("holds in doubt what an answer does not name", function()
    sandbox.start { drop_rows = 2 }
    local summary = assert(run(flow_of(), { export = sandbox.export(5) }))
    assert.same({ read = 5, issued = 3, in_doubt = 2 }, sandbox.counts(summary))
  end)

  it("stops where the plan is used up", function()
    sandbox.start { plan_limit = 30 }
    local summary, _, code = run(flow_of(), { export = sandbox.export(100), concurrency = 1 })
    assert.same({ read = 100, issued = 20, not_attempted = 80 }, sandbox.counts(summary))
    assert.equal("plan", code)
  end)

  it("sends nothing where Sertifier cannot be reached, and frees the keys", function()
    local started = sandbox.start()
    local export, links = sandbox.export(3), files.path(".csv")
    local client = sandbox.client()
    started:stop()
    local summary, message, code = runs.run(flow_of(), { export = export, client = client,
      write_back = links, ledger = ledger, chance = function() return 0 end })
    assert.same({ read = 3, not_attempted = 3 }, sandbox.counts(summary))
    assert.equal("connect", code)
    assert.truthy(message:find "cannot reach Sertifier")
    assert.equal(1, summary:status())
    assert.is_nil(files.read(links))
    sandbox.start()
    assert.same({ read = 3, issued = 3 },
      sandbox.counts(assert(run(flow_of(), { export = export, write_back = links }))))
  end)

  it("stops at its limit", function()
    sandbox.start()
    local summary = assert(run(flow_of(), { export = sandbox.export(10), limit = 3 }))
    assert.same({ read = 10, issued = 3, not_attempted = 7 }, sandbox.counts(summary))
    assert.equal(4, summary:status())
  end)

  it("calls the hooks with what they need", function()
    sandbox.start { drop_rows = 1 }
    local calls = {}
    local flow = flow_of {
      on_issued = function(credential, record)
        calls[#calls + 1] = { "issued", credential.externalId, record.lastname, record.Email }
      end,
      on_doubt = function(problem, record)
        calls[#calls + 1] = { "doubt", problem.line, problem.reason, record.LastName }
      end,
    }
    assert(run(flow, { export = sandbox.export(2) }))
    assert.same({ { "issued", "0035g0000000001AAA", "Lee 1", "ann1@example.com" },
      { "doubt", 3, "Sertifier's answer does not name it: Credentials added successfully to "
        .. "campaigns.", "Lee 2" } }, calls)
  end)

  local answered = { "id", "name", "email", "status", "certificateNo", "issueDate", "externalId",
    "certificateImageLink", "badgeImageLink", "verificationLink" }

  it("tells its hooks all that the answer says", function()
    sandbox.start()
    local issued, batch
    local flows = { flow_of { on_issued = function(credential) issued = credential end },
      flow_of { on_batch = function(outcomes) batch = outcomes[1].credential end } }
    for i, flow in ipairs(flows) do assert(run(flow, { export = sandbox.export(1, i) })) end
    for _, name in ipairs(answered) do
      assert.truthy(issued[name], name)
      assert.truthy(batch[name], name)
    end
  end)

  it("writes back whatever the answer says", function()
    sandbox.start()
    local links = files.path(".csv")
    for i, name in ipairs(answered) do
      local flow = flow_of { write_back = { X__c = "{!" .. name .. "}" } }
      assert(run(flow, { export = sandbox.export(1, i), write_back = links }))
      assert.truthy(files.read(links):find "^Id,X__c\n%w+,[^\n]+\n$", name)
    end
  end)

  it("tells a rejected one to its hook", function()
    sandbox.start()
    local told
    local flow = flow_of { campaign = "no-such-campaign",
      on_rejected = function(problem, record) told = { problem.line, record.Id } end }
    assert(run(flow, { export = sandbox.export(1) }))
    assert.same({ 2, sandbox.id(1) }, told)
  end)

  it("stops cleanly where a hook fails, and says where", function()
    sandbox.start()
    local export = sandbox.export(50)
    local flow = flow_of { on_issued = function(_, record) return record.Nothing end }
    local summary, message, code = run(flow, { export = export, concurrency = 1 })
    assert.equal("hook", code)
    assert.truthy(message:find(export .. ":2: on_issued failed: spec/run_spec.lua:%d+: the export"
      .. " has no column Nothing"), message)
    -- The second request is under way by the time that the first one's answer is settled.
    assert.same({ read = 50, issued = 40, not_attempted = 10 }, sandbox.counts(summary))
  end)

  it("lets nobody change a record", function()
    sandbox.start()
    local class
    local flow = flow_of { on_issued = function(_, record)
      class = getmetatable(record)
      record.Email = "x"
    end }
    local _, message = run(flow, { export = sandbox.export(1) })
    assert.truthy(message:find "a record cannot be changed")
    assert.is_false(class)
  end)

  it("takes records from an iterator", function()
    sandbox.start()
    local list = {
      { Id = sandbox.id(1), FirstName = "A", LastName = "B", Email = "a@example.com", X__c = true },
      { id = sandbox.id(2), firstname = "A", lastname = "B", email = "b@example.com", X__c = 0 },
      { Id = sandbox.id(3), FirstName = "A", LastName = 7, Email = "c@example.com", X__c = 1.0,
        Account = { Name = "Acme" } },
    }
    local n, names = 0, {}
    local links = files.path(".csv")
    local flow = flow_of { when = "X__c = TRUE AND Account.Name != 'x'",
      on_issued = function(credential, record)
        names[#names + 1] = { credential.name, record.Account and record.Account.Name }
      end }
    local summary = assert(run(flow, { write_back = links, export = function()
      n = n + 1
      return list[n]
    end }))
    assert.same({ read = 3, issued = 2, skipped = 1 }, sandbox.counts(summary))
    assert.same({ { "A B" }, { "A 7", "Acme" } }, names)
    assert.truthy(files.read(links):find "\n0035g0000000003AAA,http")
  end)

  it("takes an iterator's numbers with a point, whatever the locale has", function()
    local format, texts = string.format, {}
    rawset(string, "format", function(...) return (format(...):gsub("(%d)%.(%d)", "%1,%2")) end)
    for i, value in ipairs { 1.5, -0.1, 1e300 * 1.5, 3 } do
      texts[i] = require "sertifier.number_text" (value)
    end
    rawset(string, "format", format)
    assert.same({ "1.5", "-0.1", format("%.0f", 1.5e300), "3" }, texts)
  end)

  it("takes whole numbers with all their digits, those of Lua 5.3 among them", function()
    local number_text, large = require "sertifier.number_text", 2 ^ 53
    assert.equal("9007199254740992", number_text(large))
    local whole = math.type and math.tointeger(large) + 1 or large + 2
    assert.equal(math.type and "9007199254740993" or "9007199254740994", number_text(whole))
  end)

  it("takes an iterator's numbers with all their digits", function()
    sandbox.start()
    for text, number in pairs { ["1234567890123.45"] = 1234567890123.45, ["19.99"] = 19.99,
      ["33.333333333333336"] = 33.333333333333336, ["-0.1"] = -0.1, ["60"] = 60.0 } do
      local row = { Id = sandbox.id(1), FirstName = "A", LastName = number, Email = "a@example.com" }
      local findings = assert(flow_of { when = "LastName = " .. text }:check { export = function()
        local given = row
        row = nil
        return given
      end, records = function(_, _, what)
        assert.truthy(what and what:find('"A ' .. text .. '"', 1, true), what)
      end })
      assert.equal(1, findings.would_issue, text)
    end
  end)

  it("takes an iterator's number that is none for nothing", function()
    local numbers = { 0 / 0, 1 / 0, -1 / 0, 7 }
    local findings = assert(flow_of():check { export = function()
      local last = table.remove(numbers, 1)
      return last and { Id = sandbox.id(1), FirstName = "", LastName = last, Email = "a@example.com" }
    end })
    assert.same({ 3, 1 }, { findings.invalid, findings.would_issue })
  end)

  it("stops when it is told to, and keeps what was issued", function()
    sandbox.start()
    local polls, links = 0, files.path(".csv")
    local summary, _, code = run(flow_of(), { export = sandbox.export(200), concurrency = 1,
      write_back = links, interrupted = function()
        polls = polls + 1
        return polls > 3
      end })
    assert.equal("interrupted", code)
    assert.equal(200, summary.issued + summary.not_attempted)
    assert.equal(summary.issued + 1, select(2, files.read(links):gsub("\n", "\n")))
    assert.equal(4, summary:status())
  end)

  it("can be told to also while it reads what was issued before", function()
    sandbox.start()
    local asked = 0
    local options = { export = sandbox.export(1000), batch_size = 100,
      interrupted = function() asked = asked + 1 end }
    assert.same({ read = 1000, issued = 1000 }, sandbox.counts(run(flow_of(), options)))
    asked, options.client = 0, nil
    assert.same({ read = 1000, already_issued = 1000 }, sandbox.counts(run(flow_of(), options)))
    assert.truthy(asked > 10, asked)
  end)

  it("sends nothing without its ledger, its write-back or records", function()
    sandbox.start()
    local export = sandbox.export(3)
    local cases = {
      { { export = export, ledger = "/no/such/place.db" },
        "ledger /no/such/place.db: No such file or directory", "ledger" },
      { { export = export, ledger = files.write(("no database "):rep(100), ".db") },
        "file is not a database", "ledger" },
      { { export = export, write_back = "/no/such/links.csv" }, "cannot write the links", "io" },
      { { export = "/no/such.csv" }, "/no/such.csv: No such file or directory", "export" },
      { { export = "/tmp" }, "/tmp: is a directory, not an export", "export" },
    }
    for _, case in ipairs(cases) do
      local summary, message, code = run(flow_of(), case[1])
      assert.is_nil(summary)
      assert.truthy(message:find(case[2], 1, true), message)
      assert.equal(case[3], code)
    end
    assert.equal(0, sandbox.record().adds)
  end)

  it("says of an export without records that it has none, and leaves no links", function()
    sandbox.start()
    local links = files.path(".csv")
    local path = files.write("Id,FirstName,LastName,Email\n", ".csv")
    local summary, message, code = run(flow_of(), { export = path, write_back = links })
    assert.same({ nil, path .. ": holds no records", "export" }, { summary, message, code })
    assert.is_nil(files.read(links))
  end)

  it("stops when the ledger is deleted under it", function()
    sandbox.start()
    local flow = flow_of { on_issued = function() os.remove(ledger) end }
    local summary, message, code = run(flow, { export = sandbox.export(60), concurrency = 1 })
    assert.equal("ledger", code)
    assert.truthy(message:find "moved or deleted")
    assert.equal(60, summary.issued + summary.not_attempted)
    assert.truthy(summary.issued < 60)
    assert.same({ 1, 1, summary.issued }, { sandbox.most() })
  end)
end)
