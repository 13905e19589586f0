--- Links that are written to the org by Bulk 2.0 jobs, on both emulators behind real nginx.

local command = require "spec.support.command"
local engines = require "spec.support.ledgers"
local files = require "spec.support.files"
local ingest = require "sertifier.salesforce.ingest"
local keys = require "spec.support.keys"
local ledgers = require "sertifier.ledger"
local org = require "spec.support.org"
local sandbox = require "spec.support.sandbox"
local sertifier = require "sertifier"

describe("links by jobs", function()
  local path

  before_each(function()
    sandbox.start()
    path = files.path ".db"
  end)

  after_each(function()
    org.stop()
    sandbox.stop()
  end)

  --- A client for which more than ten are many.
  local function client(more)
    local options = { bulk_above = 10, batch_size = 5, lock_wait = 0.01 }
    for name, value in pairs(more or {}) do options[name] = value end
    return org.client(options)
  end

  local function run(opened, count, more)
    local flow = { campaign = sandbox.campaign, object = "Contact" }
    for name, value in pairs(more or {}) do flow[name] = value end
    return sertifier.flow(flow):run { export = sandbox.export(count), client = sandbox.client(),
      ledger = path, write_back = opened, concurrency = 1 }
  end

  local function jobs_left()
    local ledger = assert(ledgers.open(path))
    local jobs = assert(ledger:jobs())
    ledger:close()
    return #jobs
  end

  it("are written beyond the first ones of a run, at its end", function()
    org.start(100)
    local opened = client()
    local summary = assert(run(opened, 100))
    assert.same({ 100, 100, 0 }, { summary.issued, summary.written, summary.unwritten })
    assert.same(org.issued_links(path, 100), org.record().links)
    assert.same({ 4, 1, 1, 1, 2 }, org.counts("update", "ingest", "fill", "close", "results"))
    assert.same({ 100, 0 }, { org.record().updates, jobs_left() })
    opened:close()
  end)

  it("are not so where they are few", function()
    org.start(10)
    local opened = client()
    assert.equal(10, assert(run(opened, 10)).written)
    assert.same({ 2, 0 }, org.counts("update", "ingest"))
    opened:close()
  end)

  it("are written so by the command where there are more than 10,000", function()
    org.start(10001)
    local ledger, rows, outcomes = assert(ledgers.open(path)), {}, {}
    for n = 1, 10001 do
      rows[n] = { key = keys.key(n), record_id = org.id(n), object = "Contact",
        fields = '{"Sertifier_Verification_Link__c":"{!verificationLink}"}' }
      outcomes[n] = keys.issued(n)
    end
    assert(ledger:expect_writes(rows))
    assert(ledger:claim(keys.items(1, 10001)))
    assert(ledger:settle(outcomes))
    ledger:close()
    assert.same({ 0, "", "waiting for Salesforce's job 7505g0000000001AAA: InProgress\n"
      .. "   10001 links written\n" }, { command.run({ "write-back", "--ledger", path },
      org.environment()) })
    assert.same({ 0, 1, 10001 }, { org.counts("update")[1], org.counts("ingest")[1], org.record().updates })
  end)

  it("are told row by row, whatever order the results have; locked ones go again alone", function()
    org.start(60, { lock_rows = 3, lock_times = 2 }, { 20 })
    local opened = client { bulk_above = 0 }
    local summary = assert(run(opened, 60))
    assert.same({ 59, 1 }, { summary.written, summary.unwritten })
    assert.equal("1 links are not written to Salesforce: ENTITY_IS_DELETED: entity is deleted; the "
      .. "record was deleted meanwhile (" .. org.id(20) .. "); `sertifier write-back` tries again, "
      .. "and with --unwritten FILE lists them", summary.notes[1])
    local links = org.issued_links(path, 60)
    links[org.id(20)] = nil
    assert.same(links, org.record().links)
    assert.same({ 1, 2, 0 }, { org.counts("ingest")[1], org.counts("update")[1], jobs_left() })
    opened:close()
  end)

  it("are in the order of their parents, as a job's rows are not written one after the other", function()
    org.start(60, { accounts = 10, lock_parents = true, job_rows = 30 })
    local opened = client { bulk_above = 0 }
    assert.equal(60, assert(run(opened, 60)).written)
    assert.same({ 0, 0, 1 }, org.counts("parent_locked", "update", "retrieve"))
    opened:close()
  end)

  it("go again without getting in each other's way where two parts of the job have a parent", function()
    org.start(60, { accounts = 3, lock_parents = true, job_rows = 30, latency = 0.02 })
    local opened = client { bulk_above = 0 }
    assert.equal(60, assert(run(opened, 60)).written)
    assert.same({ 10, 2 }, org.counts("parent_locked", "update"))
    assert.same(org.issued_links(path, 60), org.record().links)
    opened:close()
  end)

  it("may be of several fields, one of them text that CSV must quote", function()
    org.start(20)
    local opened = client()
    assert.equal(20, assert(run(opened, 20, { write_back = { Status__c = 'Issued, "{!id}"',
      Sertifier_Verification_Link__c = "{!verificationLink}" } })).written)
    local records = opened:query "SELECT Id, Status__c FROM Contact"
    assert.truthy(records().Status__c:find '^Issued, "[%w-]+"$')
    opened:close()
  end)

  it("are left where the job fails, but for those that it says were written", function()
    org.start(40, { job_end = "Failed", job_error = "InternalServerError : too many retries" })
    local opened = client { bulk_above = 0 }
    local summary = assert(run(opened, 40))
    assert.same({ 20, 20, 0 }, { summary.written, summary.unwritten, jobs_left() })
    assert.truthy(summary.notes[1]:find("20 links are not written to Salesforce: UNPROCESSED: "
      .. "Salesforce: job 7505g0000000001AAA: Failed: InternalServerError : too many retries", 1,
      true), summary.notes[1])
    org.behave { job_end = "JobComplete" }
    opened:close()
    local status, out = command.run({ "write-back", "--ledger", path, "--json" }, org.environment())
    assert.same({ 0, '{"written":20,"unwritten":0}\n' }, { status, out })
    assert.same(org.issued_links(path, 40), org.record().links)
  end)

  it("arrive through failures, cut connections and tokens that are over", function()
    org.start(60, { server_error_every = 3, cut_every = 7, expire_after = 4, job_looks = 2 })
    local opened = client { bulk_above = 0 }
    assert.equal(60, assert(run(opened, 60)).written)
    assert.same(org.issued_links(path, 60), org.record().links)
    opened:close()
  end)

  --- Ends after so many requests to the org, as a crash would.
  local crashing = [[
    local sertifier = require "sertifier"
    local org = assert(sertifier.salesforce { bulk_above = 0 })
    local left, start = tonumber(arg[2]), org.start
    function org.start(...)
      left = left - 1
      local request = start(...)
      if left == 0 then
        require("sertifier.core").sleep(0.05)
        os.execute("kill -KILL " .. require("sertifier.core").pid())
      end
      return request
    end
    local ledger = assert(require("sertifier.ledger").open(arg[1]))
    local writing = require "sertifier.salesforce.writing"
    assert(writing.new(ledger, org, { written = 0, reasons = {} }):all())
    print "done"]]

  it("of a run that was killed are found again by its job, at whatever request", function()
    org.start(30, { job_looks = 0 })
    assert(run(nil, 30))
    local code, links = files.write(crashing, ".lua"), org.issued_links(path, 30)
    local ledger = assert(ledgers.open(path))
    local finished
    for n = 1, 12 do
      local rows = {}
      for i = 1, 30 do
        rows[i] = { key = sandbox.campaign .. "/" .. org.id(i), record_id = org.id(i),
          object = "Contact", fields = '{"Sertifier_Verification_Link__c":"{!verificationLink}"}' }
      end
      assert(ledger:expect_writes(rows))
      local before = org.record()
      local pipe = io.popen(("%s %s %s %s %d 2>&1"):format(org.environment(),
        os.getenv "SPEC_LUA" or "lua5.4", code, path, n))
      finished = pipe:read "*a" == "done\n"
      pipe:close()
      command.run({ "write-back", "--ledger", path }, org.environment() .. " ")
      local after = org.record()
      assert.same(links, after.links)
      assert.same({}, assert(ledger:left_unwritten()))
      assert.same({}, assert(ledger:jobs()))
      assert.is_true(after.updates - before.updates <= 30, n .. ": " .. after.updates)
      if finished then break end
    end
    assert.is_true(finished)
    ledger:close()
  end)
end)

describe("a job's results", function()
  --- What is read of these lists.
  local function finish(job, good, bad)
    local org_of_texts = { base = "" }
    function org_of_texts.call() return job end
    function org_of_texts.start(_, _, path) return path end
    function org_of_texts.finish(_, path) return { body = path:find "successful" and good or bad } end
    return ingest.finish(org_of_texts, "750")
  end

  it("are told by Ids, with Salesforce's reasons; what cannot be read of them is left out", function()
    local outcomes, why = finish({ id = "750", state = "JobComplete" },
      '"sf__Id","sf__Created",Id,A\n1,false,1,x\n2,fa"lse,2,x\n3,false,3,x\n',
      '"sf__Id","sf__Error",Id,A\n4,"CODE:a: b:A, B--",4,x\n5,odd,5,x\n')
    assert.is_nil(why)
    local told = {}
    for i, one in ipairs(outcomes) do
      told[i] = { one.cells.Id, (one.fault or {}).code, (one.fault or {}).message }
    end
    assert.same({ { "1" }, { "3" }, { "4", "CODE", "a: b" }, { "5", "UNKNOWN_EXCEPTION", "odd" } },
      told)
  end)

  it("may be empty, and of a job that nobody sent there are none", function()
    assert.same({ {}, "Salesforce: job 750: Aborted: it says no reason" },
      { finish({ id = "750", state = "Aborted" }, "", "") })
    assert.same({ {} }, { finish { state = "Open" } })
  end)
end)

engines.describe("what a ledger knows of jobs", function(_, place)
  local ledger

  before_each(function() ledger = place.ledger end)

  it("are noted and forgotten", function()
    assert(ledger:note_job("750-1", "Contact"))
    assert(ledger:note_job("750-2", "Lead"))
    assert(ledger:forget_job "750-1")
    assert.same({ { id = "750-2", object = "Lead" } }, ledger:jobs())
  end)

  it("have their rows by records, and count those that were not tried", function()
    local rows = {}
    for n = 1, 3 do
      rows[n] = { key = keys.key(n), record_id = "003-" .. n, object = "Contact", fields = "{}" }
    end
    assert(ledger:expect_writes(rows))
    assert(ledger:claim(keys.items(1, 3)))
    assert(ledger:settle { keys.issued(1), keys.issued(2) })
    assert.equal(2, ledger:count_unwritten())
    assert(ledger:settle_writes { { key = keys.key(1), record_id = "003-1", reason = "locked" } })
    assert.equal(1, ledger:count_unwritten())
    local found = assert(ledger:unwritten_of("Contact", { "003-1", "003-3", "003-4" }))
    assert.same({ 1, "003-1" }, { #found, found[1].record_id })
  end)
end)
