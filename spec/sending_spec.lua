--- What becomes of requests that do not simply succeed, against the sandbox in a real nginx.

local adding = require "sertifier.adding"
local core = require "sertifier.core"
local files = require "spec.support.files"
local ledgers = require "sertifier.ledger"
local pace = require "sertifier.pace"
local running = require "spec.support.running"
local sandbox = require "spec.support.sandbox"

local issue, flow_of = running.issue, running.flow
local ledger

describe("sending", function()
  before_each(function() ledger = running.fresh() end)
  after_each(sandbox.stop)

  it("waits as long as a 429 asks, in seconds or until a date", function()
    sandbox.start()
    for _, form in ipairs { "seconds", "date" } do
      ledger = running.fresh()
      sandbox.restart { too_many_every = 2, retry_after = 1, retry_after_form = form }
      local began = core.elapsed()
      local summary = issue { export = sandbox.export(40), concurrency = 1 }
      assert.same({ read = 40, issued = 40 }, sandbox.counts(summary))
      -- A date has whole seconds: the wait may be all but that short.
      assert.truthy(core.elapsed() - began >= (form == "date" and 0.01 or 1), form)
      local record = sandbox.record()
      assert.same({ 2, 1 }, { record.statuses["200"], record.statuses["429"] })
    end
  end)

  it("sends fewer at once after a 429 or a 503", function()
    for _, behave in ipairs { { rate_limit = 1, retry_after = "none" },
      { server_error_every = 1, server_error_status = "503" } } do
      sandbox.start(behave)
      ledger = running.fresh()
      local own = pace.new()
      issue { export = sandbox.export(4), batch_size = 1, concurrency = 4, pace = own }
      assert.truthy(own:window() < 4)
      sandbox.stop()
    end
  end)

  it("never sends again after a 503", function()
    sandbox.start { server_error_every = 2, server_error_status = "503", server_error = "after" }
    local summary = issue { export = sandbox.export(40), batch_size = 10, concurrency = 1 }
    assert.same({ read = 40, issued = 20, in_doubt = 20 }, sandbox.counts(summary))
    assert.same({ 1, 1, 40 }, { sandbox.most() })
  end)

  it("stops after failures in a row, and says what is left and what to do", function()
    local doubtful = { server_error_every = 1 }
    local refused = { too_many_every = 1, retry_after = "none" }
    for _, behave in ipairs { doubtful, refused } do
      sandbox.start(behave)
      ledger = running.fresh()
      local export = sandbox.export(100)
      local summary, message, code = issue { export = export, batch_size = 10, concurrency = 1 }
      local held = behave == doubtful and 60 or nil
      assert.same({ read = 100, in_doubt = held, not_attempted = 100 - (held or 0) },
        sandbox.counts(summary))
      assert.equal(behave == doubtful and "in_doubt" or "limit", code)
      assert.truthy(message:find(("%%(6 times in a row%%); nothing is lost: %d records are left, and"
        .. " the same run again goes on from here$"):format(summary.not_attempted)), message)
      assert.equal(summary.stopped, message)
      assert.equal(6, summary.requests)
      assert.equal(4, summary:status())
      sandbox.behave { server_error_every = 0, too_many_every = 0 }
      assert.same({ read = 100, in_doubt = held, issued = 100 - (held or 0) },
        sandbox.counts(issue { export = export }))
      assert.same({ 1, 1, 100 - (held or 0) }, { sandbox.most() })
      sandbox.stop()
    end
  end)

  it("stops where more is sent again than comes through", function()
    sandbox.start { rate_limit = 1, retry_after = "none" }
    local own = pace.new()
    own.slow_down = function() end
    local summary, message = issue { export = sandbox.export(60), batch_size = 1, concurrency = 30,
      pace = own, chance = function() return 0 end }
    assert.truthy(message:find "times in a row" or message:find "more often than", message)
    assert.truthy(summary.requests <= 60 + 30 * 6)
    assert.equal(1, (sandbox.most()))
  end)

  it("keeps to a rate, over runs too", function()
    sandbox.start()
    local own, began = pace.new(), core.elapsed()
    for first = 1, 5, 4 do
      issue { export = sandbox.export(4, first), batch_size = 1, rate = 20, pace = own }
    end
    assert.truthy(core.elapsed() - began >= 7 / 20)
  end)

  it("ends the second record of a key as the first, and names both lines", function()
    local ends = { [""] = { issued = 2, already_issued = 2 }, ["Lee 1"] = { rejected = 3, issued = 1 },
      silent = { in_doubt = 4 } }
    for refuse, expected in pairs(ends) do
      sandbox.start { refuse = refuse, answer = refuse == "silent" and "closed" or "whole" }
      local row = sandbox.id(1) .. ",Ann,Lee 1,ann@example.com\n"
      local path = files.write("Id,FirstName,LastName,Email\n" .. row .. row .. sandbox.id(2)
        .. ",Ann,Lee 2,b@example.com\n" .. row, ".csv")
      for _, size in ipairs { 1, 20 } do
        ledger = running.fresh()
        local summary = issue { export = path, batch_size = size, concurrency = 1 }
        expected.read = 4
        assert.same(expected, sandbox.counts(summary))
        local last = summary.problems[#summary.problems]
        assert.same({ "the same record as line 2", { 3, 5 } }, { last.text, last.lines })
      end
      sandbox.stop()
    end
  end)

  it("gives one credential's link to each record that shares it", function()
    sandbox.start()
    local rows = { sandbox.id(1), sandbox.id(2), sandbox.id(1) }
    local path = files.write("Id,FirstName,LastName,Email\n" .. table.concat(rows,
      ",Ann,Lee,ann@example.com\n") .. ",Ann,Lee,ann@example.com\n", ".csv")
    local links = files.path ".csv"
    local summary = issue({ export = path, write_back = links }, flow_of { once_per = "{!Email}" })
    assert.same({ read = 3, issued = 1, already_issued = 2 }, sandbox.counts(summary))
    local id, link, other, same, more = files.read(links):match "\n(%w+),(%S+)\n(%w+),(%S+)\n(.*)$"
    assert.same({ rows[1] .. "AAA", rows[2] .. "AAA", link, "" }, { id, other, same, more })
  end)

  it("ends it so too where the first was read long before", function()
    sandbox.start { refuse = "Lee 1,", drop_rows = 0 }
    local rows = {}
    for n = 1, 30 do
      rows[n] = { Id = sandbox.id(n % 15 + 1), FirstName = "Ann", LastName = "Lee " .. n % 15 .. ",",
        Email = "a@example.com" }
    end
    local n = 0
    local summary = issue { export = function()
      n = n + 1
      return rows[n]
    end, batch_size = 5, concurrency = 1 }
    assert.same({ read = 30, issued = 14, already_issued = 14, rejected = 2 }, sandbox.counts(summary))
    assert.same({ 1, 1, 14 }, { sandbox.most() })
  end)

  it("tells two contacts with one e-mail, or of one name, apart", function()
    for _, echo in ipairs { "same", "both" } do
      sandbox.start { echo = echo }
      ledger = running.fresh()
      local links = files.path ".csv"
      local summary = issue { write_back = links, export = files.write(
        "Id,FirstName,LastName,Email\n" .. sandbox.id(1) .. ",Ann,Lee,lee@example.com\n"
        .. sandbox.id(2) .. ",Bob,Lee,lee@example.com\n" .. sandbox.id(3)
        .. ",Ann,Lee,other@example.com\n" .. sandbox.id(4) .. ",Ann,Lee,lee@example.com\n", ".csv") }
      assert.same({ read = 4, issued = 4 }, sandbox.counts(summary))
      local keys = sandbox.record().keys
      for id, link in files.read(links):gmatch "\n(%w+),(%S+)" do
        assert.equal(keys[sandbox.campaign .. "/" .. id].verificationLink, link)
      end
      sandbox.stop()
    end
  end)

  it("tells what has changed since it was issued, and does not issue it again", function()
    sandbox.start()
    local text = "Id,FirstName,LastName,Email,Day__c,Note__c\n%s,Ann,Lee,ann@example.com,%s,%s\n"
      .. sandbox.id(2) .. ",Bob,Lee,bob@example.com,2025-01-01,\n"
    local declared = { map = { name = "{!FirstName} {!LastName}", email = "{!Email}",
      externalId = "{!Id}", issueDate = "{!Day__c}" } }
    local exports = {
      { "2025-01-01", "first", { read = 2, issued = 2 }, 0 },
      { "2025-01-01", "a note that is not sent", { read = 2, already_issued = 2 }, 0 },
      { "2025-02-01", "first", { read = 2, already_issued = 2 }, 1 },
    }
    for _, case in ipairs(exports) do
      local path = files.write(text:format(sandbox.id(1), case[1], case[2]), ".csv")
      local summary = issue({ export = path }, flow_of(declared))
      assert.same(case[3], sandbox.counts(summary))
      assert.equal(case[4], summary.changed)
      assert.same(case[4] == 0 and {} or { { outcome = "already_issued", export = path, count = 1,
        lines = { 2 }, text = "changed since it was issued; it is not issued again" } },
        summary.problems)
      assert.equal(0, summary:status())
    end
    assert.equal(1, (sandbox.most()))
  end)

  it("issues again exactly when the second part of once_per differs", function()
    sandbox.start()
    local row = "Id,FirstName,LastName,Email,Day__c\n%s,Ann,%s,ann@example.com,%s\n"
    local flow = flow_of { once_per = "{!Id}/{!Day__c}" }
    local days = { { "Lee", "2025-01-01", 1 }, { "Lee", "2025-01-01", 1 }, { "Mohr", "2025-01-01", 1 },
      { "Mohr", "2026-01-01", 2 }, { "Lee", "2026-01-01", 2 }, { "Lee", "2025-01-01", 2 } }
    for _, case in ipairs(days) do
      issue({ export = files.write(row:format(sandbox.id(1), case[1], case[2]), ".csv") }, flow)
      assert.equal(case[3], (sandbox.most()))
    end
  end)

  it("renews its leases once a minute, as long as something is under way", function()
    sandbox.start { latency = 0.5 }
    local opened = assert(ledgers.open(ledger))
    local renewed, minutes, elapsed = {}, 0, core.elapsed
    opened.renew = function(self)
      renewed[#renewed + 1] = getmetatable(self).__index.renew(self)
      return renewed[#renewed]
    end
    core.elapsed = function() return elapsed() + minutes * 60 end
    local ok, summary = pcall(issue, { export = sandbox.export(5), ledger = opened,
      interrupted = function()
        minutes = minutes + 1
        return false
      end })
    core.elapsed = elapsed
    opened:close()
    assert.truthy(ok, summary)
    assert.same({ read = 5, issued = 5 }, sandbox.counts(summary))
    assert.truthy(#renewed >= 2)
    for _, keys in ipairs(renewed) do assert.equal(5, keys) end
  end)

  it("lets another run have what it claimed first, with all records of that key", function()
    sandbox.start()
    local row = sandbox.id(1) .. ",A,B,a@example.com\n"
    local path = files.write("Id,FirstName,LastName,Email\n" .. row .. row .. sandbox.id(2)
      .. ",A,C,c@example.com\n", ".csv")
    local other
    -- Between this run's look at the ledger and its claim, another issues the same.
    local client = sandbox.client()
    local own = pace.new()
    local wait = own.wait
    own.wait = function(...)
      if not other then
        other = true
        other = issue { export = sandbox.export(1) }
      end
      return wait(...)
    end
    local summary = issue { export = path, pace = own, client = client }
    assert.same({ read = 1, issued = 1 }, sandbox.counts(other))
    assert.same({ read = 3, issued = 1, already_issued = 2 }, sandbox.counts(summary))
    assert.same({ 1, 1, 2 }, { sandbox.most() })
  end)

  -- ---- what goes next ----

  --- Notes in a list when a method is called.
  local function note(told, place, name)
    local call = place[name]
    place[name] = function(...)
      told[#told + 1] = name
      return call(...)
    end
  end

  --- A run of four requests, one after the other; what it did, in words.
  local function told_of(more)
    local told, client, opened = {}, sandbox.client(), assert(ledgers.open(ledger))
    for _, name in ipairs { "send", "start", "poll" } do note(told, client, name) end
    for _, name in ipairs { "claim", "settle_and_claim", "settle" } do note(told, opened, name) end
    issue { export = sandbox.export(8), batch_size = 2, concurrency = 1, client = client,
      ledger = opened, interrupted = more }
    opened:close()
    assert.same({ 1, 1, 8 }, { sandbox.most() })
    return (table.concat(told, " "):gsub("poll poll[ poll]*", "poll "))
  end

  it("sends what it has claimed ahead as soon as an answer is in, and settles that one then",
    function()
      sandbox.start()
      local one = "settle_and_claim poll send start "
      assert.equal("claim send poll " .. one .. one .. one
        .. "settle_and_claim poll settle_and_claim", told_of())
    end)

  it("tells what it has claimed, and cannot let go of, as in doubt", function()
    sandbox.start()
    local opened, turns = assert(ledgers.open(ledger)), 0
    function opened.settle() return nil, "ledger x: it is full", "ledger" end
    local summary = issue { export = sandbox.export(8), batch_size = 2, concurrency = 1,
      ledger = opened, interrupted = function()
        turns = turns + 1
        return turns > 3
      end }
    opened:close()
    local issued = select(3, sandbox.most())
    assert.same({ issued, 2, 6 - issued },
      { summary.issued, summary.in_doubt, summary.not_attempted })
    assert.equal("it was not sent, but the ledger keeps it claimed: ledger x: it is full",
      summary.problems[1].text)
  end)

  --- Answers come so many at a time, and only to who waits for them.
  local function together(client, count)
    local poll, held = client.poll, {}
    local function wants_more(self)
      return #held < math.min(count, self.native:pending() + #self.finished + #held)
    end
    function client:poll(seconds)
      local results = {}
      while seconds > 0 and wants_more(self) do
        for _, one in ipairs(poll(self, 1)) do held[#held + 1] = one end
      end
      for i = 1, seconds > 0 and math.min(count, #held) or 0 do
        results[i] = table.remove(held, 1)
      end
      return results
    end
    return client
  end

  it("claims with what it settles, however fast answers come", function()
    sandbox.start()
    local told, opened = {}, assert(ledgers.open(ledger))
    for _, name in ipairs { "claim", "settle_and_claim" } do note(told, opened, name) end
    issue { export = sandbox.export(20), batch_size = 1, concurrency = 4, ledger = opened,
      client = together(sandbox.client(), 4) }
    opened:close()
    assert.equal("claim" .. (" settle_and_claim"):rep(6), table.concat(told, " "))
    assert.same({ 1, 1, 20 }, { sandbox.most() })
  end)

  it("has what is claimed under way before it reads an answer", function()
    sandbox.start()
    local told, opened, read = {}, assert(ledgers.open(ledger)), adding.read
    local client = together(sandbox.client(), 2)
    for _, name in ipairs { "send", "start" } do note(told, client, name) end
    note(told, opened, "settle_and_claim")
    note(told, adding, "read")
    issue { export = sandbox.export(400), batch_size = 50, concurrency = 2, client = client,
      ledger = opened }
    adding.read = read
    opened:close()
    assert.truthy(table.concat(told, " "):find("claim send send start read read settle", 1, true))
    assert.same({ 1, 1, 400 }, { sandbox.most() })
  end)

  it("claims few at once, so that the first need not wait for all", function()
    sandbox.start()
    local sizes, opened = {}, assert(ledgers.open(ledger))
    local claim = opened.claim
    function opened:claim(items)
      sizes[#sizes + 1] = #items
      return claim(self, items)
    end
    issue { export = sandbox.export(400), batch_size = 50, concurrency = 8, ledger = opened }
    opened:close()
    assert.same({ 100, 100 }, { sizes[1], sizes[2] })
    assert.same({ 1, 1, 400 }, { sandbox.most() })
  end)

  it("claims with what it settles what may go now, where few answers came in", function()
    sandbox.start()
    local told, opened = {}, assert(ledgers.open(ledger))
    for _, name in ipairs { "claim", "settle_and_claim" } do note(told, opened, name) end
    -- One request more is claimed ahead, as all of them hold a hundred.
    issue { export = sandbox.export(4500), batch_size = 100, concurrency = 32, ledger = opened,
      client = together(sandbox.client(), 2) }
    opened:close()
    assert.truthy(table.concat(told, " "):find((" settle_and_claim"):rep(6), 1, true))
    assert.same({ 1, 1, 4500 }, { sandbox.most() })
  end)

  it("tidies the ledger while it waits", function()
    sandbox.start { latency = 0.05 }
    local told, opened = {}, assert(ledgers.open(ledger))
    note(told, opened, "tidy")
    issue { export = sandbox.export(2600), batch_size = 100, concurrency = 2, ledger = opened }
    assert.same({ "tidy", "tidy" }, told)
    opened.tidy = function() return nil, "the disk is full", "ledger" end
    local summary, message = issue { export = sandbox.export(3900), batch_size = 100,
      concurrency = 2, ledger = opened }
    opened:close()
    assert.is_nil(message)
    assert.same({ read = 3900, already_issued = 2600, issued = 1300 }, sandbox.counts(summary))
    assert.same({ 1, 1, 3900 }, { sandbox.most() })
  end)

  it("claims later what it cannot claim ahead, and does not ask all the time", function()
    sandbox.start { latency = 0.3 }
    local opened, asked = assert(ledgers.open(ledger)), 0
    local both = opened.settle_and_claim
    opened.settle_and_claim = function(self, outcomes)
      asked = asked + 1
      return both(self, outcomes, { { key = "a key without a campaign" } })
    end
    local summary = issue { export = sandbox.export(8), batch_size = 2, concurrency = 2,
      ledger = opened }
    opened:close()
    assert.truthy(asked < 20, asked)
    assert.same({ read = 8, issued = 8 }, sandbox.counts(summary))
    assert.same({ 1, 1, 8 }, { sandbox.most() })
  end)

  it("relies on no claim that has waited for long, as where the machine slept", function()
    sandbox.start()
    local elapsed, slept = core.elapsed, 0
    core.elapsed = function() return elapsed() + slept end
    local ok, told = pcall(told_of, function() slept = slept + 61 end)
    core.elapsed = elapsed
    assert.truthy(ok, told)
    assert.truthy(told:find "settle_and_claim poll settle claim send")
  end)

  it("lets go of what it claimed and does not send", function()
    sandbox.start { latency = 0.2, plan_limit = 4 }
    local opened = assert(ledgers.open(ledger))
    local function issue_all()
      return issue { export = sandbox.export(12), batch_size = 2, concurrency = 1,
        ledger = opened }
    end
    assert.same({ read = 12, issued = 4, not_attempted = 8 }, sandbox.counts(issue_all()))
    assert.same({ issued = 4 }, opened:counts())
    sandbox.behave { plan_limit = 0 }
    assert.same({ read = 12, already_issued = 4, issued = 8 }, sandbox.counts(issue_all()))
    opened:close()
    assert.same({ 1, 1, 12 }, { sandbox.most() })
  end)

  it("counts every record once, whatever the server does", function()
    local cases = { { answer = "cut" }, { answer = "list" }, { answer = "misplaced" },
      { answer = "text", answer_every = 2 }, { drop_rows = 3 }, { largest_batch = 3 },
      { largest_batch = 1, largest_batch_error = "413" }, { server_error_every = 3 },
      { server_error_every = 2, server_error_status = "closed" }, { error_form = "html",
        too_many_every = 3, retry_after = "none" }, { refuse = "Lee 7" }, { plan_limit = 11 },
      { refuse = "Lee", bad_item = "partial" }, { bad_item = "partial", refuse = "Lee 1",
        partial_error = "false" }, { campaign_status = "2" }, { bare_add = "true", echo = "both" },
      { key_error = "401" } }
    local export = sandbox.export(30)
    for i, behave in ipairs(cases) do
      if i == 1 then sandbox.start(behave) else sandbox.restart(behave) end
      for _ = 1, 2 do
        local summary = issue { export = export, batch_size = 7, concurrency = 3 }
        assert.equal(30, summary.read)
        local adds, mails = sandbox.most()
        assert.truthy(adds <= 1 and mails <= 1)
        assert.truthy(summary.issued + summary.already_issued <= select(3, sandbox.most()))
      end
      ledger = running.fresh()
    end
  end)
end)
