--- Links that are written to the org itself, on both emulators behind real nginx.

local cjson = require "cjson"
local command = require "spec.support.command"
local engines = require "spec.support.ledgers"
local files = require "spec.support.files"
local keys = require "spec.support.keys"
local ledgers = require "sertifier.ledger"
local org = require "spec.support.org"
local parents = require "sertifier.salesforce.parents"
local sandbox = require "spec.support.sandbox"
local writing = require "sertifier.salesforce.writing"

describe("salesforce: links", function()
  local path, started

  before_each(function()
    started = sandbox.start()
    path = files.path ".db"
  end)

  after_each(function()
    org.stop()
    sandbox.stop()
  end)

  local function run(client, count, more)
    local flow = org.flow(more)
    return flow:run { export = sandbox.export(count), client = sandbox.client(), ledger = path,
      write_back = client }
  end

  local function write_back(...)
    return command.run({ "write-back", "--ledger", path, ... }, org.environment())
  end

  it("are written 200 a call, each as the ledger has it, and again where a run meets them", function()
    org.start(450)
    local client = org.client()
    local summary = assert(run(client, 450))
    assert.same({ 450, 450, 0 }, { summary.issued, summary.written, summary.unwritten })
    assert.same(org.issued_links(path, 450), org.record().links)
    assert.equal(3, org.record().counts.update)
    summary = assert(run(client, 450))
    assert.same({ 450, 450 }, { summary.already_issued, summary.written })
    assert.same({ 6, 900 }, { org.record().counts.update, org.record().updates })
    client:close()
  end)

  it("of one record go in one call, where the newest has its way", function()
    org.start(3)
    local ledger, client = assert(ledgers.open(path)), org.client { batch_size = 2 }
    local records, rows = { 1, 2, 2, 2, 3 }, {}
    assert(ledger:claim(keys.items(1, #records)))
    for n, record in ipairs(records) do
      assert(ledger:settle { keys.issued(n) })
      rows[n] = { key = keys.key(n), record_id = org.id(record), object = "Contact",
        fields = '{"Sertifier_Verification_Link__c":"{!verificationLink}"}' }
    end
    assert(ledger:expect_writes(rows))
    local tally = { written = 0, reasons = {} }
    assert(writing.new(ledger, client, tally):all())
    assert.same({ [org.id(1)] = "link-1", [org.id(2)] = "link-4", [org.id(3)] = "link-5" },
      org.record().links)
    assert.same({ 5, 2, 3 }, { tally.written, org.record().counts.update, org.record().updates })
    ledger:close()
    client:close()
  end)

  it("of one record are never in two calls at a time, also while a run goes on", function()
    org.start(2, { latency = 0.02 })
    local client, lines = org.client { batch_size = 1 }, { "Id,FirstName,LastName,Email,Day" }
    for day = 1, 8 do lines[day + 1] = ("%s,Ann,Lee,ann@example.com,%d"):format(org.id(1), day) end
    local summary = assert(org.flow { once_per = "{!Id}/{!Day}" }:run { write_back = client,
      export = files.write(table.concat(lines, "\n") .. "\n", ".csv"), client = sandbox.client(),
      ledger = path, batch_size = 1, concurrency = 1 })
    client:close()
    assert.same({ 8, 8, 0 }, { summary.issued, summary.written, summary.unwritten })
    local ledger = assert(ledgers.open(path))
    local last = ("%s/%s/8"):format(sandbox.campaign, org.id(1))
    assert.same({ [org.id(1)] = assert(ledger:look_up { last })[last].link }, org.record().links)
    ledger:close()
  end)

  --- Issues while the org takes no links: they wait in the ledger.
  local function leave_unwritten(count)
    org.behave { used = 14900 }
    local client = org.client()
    assert.equal(count, assert(run(client, count)).unwritten)
    client:close()
    org.behave { used = 0 }
  end

  --- Writes what waits, with these options of a client.
  local function write_waiting(options, change)
    local ledger, client = assert(ledgers.open(path)), org.client(options)
    if change then change(client) end
    local tally = { written = 0, reasons = {} }
    local ok, message, code = writing.new(ledger, client, tally):all()
    ledger:close()
    client:close()
    return ok and tally.written, message, code
  end

  local siblings = { accounts = 15, lock_parents = true, latency = 0.02 }

  it("of one parent go together, and never in two calls at a time", function()
    org.start(60, siblings)
    leave_unwritten(60)
    assert.equal(60, write_waiting { batch_size = 10 })
    assert.same({ 0, 8, 1 }, org.counts("parent_locked", "update", "retrieve"))
    assert.same(org.issued_links(path, 60), org.record().links)
  end)

  it("of one parent do so while a run goes on, too", function()
    org.start(60, siblings)
    local client = org.client { batch_size = 10 }
    local summary = assert(run(client, 60))
    assert.same({ 60, 0, { 0 } }, { summary.written, summary.unwritten, org.counts "parent_locked" })
    assert.same(org.issued_links(path, 60), org.record().links)
    client:close()
  end)

  it("of one parent that are too many for a call go in calls one after the other", function()
    org.start(30, { accounts = 1, lock_parents = true, latency = 0.02 })
    leave_unwritten(30)
    assert.equal(30, write_waiting { batch_size = 7 })
    assert.same({ 0, 5 }, org.counts("parent_locked", "update"))
  end)

  it("that go in one call are written without a question for parents", function()
    org.start(20, siblings)
    leave_unwritten(20)
    assert.equal(20, write_waiting {})
    assert.same({ 1, 0 }, org.counts("update", "retrieve"))
  end)

  local function ask_elsewhere(place)
    return function(client)
      local start = client.start
      function client.start(self, method, where, ...)
        return start(self, method, where:gsub("/composite/sobjects/%w+$", place), ...)
      end
    end
  end

  it("are written by Id where the org does not tell the parents", function()
    org.start(20, siblings)
    leave_unwritten(20)
    assert.equal(20, write_waiting({ batch_size = 5 }, ask_elsewhere "/nowhere"))
    assert.same({ 4, 0 }, org.counts("update", "retrieve"))
    assert.same(org.issued_links(path, 20), org.record().links)
  end)

  it("wait in the ledger where there is no answer to who the parents are", function()
    org.start(20, siblings)
    leave_unwritten(20)
    local written, message, code = write_waiting({ batch_size = 5, stop_at = 0.5 }, function(client)
      local start = client.start
      function client.start(self, method, where, ...)
        if where:find "/composite/sobjects/%w+$" then self.used = self.most end
        return start(self, method, where, ...)
      end
    end)
    assert.same({ nil, "limit", { 0 } }, { written, code, org.counts "update" }, message)
    assert.equal(20, write_waiting {})
  end)

  it("of locked records go again, and only these", function()
    org.start(20, { lock_rows = 3, lock_times = 2 })
    local client = org.client { lock_wait = 0.01 }
    local summary = assert(run(client, 20))
    assert.same({ 20, 0, 3, 20 }, { summary.written, summary.unwritten,
      org.record().counts.update, org.record().updates })
    client:close()
  end)

  it("of records that are locked for a trigger go again, too", function()
    org.start(20, { lock_rows = 3, lock_times = 2, lock_in_trigger = true })
    local client = org.client { lock_wait = 0.01 }
    local summary = assert(run(client, 20))
    assert.same({ 20, 0, 3 }, { summary.written, summary.unwritten, org.record().counts.update })
    client:close()
  end)

  it("that stay locked are left to the next time, and nothing is issued again", function()
    org.start(5, { lock_rows = 2, lock_times = 5 })
    local client = org.client { lock_wait = 0.01 }
    local summary = assert(run(client, 5))
    assert.same({ 5, 3, 2, 2 }, { summary.issued, summary.written, summary.unwritten,
      summary:status() })
    assert.equal("2 links are not written to Salesforce: UNABLE_TO_LOCK_ROW: unable to obtain "
      .. "exclusive access to this record; another transaction holds it (" .. org.id(1) .. ", "
      .. org.id(2) .. "); `sertifier write-back` tries again, and with --unwritten FILE lists them",
      summary.notes[1])
    client:close()
    assert.same({ 0, '{"written":2,"unwritten":0}\n', "       2 links written\n" },
      { write_back "--json" })
    assert.same(org.issued_links(path, 5), org.record().links)
    assert.same({ 1, 1, 5 }, { sandbox.most() })
  end)

  it("that cannot be written are told, and stand in a CSV that can be fed back in", function()
    org.start(4, nil, { 2 })
    local client = org.client()
    local summary = assert(run(client, 4))
    assert.same({ 4, 3, 1 }, { summary.issued, summary.written, summary.unwritten })
    client:close()
    local left = files.path ".csv"
    local status, _, err = write_back("--unwritten", left)
    assert.equal(2, status)
    assert.equal("       0 links written\n       1 not written\n       1: ENTITY_IS_DELETED: entity "
      .. "is deleted; the record was deleted meanwhile (" .. org.id(2) .. ")\n", err)
    assert.equal(("Id,Sertifier_Verification_Link__c\n%s,%s\n"):format(org.id(2),
      org.issued_links(path, 4)[org.id(2)]), files.read(left))
  end)

  it("that the org does not take now wait in the ledger; the run goes on", function()
    org.start(30, { used = 96, daily_limit = 100 })
    local client = org.client { stop_at = 0.97, batch_size = 10 }
    local summary = assert(run(client, 30))
    assert.same({ 30, 0, 30 }, { summary.issued, summary.written, summary.unwritten })
    assert.truthy(summary.notes[1]:find "97 of the day's 100 requests are used", summary.notes[1])
    client:close()
    org.behave { used = 0, expire_after = 1 } -- the token is over after each call
    assert.same({ 0, '{"written":30,"unwritten":0}\n', "      30 links written\n" },
      { write_back "--json" })
    assert.same(org.issued_links(path, 30), org.record().links)
    org.behave { maintenance = true }
    local status, _, err = write_back()
    assert.equal(1, status)
    assert.truthy(err:find("HTTP 503 with text/html", 1, true), err)
  end)

  it("need fields that can be written: looked at before anything is sent", function()
    org.start(1)
    local client = org.client()
    for _, case in ipairs {
      { "Nme__c", "write_back: Contact: the object has no field Nme__c; make it, or let the user "
        .. "see it" },
      { "Full_Name__c", "write_back: Contact: Full_Name__c cannot be written; let the user edit it" },
    } do
      assert.same({ nil, case[2], "usage" }, { run(client, 1,
        { write_back = { [case[1]] = "{!verificationLink}" } }) })
    end
    assert.same({ nil, "write_back: Status__c: the ledger, from where links are written, has of a "
      .. "credential {!id} and {!verificationLink}, and not {!certificateNo}: take it out, or write to a "
      .. "file", "usage" }, { run(client, 1, { write_back = { Status__c = "no. {!id} {!certificateNo}" } }) })
    assert.equal(0, sandbox.record().requests)
    client:close()
  end)

  it("are never cut: what a field cannot take is not written", function()
    org.start(1)
    local client = org.client()
    local summary = assert(run(client, 1, { write_back = { Short__c = "{!verificationLink}" } }))
    assert.same({ 1, 0, 1, 0 }, { summary.issued, summary.written, summary.unwritten,
      org.record().updates })
    assert.truthy(summary.notes[1]:find("Short__c takes 20 characters, and this has %d+; make the "
      .. "field longer"), summary.notes[1])
    client:close()
  end)

  it("arrive as the ledger has them, whenever a run is killed", function()
    org.start(60, { latency = 0.01 })
    local export = sandbox.export(60)
    local flow = files.write(('return require("sertifier").flow { campaign = %q, object = "Contact" }')
      :format(sandbox.campaign), ".lua")
    local environment = command.environment(started) .. " " .. org.environment()
    local function issue(before)
      command.run({ "issue", flow, export, "--ledger", path, "--write-back", "salesforce",
        "--batch-size", "2", "--concurrency", "1", "--progress", "none" }, before .. environment)
    end
    for n = 1, 8 do
      issue(("timeout -s KILL %.2f "):format(0.04 + 0.03 * n))
      write_back() -- alone: the export is not read again
      assert.same(org.issued_links(path, 60), org.record().links)
    end
    issue ""
    command.run({ "resolve", "--ledger", path }, environment)
    write_back()
    assert.is_true(next(org.record().links) ~= nil)
    assert.same(org.issued_links(path, 60), org.record().links)
    local adds, mails = sandbox.most()
    assert.same({ 1, 1 }, { adds, mails })
  end)

  it("are written by the command as its word says", function()
    org.start(3)
    local flow = files.write(('return require("sertifier").flow { campaign = %q, object = "Contact" }')
      :format(sandbox.campaign), ".lua")
    local environment = command.environment(started) .. " " .. org.environment()
    local status, _, err = command.run({ "issue", flow, "--query", "flow", "--ledger", path,
      "--write-back", "salesforce", "--progress", "none" }, environment)
    assert.equal(0, status)
    assert.truthy(err:find("links: 3 written to Salesforce", 1, true), err)
    assert.same(org.issued_links(path, 3), org.record().links)
  end)
end)

describe("a record's parent", function()
  local function of(...)
    local fields = {}
    for _, field in ipairs { ... } do fields[field.name:lower()] = field end
    return parents.field(fields)
  end

  local account, null = { name = "AccountId", relationshipOrder = cjson.null }, cjson.null

  it("is a detail's first master, or else its account", function()
    assert.equal("AccountId", of({ name = "Name" }, account))
    assert.equal("Course__c", of({ name = "Course__c", relationshipOrder = 0 }, account,
      { name = "Student__c", relationshipOrder = 1 }))
    assert.is_nil(of { name = "Owner", relationshipOrder = null })
  end)
end)

engines.describe("what a ledger has to write", function(engine, place)
  local ledger

  before_each(function() ledger = place.ledger end)

  local function row(n, record_id)
    return { key = keys.key(n), record_id = record_id or "003-" .. n, object = "Contact",
      fields = "{}" }
  end

  local function waiting()
    local list = {}
    for i, one in ipairs(assert(ledger:unwritten(10))) do list[i] = one.record_id .. one.link end
    return list
  end

  it("wait until their credential is issued, by whomever", function()
    assert(ledger:expect_writes { row(1), row(2), row(3) })
    assert.same({}, waiting())
    assert(ledger:claim(keys.items(1, 3)))
    assert(ledger:settle { keys.issued(1), keys.outcome(2, "in_doubt", "lost"),
      { key = keys.key(3), state = "draft",
        credential = { id = "credential-3", verificationLink = "link-3" } } })
    assert.same({ "003-1link-1" }, waiting())
    assert(ledger:settle_doubt(keys.key(2), { state = "issued",
      credential = { id = "credential-2", verificationLink = "link-2" } }))
    assert.same({ "003-1link-1", "003-2link-2" }, waiting())
  end)

  it("are tried once a run until they are written, and again if they are expected again", function()
    assert(ledger:claim(keys.items(1, 2)))
    assert(ledger:settle { keys.issued(1), keys.issued(2) })
    assert(ledger:expect_writes { row(1), row(2) })
    assert(ledger:settle_writes { { key = keys.key(1), record_id = "003-1", link = "link-1" },
      { key = keys.key(2), record_id = "003-2", reason = "locked" } })
    assert.same({}, waiting())
    assert.equal("locked", ledger:left_unwritten()[1].reason)
    assert(ledger:begin_run {})
    assert.same({ "003-2link-2" }, waiting())
    assert(ledger:expect_writes { row(1) })
    assert.same({ "003-1link-1", "003-2link-2" }, waiting())
  end)

  it("come to a ledger of an earlier version, which keeps its secret", function()
    local secret, name = ledger.secret, ledger.name
    ledger:close()
    engine.query "DROP TABLE write_back"
    for _, newer in ipairs { "forgotten", "write_job" } do engine.query("DROP TABLE " .. newer) end
    engine.query "UPDATE meta SET value = '2' WHERE name = 'version'"
    ledger = assert(ledgers.open(name))
    place.ledger = ledger
    assert.equal(secret, ledger.secret)
    assert(ledger:expect_writes { row(1) })
  end)
end)
