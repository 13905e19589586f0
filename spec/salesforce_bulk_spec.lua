--- Queries by the Bulk API 2.0, on the emulator behind real nginx.

local command = require "spec.support.command"
local files = require "spec.support.files"
local org = require "spec.support.org"
local results = require "sertifier.salesforce.results"
local sandbox = require "spec.support.sandbox"
local sertifier = require "sertifier"
local updating = require "sertifier.salesforce.updating"

local everyone = "SELECT Id, FirstName, LastName, Email, Issue_Credential__c FROM Contact"

describe("a query by a Bulk job", function()
  local client

  local function start(contacts, behave)
    org.start(contacts, behave)
    client = org.client()
  end

  local function check(query)
    return org.flow():check { export = query }
  end

  after_each(function()
    if client then client:close() end
    client = nil
    org.stop()
    sandbox.stop()
  end)

  it("is waited for, and issued page by page as a file is", function()
    sandbox.start()
    start(50, { result_size = 20, job_looks = 2 })
    local summary = assert(org.flow { when = "Issue_Credential__c = TRUE" }:run {
      export = client:query(everyone, { bulk = true }), client = sandbox.client(),
      ledger = files.path ".db", write_back = files.path ".csv", rejects = files.path ".csv" })
    assert.same({ read = 50, issued = 45, skipped = 5 }, sandbox.counts(summary))
    assert.same({ 1, 3, 3 }, org.counts("job", "look", "results"))
    assert.same({ {}, {} }, { summary.warnings, summary.left_out })
    assert.equal("job 7505g0000000001AAA: Bulk 2.0, 50 records, 5 columns", summary.description)
  end)

  it("names the lines as if its pages were joined", function()
    start(50, { result_size = 20 })
    local function set(n, values)
      local one = updating.new("Contact", { { id = org.id(n), values = values } })
      updating.start(client, one)
      assert.same({ true }, updating.finish(client, one))
    end
    set(3, { FirstName = "An\nna" })
    set(45, { Email = "none" })
    local findings = assert(check(client:query(everyone, { bulk = true })))
    assert.same({ 50, 49, 1 }, { findings.read, findings.would_issue, findings.invalid })
    assert.same({ "job 7505g0000000001AAA", { 47 } },
      { findings.problems[1].export, findings.problems[1].lines })
  end)

  it("is made where there are more than 20,000 records, and nobody said how", function()
    start(20001)
    assert.equal(20001, assert(check(client:query(everyone))).read)
    assert.same({ 1, 1, 1, 3 }, org.counts("query", "page", "job", "results"))
    local all_but_one = ("%s WHERE Id != '%s'"):format(everyone, org.id(1))
    assert.equal(20000, assert(check(client:query(all_but_one))).read)
    assert.equal(20001, assert(check(client:query(everyone, { bulk = false }))).read)
    assert.same({ 3, 20, 1 }, org.counts("query", "page", "job"))
  end)

  it("goes by pages where it is none for a job", function()
    start(20001, { no_jobs = true })
    assert.equal(20001, assert(check(client:query(everyone))).read)
    assert.same({ 10, 0 }, org.counts("page", "results"))
    assert.same({ nil, "Salesforce: API_ERROR: this query is none for the Bulk API", "API_ERROR" },
      { check(client:query(everyone, { bulk = true })) })
  end)

  it("asks for a page again that did not come, with a new token where it must", function()
    start(40, { result_size = 3, server_error_every = 5, cut_every = 7, expire_after = 4 })
    local findings = assert(check(client:query(everyone, { bulk = true })))
    assert.same({ 40, 40 }, { findings.read, findings.would_issue })
    assert.is_true(org.counts("results")[1] > 14)
    assert.is_true(org.counts("token")[1] > 3)
  end)

  it("takes halves of a page that is too large for an answer", function()
    start(11000, { padding = 4000 })
    local query = client:query("SELECT Id, Email FROM Contact", { bulk = true })
    local findings = assert(org.flow { map = { name = "{!Id}", email = "ann@example.com" } }:check {
      export = query })
    assert.same({ 11000, 11000, {} }, { findings.read, findings.would_issue, findings.warnings })
    assert.same({ 4 }, org.counts "results")
  end)

  it("tells why it failed, as Salesforce does", function()
    start(1, { job_end = "Failed", job_error = "InvalidBatch : QUERY_TIMEOUT: it ran for long" })
    assert.same({ nil, "Salesforce: job 7505g0000000001AAA: Failed: InvalidBatch : QUERY_TIMEOUT: it "
      .. "ran for long; ask for fewer records at once, or by an indexed field", "job" },
      { check(client:query(everyone, { bulk = true })) })
    org.behave { job_end = "Aborted" }
    assert.same({ nil, "Salesforce: job 7505g0000000002AAA: Aborted: it says no reason", "job" },
      { check(client:query(everyone, { bulk = true })) })
    assert.same({ nil, "job 7505g0000000003AAA: holds no records", "export" }, (function()
      org.behave { job_end = "JobComplete" }
      return { check(client:query("SELECT Id FROM Contact WHERE Email = 'x'", { bulk = true })) }
    end)())
  end)

  it("of a closed client is a mistake at the caller's line, and so is what is no option", function()
    start(1)
    local function fails(text, call)
      local ok, message = pcall(call)
      assert.is_false(ok)
      assert.truthy(message:find("^spec/salesforce_bulk_spec.lua:%d+: " .. text), message)
    end
    local function query(options)
      local made = client:query(everyone, options)
      return made
    end
    fails("query: a table of options is expected, got number", function() query(5) end)
    fails("query: blk: no such option", function() query { blk = true } end)
    client:close()
    client:close()
    fails("the client is closed", query)
    fails("write_back: it is closed; open one for this run",
      function() org.flow():run { export = "x", write_back = client } end)
  end)

  it("is an export, whose records are not called for one by one", function()
    start(1)
    assert.has_error(function() client:query(everyone, { bulk = true })() end,
      "a Bulk job's records come as an export only")
    assert.has_error(function() client:query(everyone, { bulk = 1 }) end,
      "query: bulk: boolean expected, got number")
    assert.has_error(function() org.flow():check { export = {} } end, "export: got a table")
  end)

  it("does not take more memory for more records", function()
    start(30000, { result_size = 1000 })
    local held, seen = {}, 0
    assert(sertifier.flow { campaign = sandbox.campaign, before_issue = function(credential)
      seen = seen + 1
      if seen % 10000 == 5000 then
        collectgarbage()
        table.insert(held, collectgarbage "count")
      end
      return credential
    end }:check { export = client:query(everyone, { bulk = true }) })
    assert.is_true(held[3] < 1.5 * held[1], held[1] .. " " .. held[3])
  end)

  it("goes on where a run does not wait for it, and says how to come back", function()
    start(5, { job_looks = 1000 })
    local made = client:call("POST", "/jobs/query", '{"operation":"query","query":"SELECT Id, '
      .. 'FirstName, LastName, Email FROM Contact"}')
    local pid, environment = files.path(), command.environment(sandbox.start())
    local pipe = io.popen(("echo $$ >%s; exec %s %s %s bin/sertifier issue --campaign %s --query %s "
      .. "--ledger %s 2>&1"):format(pid, environment, org.environment(),
      os.getenv "SPEC_LUA" or "lua5.4", sandbox.campaign, made.id, files.path ".db"))
    local first = pipe:read "*l"
    os.execute("kill -INT " .. files.read(pid))
    local rest = pipe:read "*a"
    pipe:close()
    assert.equal("waiting for Salesforce's job 7505g0000000001AAA: InProgress", first)
    assert.equal("sertifier: interrupted; the job goes on: ask for 7505g0000000001AAA in place of the "
      .. "query\n", rest)
  end)

  it("is continued by its id, after whatever ended the run that made it", function()
    local started, ledger = sandbox.start(), files.path ".db"
    start(50, { result_size = 20, used = 91, daily_limit = 100 })
    local flow = org.flow { when = "Issue_Credential__c = TRUE" }
    local summary, message, code = flow:run { export = client:query(everyone, { bulk = true }),
      client = sandbox.client(), ledger = ledger, batch_size = 2 }
    assert.same({ 20, "limit" }, { summary.read, code })
    assert.is_true(summary.issued > 0)
    assert.equal("Salesforce: 95 of the day's 100 requests are used, and some are left for others; "
      .. "run again tomorrow; the results are kept: ask for 7505g0000000001AAA in place of the "
      .. "query; nothing is lost: the export was not read to its end, and the same run again goes "
      .. "on from here", message)
    org.behave { used = 0 }
    local path = files.write(('return require("sertifier").flow { campaign = %q,'
      .. ' object = "Contact", when = "Issue_Credential__c = TRUE" }'):format(sandbox.campaign),
      ".lua")
    local status, out = command.run({ "issue", path, "--query", "7505g0000000001AAA", "--json",
      "--quiet", "--ledger", ledger }, command.environment(started) .. " " .. org.environment())
    assert.equal(0, status)
    assert.truthy(out:find(('"read":50,"skipped":5,"invalid":0,"issued":%d,"already_issued":%d'):format(
      45 - summary.issued, summary.issued), 1, true), out)
    assert.same({ 1, 0 }, org.counts("job", "query"))
    local adds, mails, keys = sandbox.most()
    assert.same({ 1, 1, 45 }, { adds, mails, keys })
  end)
end)

describe("the pages of a job", function()
  --- An org that has these.
  local function fake(...)
    local texts, asked, org_of_texts = { ... }, 0, { base = "" }
    function org_of_texts.call()
      return { state = "JobComplete", numberRecordsProcessed = 3, columnDelimiter = "PIPE" }
    end
    function org_of_texts.start()
      asked = asked + 1
      return asked
    end
    function org_of_texts.finish(_, n)
      return { body = texts[n], locator = texts[n + 1] and "more" or "null" }
    end
    return org_of_texts
  end

  local function check(...)
    local one = fake(...)
    return sertifier.flow { campaign = sandbox.campaign,
      once_per = "{!Name}", map = { name = "{!Name}", email = "{!Email}" } }:check {
        export = { open = function() return results.open(one, "7505") end } }
  end

  it("may end without a line break, and separate their cells otherwise", function()
    local findings = assert(check('"Name"|"Email"\n"A\nB"|"a@example.com"',
      '"Name"|"Email"\n"C"|"none"\n', '"Name"|"Email"\n'))
    assert.same({ 2, 1, { 4 }, { "job 7505 found 3 records, and 2 came" } }, { findings.read,
      findings.invalid, findings.problems[1].lines, findings.warnings })
  end)

  it("have one header", function()
    assert.same({ nil, "job 7505: a page has another header than the first one", "answer" },
      { check('"Name"|"Email"\n"C"|"a@example.com"\n', '"Email"|"Name"\n') })
    assert.same({ nil, "job 7505: is empty: an export starts with a header", "answer" },
      { check "" })
  end)
end)
