--- Forgetting on the command line: what is told, and how everything else meets what was forgotten.

local cjson = require "cjson"
local command = require "spec.support.command"
local core = require "sertifier.core"
local files = require "spec.support.files"
local ledgers = require "sertifier.ledger"
local org = require "spec.support.org"
local sandbox = require "spec.support.sandbox"
local sertifier = require "sertifier"

local function key(n) return ("%s/0035g%010dAAA"):format(sandbox.campaign, n) end

describe("forget", function()
  local started, path

  before_each(function()
    started = sandbox.again()
    path = files.path ".db"
  end)

  teardown(sandbox.stop)

  local function run(name, ...)
    return command.run({ name, "--ledger", path, ... }, command.environment(started))
  end

  local function issue(count, ...)
    local status, out, err = run("issue", "--campaign", sandbox.campaign, "--json",
      sandbox.export(count), ...)
    local counts = cjson.decode(out)
    return { status, counts.issued, counts.already_issued, counts.rejected }, err
  end

  --- As if everything had been so many days earlier.
  local function age(days)
    os.execute(("sqlite3 %s 'UPDATE credential SET settled_at = settled_at - %d'"):format(path,
      days * 86400))
  end

  it("removes what tells of a person, and sends nothing to them again", function()
    local links = files.path ".csv"
    assert.same({ 0, 3, 0, 0 }, (issue(3)))
    assert.same({ 0, "", "       1 issued\nforgotten\n" }, { run("forget", key(2)) })
    assert.is_nil((files.read(path) .. (files.read(path .. "-wal") or "")):find(key(2), 1, true))
    assert.same({ 0, 0, 3, 0 }, (issue(3, "--write-back", links)))
    local text = files.read(links)
    assert.equal(3, select(2, text:gsub("\n", "\n")), "a head, and the links of two")
    assert.is_nil(text:find(sandbox.id(2), 1, true))
    assert.is_nil((files.read(path) .. (files.read(path .. "-wal") or "")):find(key(2), 1, true))
    assert.same({ 0, "       2 issued\n       1 forgotten\n", "" }, { run "status" })
    assert.equal(1, cjson.decode((select(2, run("status", "--json")))).forgotten)
    assert.same({ 1, "", "sertifier: --state forgotten: their keys are known no more\n" },
      { run("status", "--state", "forgotten") })
    assert.same({ 1, 1, 3 }, { sandbox.most() })
  end)

  it("is for what is old, counted first", function()
    assert.same({ 0, 2, 0, 0 }, (issue(2)))
    age(401)
    assert.same({ 0, 1, 2, 0 }, (issue(3)))
    local counted = { 0, "", "       2 issued\ncounted only; with --yes they are forgotten\n" }
    assert.same(counted, { run("forget", "--older-than", "400d") })
    assert.same(counted, { run("forget", "--older-than", "400d") })
    assert.same({ 0, "", "       2 issued\nforgotten\n" },
      { run("forget", "--older-than", "400d", "--yes") })
    assert.same({ 0, "       1 issued\n       2 forgotten\n", "" }, { run "status" })
    assert.same({ 0, 0, 3, 0 }, (issue(3)))
  end)

  it("says what is wrong with how it is asked", function()
    assert.same({ 0, 1, 0, 0 }, (issue(1)))
    for _, case in ipairs {
      { "a KEY or %-%-older%-than is expected; try" },
      { "a KEY or %-%-older%-than is expected, not both", key(1), "--older-than", "1d" },
      { "%-%-older%-than 3h: a number of days, such as 400d, is expected", "--older-than", "3h" },
      { "%-%-older%-than 0d: a number of days", "--older-than", "0d" },
      { "nobody is not in it; nothing was forgotten", key(1), "nobody" } } do
      local status, out, err = run("forget", (table.unpack or unpack)(case, 2))
      assert.same({ 1, "" }, { status, out })
      assert.truthy(err:find(case[1]), err)
    end
    assert.same({ 0, "       1 issued\n", "" }, { run "status" })
  end)

  it("leaves a report without it, that says how many are left out", function()
    assert.same({ 0, 2, 0, 0 }, (issue(2)))
    run("forget", key(1))
    local _, html = run "report"
    assert.truthy(html:find("1 keys in the ledger, and 1 that were forgotten", 1, true), html)
    assert.is_nil(html:find(key(1), 1, true))
    assert.equal(1, cjson.decode((select(2, run("report", "--format", "json")))).forgotten)
    assert.equal(2, select(2, select(2, run("report", "--format", "csv")):gsub("\n", "\n")))
  end)

  it("is met by adopt, as what is in the ledger already", function()
    assert.same({ 0, 2, 0, 0 }, (issue(2)))
    run("forget", key(1))
    local status, _, err = run("adopt", "--campaign", sandbox.campaign, sandbox.export(2))
    assert.same({ 0, "       0 adopted\n       2 in the ledger already\n       0 not matched\n" },
      { status, err })
  end)

  it("holds what a person dropped, until a person releases it", function()
    started:behave { answer = "empty", mishap_calls = "add" }
    assert.equal(3, issue(1, "--quiet")[1])
    started:behave { answer = "whole" }
    assert.truthy(select(3, run("forget", key(1))):find "is in doubt; `sertifier resolve` first")
    run("resolve", "--drop", key(1))
    assert.same({ 0, "", "       1 dropped\nforgotten\n" }, { run("forget", key(1)) })
    assert.same({ 2, 0, 0, 1 }, (issue(1)))
    assert.same({ 0, "", "released " .. key(1) .. "\n" }, { run("resolve", "--release", key(1)) })
    assert.same({ 0, 1, 0, 0 }, (issue(1)))
  end)

  it("leaves nothing to be written to the org", function()
    org.start(2)
    local function issue_to_org()
      local client = sandbox.client()
      local summary = assert(sertifier.flow { campaign = sandbox.campaign, object = "Contact" }:run {
        export = sandbox.export(2), client = client, ledger = path, write_back = org.client() })
      client:close()
      return summary
    end
    assert.equal(2, issue_to_org().written)
    local ledger = assert(ledgers.open(path))
    assert.same({ issued = 1 }, ledger:forget { sandbox.campaign .. "/" .. core.widen_id(org.id(1)) })
    local summary = issue_to_org()
    assert.same({ 2, 1, 0 }, { summary.already_issued, summary.written, summary.unwritten })
    assert.same({ issued = 1, forgotten = 1 }, ledger:counts())
    ledger:close()
    assert.is_nil((files.read(path) .. (files.read(path .. "-wal") or "")):find(org.id(1), 1, true))
    org.stop()
  end)
end)
