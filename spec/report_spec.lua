--- The report: what a ledger holds, as a page, as CSV and as JSON, on both engines.

local browser = require "spec.support.browser"
local cjson = require "cjson"
local command = require "spec.support.command"
local data = require "sertifier.report.data"
local files = require "spec.support.files"
local ledgers = require "spec.support.ledgers"
local open = require("sertifier.ledger").open
local page = require "sertifier.report.page"
local report = require "sertifier.report"
local sandbox = require "spec.support.sandbox"

local function item(n, more)
  local one = { key = ("campaign-1/%03d"):format(n), campaign = "campaign-1", line = n + 1,
    once_per = ("%03d"):format(n), external_id = ("0035g%010d"):format(n), name = "Ann " .. n,
    email = ("ann%d@example.com"):format(n) }
  for name, value in pairs(more or {}) do one[name] = value end
  return one
end

--- A ledger with 40 issued, two rejected, one in doubt; and one of another campaign.
local function filled(ledger)
  local items, outcomes = {}, {}
  for n = 1, 43 do
    items[n] = item(n)
    outcomes[n] = { key = items[n].key, state = "issued", credential = { id = "credential-" .. n,
      verificationLink = "https://sertifier.com/cd/" .. n } }
  end
  items[44] = item(44, { key = "campaign-2/044", campaign = "campaign-2" })
  outcomes[41] = { key = items[41].key, state = "rejected", reason = "Sertifier said: <b>No</b>" }
  outcomes[42] = { key = items[42].key, state = "rejected", reason = "Sertifier said: <b>No</b>" }
  outcomes[43] = { key = items[43].key, state = "in_doubt", reason = "no answer came" }
  outcomes[44] = { key = items[44].key, state = "issued", credential = { id = "credential-44",
    verificationLink = "javascript:alert(1)" } }
  assert(ledger:begin_run { flow = "Course & more", export = "contacts.csv" })
  assert(ledger:claim(items))
  assert(ledger:settle(outcomes))
  assert(ledger:end_run { read = 44, issued = 41, rejected = 2, in_doubt = 1,
    latency = { median = 0.05, p99 = 0.2 } })
  return ledger
end

for _, engine in ipairs(ledgers) do
  describe("a report of a ledger on " .. engine.name, function()
    local ledger

    setup(engine.start)
    teardown(engine.stop)
    before_each(function() ledger = filled(assert(open(engine.fresh()))) end)
    after_each(function() ledger:close() end)

    it("counts, groups and samples", function()
      local gathered = assert(report.gather(ledger))
      assert.same({ total = 44, counts = { issued = 41, rejected = 2, in_doubt = 1 } },
        { total = gathered.total, counts = gathered.counts })
      assert.same({ { campaign = "campaign-1", keys = 43,
        counts = { issued = 40, rejected = 2, in_doubt = 1 } },
        { campaign = "campaign-2", keys = 1, counts = { issued = 1 } } }, gathered.campaigns)
      assert.same({ "rejected", 2, 2 }, { gathered.problems[1].state,
        tonumber(gathered.problems[1].keys), #gathered.problems[1].examples })
      local issued = 0
      for _, count in ipairs(gathered.timeline.counts) do issued = issued + count end
      assert.same({ 41, 60 }, { issued, #gathered.timeline.counts })
      assert.same({ "Course & more", 44 },
        { gathered.runs[1].flow, gathered.runs[1].counts.read })
      for i = 1, 3 do assert.not_equal("issued", gathered.rows[i].state) end
    end)

    it("gives the reason of what an ended run was sending, and no other state's examples", function()
      local why, sent, path = "the run that sent it ended before the answer came", item(50), files.path ".csv"
      assert(ledger:claim { sent, item(51) })
      assert(ledger:settle { { key = item(51).key, state = "rejected", reason = why } })
      engine.query "UPDATE credential SET lease = lease - 181"
      local examples, gathered = {}, assert(report.gather(ledger))
      for _, group in ipairs(gathered.problems) do
        if group.reason == why then examples[group.state] = group.examples end
      end
      assert.same({ in_doubt = { { key = sent.key, line = 51 } },
        rejected = { { key = item(51).key, line = 52 } } }, examples)
      local file = assert(io.open(path, "w"))
      assert(data.csv(ledger, file))
      file:close()
      assert.truthy(files.read(path):find("in_doubt," .. why .. ",51,", 1, true))
    end)

    it("writes every key as CSV", function()
      local path = files.path ".csv"
      local file = assert(io.open(path, "w"))
      assert(data.csv(ledger, file))
      file:close()
      local text = files.read(path)
      assert.equal(45, select(2, text:gsub("\n", "\n")))
      assert.truthy(text:find("campaign-1/041,campaign-1,041,0035g0000000041,rejected,"
        .. "Sertifier said: <b>No</b>,42,,,", 1, true), text)
      assert.falsy(text:find "ann")
    end)
  end)
end

describe("a report", function()
  local gathered

  before_each(function()
    local ledger = filled(assert(open(files.path ".db")))
    gathered = assert(report.gather(ledger))
    ledger:close()
  end)
  after_each(files.remove)

  it("names nobody, unless it is asked to", function()
    assert.falsy(page.html(gathered):find "Ann")
    assert.falsy(data.json(gathered):find "ann43@example.com")
    local function who() return "Zoe & <i>Ann</i>", "zoe@example.com" end
    assert.truthy(page.html(gathered, who):find("Zoe &amp; &lt;i&gt;Ann&lt;/i&gt;", 1, true))
    assert.equal("zoe@example.com", cjson.decode(data.json(gathered, who)).rows[1].email)
  end)

  it("lets no spreadsheet run what somebody is called", function()
    local path = files.path ".csv"
    local file, ledger = assert(io.open(path, "w")), filled(assert(open(files.path ".db")))
    assert(data.csv(ledger, file, function() return "=cmd|'/c calc'!A0", "-ann@example.com" end))
    ledger:close()
    file:close()
    assert.truthy(files.read(path):find(",'=cmd|'/c calc'!A0,'-ann@example.com\n", 1, true))
  end)

  it("has lists where there is nothing to list", function()
    local ledger = assert(open(files.path ".db"))
    local text = data.json(assert(report.gather(ledger)))
    ledger:close()
    for _, name in ipairs { "runs", "campaigns", "problems", "rows", "timeline" } do
      local empty = name == "timeline" and '{"counts":[]}' or "[]"
      assert.truthy(text:find(('"%s":%s'):format(name, empty), 1, true), text)
    end
    assert.equal(0, cjson.decode(text).total)
  end)

  it("is written by the command, with the names of an export where it is told to", function()
    local export, name = sandbox.export(2), files.path ".db"
    local flow = files.write(("return require('sertifier').flow { campaign = %q }")
      :format(sandbox.campaign), ".lua")
    assert.equal(0, (command.run({ "issue", flow, export, "--ledger", name, "--quiet" },
      command.environment(sandbox.start()))))
    for _, format in ipairs { "csv", "json", "html" } do
      local told = { "report", "--ledger", name, "--format", format }
      local status, out = command.run(told)
      assert.same({ 0, true }, { status, not out:find "Ann" and #out > 0 })
      for _, word in ipairs { "--names", flow, export } do told[#told + 1] = word end
      status, out = command.run(told)
      assert.equal(0, status)
      assert.truthy(out:find "Ann Lee 1" and out:find "ann1@example%.com", out)
    end
    for _, format in ipairs { "csv", "json", "html" } do
      local status, _, err = command.run { "report", "--ledger", name, "--format", format, "-o", "/dev/full" }
      assert.same({ 1, "sertifier: /dev/full: cannot write the report: No space left on device; make room"
        .. " there, or name another file with -o\n" }, { status, err })
    end
    local status, _, err = command.run { "report", "--ledger", name, "--names", flow, "/no/such.csv" }
    assert.same({ 1, true }, { status, err:find("/no/such.csv: No such file", 1, true) ~= nil })
    sandbox.stop()
  end)

  it("shows what the server said as text, and only links of the web", function()
    local html = page.html(gathered)
    assert.truthy(html:find("Sertifier said: &lt;b&gt;No&lt;/b&gt;", 1, true))
    assert.falsy(html:find "<b>")
    assert.falsy(html:find "javascript:")
    assert.truthy(html:find("50 / 200 ms", 1, true))
    assert.falsy(html:find "https?://[^s]") -- nothing is fetched; the links are to sertifier.com
  end)

  it("says that it shows a part of a large ledger", function()
    gathered.total = 100000
    assert.truthy(page.html(gathered):find("44 of 100000: what is not issued", 1, true))
  end)

  it("has something to say about an empty ledger", function()
    local ledger = assert(open(files.path ".db"))
    local html = page.html(assert(report.gather(ledger)))
    ledger:close()
    assert.truthy(html:find("0 of 0 issued", 1, true))
    assert.falsy(html:find "Issued over time")
  end)

  it("is found sound by axe-core, and its search searches", function()
    -- The page is the same, whichever Lua has made it.
    local lack = rawget(_G, "jit") and "tried under Lua 5.4" or browser.lack()
    if lack then return pending(lack) end
    assert.same({}, browser.violations(page.html(gathered)))
    assert.same({ 1, "1 of 44 rows" }, browser.ask(page.html(gathered), [[
      var input = document.querySelector("input");
      input.value = "campaign-2";
      input.dispatchEvent(new Event("input"));
      tell([document.querySelectorAll("#keys tbody tr:not([hidden])").length,
        document.getElementById("found").textContent]);]]))
  end)
end)
