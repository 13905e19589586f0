--- Doubt on the command line: status, resolve, and how a run begins.

local cjson = require "cjson"
local command = require "spec.support.command"
local files = require "spec.support.files"
local ledgers = require "sertifier.ledger"
local sandbox = require "spec.support.sandbox"

local function key(n) return ("%s/0035g%010dAAA"):format(sandbox.campaign, n) end

describe("doubt", function()
  local started, ledger

  --- A sandbox that issues, and whose answers to an add are lost; an export's keys in doubt.
  local function hold(count, behave, ...)
    started = sandbox.again { answer = "empty", mishap_calls = "add" }
    ledger = files.path ".db"
    local status = command.run({ "issue", "--campaign", sandbox.campaign, "--ledger", ledger,
      "--quiet", sandbox.export(count), ... }, command.environment(started))
    assert.equal(3, status)
    started:behave { answer = "whole" }
    assert(started:behave(behave or {}))
  end

  local function run(...)
    return command.run({ ... }, command.environment(started))
  end

  local function issue(count)
    local status, out, err = run("issue", "--campaign", sandbox.campaign, "--ledger", ledger,
      "--json", sandbox.export(count))
    local counts = cjson.decode(out)
    return { status, issued = counts.issued, already_issued = counts.already_issued,
      in_doubt = counts.in_doubt }, err
  end

  teardown(sandbox.stop)

  it("is settled by asking", function()
    hold(2)
    local ids = sandbox.record().keys
    local status, out, err = run("resolve", "--ledger", ledger)
    assert.same({ 0, "       2 issued\n       0 still in doubt\n" }, { status, err })
    assert.equal(("%s: issued, credential %s\n%s: issued, credential %s\n"):format(key(1),
      ids[key(1)].ids[1], key(2), ids[key(2)].ids[1]), out)
    status, out = run("resolve", "--ledger", ledger, "--json")
    assert.same({ 0, '{"issued":0,"in_doubt":0,"keys":[]}\n' }, { status, out })
    assert.same({ 0, issued = 0, already_issued = 2, in_doubt = 0 }, (issue(2)))
    assert.same({ 1, 1, 2 }, { sandbox.most() })
  end)

  it("says where no link was told", function()
    hold(1, { bare_get = true })
    local _, out = run("resolve", "--ledger", ledger)
    assert.equal(("%s: issued, credential %s; Sertifier told no link\n"):format(key(1),
      sandbox.record().keys[key(1)].ids[1]), out)
  end)

  it("is shown where it is not settled", function()
    hold(1, { search_delay = 86400 })
    local none = "Sertifier shows none; one that is new may take a while to be found"
    local status, out, err = run("resolve", "--ledger", ledger)
    assert.same({ 3, ("%s: in doubt: %s\n"):format(key(1), none) }, { status, out })
    assert.truthy(err:find("1 still in doubt", 1, true), err)
    assert.truthy(err:find("sertifier resolve --release KEY", 1, true), err)
    status, out = run("resolve", "--ledger", ledger, "--json")
    assert.same({ 3, { issued = 0, in_doubt = 1, keys = { { key = key(1), state = "in_doubt",
      reason = none, candidates = {} } } } }, { status, cjson.decode(out) })
    started:behave { search_delay = 0 }
    local client = sandbox.client()
    assert(client:add_credentials { { campaignId = sandbox.campaign, name = "Ann Lee 1",
      email = "ann1@example.com", externalId = sandbox.id(1) .. "AAA", quickPublish = true } })
    client:close()
    status, out = run("resolve", "--ledger", ledger)
    assert.equal(3, status)
    assert.truthy(out:find("in doubt: Sertifier shows 2 that may be it\n    ", 1, true), out)
    for _, id in ipairs(sandbox.record().keys[key(1)].ids) do
      assert.truthy(out:find(id:gsub("%-", "%%-") .. ", created %d+-%d+-%d+ [%d:]+ UTC\n"), out)
    end
  end)

  it("stays where a draft is found, until its flow runs", function()
    hold(1)
    started:reset()
    local client = sandbox.client()
    assert(client:add_credentials { { campaignId = sandbox.campaign, name = "Ann Lee 1",
      email = "ann1@example.com", externalId = sandbox.id(1) .. "AAA" } })
    client:close()
    local status, out = run("resolve", "--ledger", ledger)
    assert.equal(3, status)
    assert.truthy(out:find("Sertifier shows a draft: the next run of its flow settles it", 1, true))
    assert.same({ 0, issued = 0, already_issued = 1, in_doubt = 0 }, (issue(1)))
  end)

  it("is settled as drafts where the flow publishes them later", function()
    for _, told in ipairs { "shown", "missing" } do
      hold(1, { credential_status = told }, "--two-phase")
      run("issue", "--campaign", sandbox.campaign, "--ledger", ledger, sandbox.export(1),
        "--two-phase")
      assert.same({ 1, 1, 1 }, { sandbox.most() })
      assert.same({ 0, "       1 issued\n", "" }, { run("status", "--ledger", ledger) })
    end
  end)

  it("is settled as a run begins", function()
    hold(2)
    local counts, err = issue(3)
    assert.same({ 0, issued = 1, already_issued = 2, in_doubt = 0 }, counts)
    assert.truthy(err:find("\nfound at Sertifier: 2 that an earlier run left in doubt\n", 1, true),
      err)
    assert.same({ 1, 1, 3 }, { sandbox.most() })
  end)

  it("of another campaign is left alone as a run begins", function()
    hold(1)
    run("issue", "--campaign", "another-campaign", "--ledger", ledger, sandbox.export(1))
    assert.is_nil(sandbox.record().calls["POST /credential/search"])
  end)

  it("stands in no run's way", function()
    hold(1, { server_error_every = 2, mishap_calls = "all" })
    local counts, err = issue(3)
    assert.equal(1, counts.in_doubt)
    assert.truthy(err:find("what is in doubt was not looked up: Sertifier answered HTTP 500", 1,
      true), err)
    assert.equal(1, (sandbox.most()))
  end)

  it("stops a run whose key is refused, before anything is sent", function()
    hold(1)
    local status, out, err = command.run({ "issue", "--campaign", sandbox.campaign, "--ledger",
      ledger, "--json", sandbox.export(3) }, command.environment(started, "wrong"))
    assert.equal(1, status, err)
    assert.equal(3, cjson.decode(out).not_attempted)
    assert.truthy(err:find("stopped: Sertifier refused the API key (HTTP 403)", 1, true), err)
    status, out, err = command.run({ "resolve", "--ledger", ledger }, command.environment(started, "wrong"))
    assert.same({ 1, "" }, { status, out })
    assert.truthy(err:find("sertifier: Sertifier refused the API key (HTTP 403)", 1, true), err)
  end)

  it("is told by status, with its age and reason", function()
    hold(2)
    local reason = "Sertifier's answer is not a JSON object"
    local status, out = run("status", "--ledger", ledger)
    assert.equal(3, status)
    assert.equal(([[
       2 in doubt, the oldest for SOME
  %s, for SOME: %s
  %s, for SOME: %s

sertifier resolve asks Sertifier about them.

Look these up in Sertifier, then say for each:
  sertifier resolve --drop KEY     it was issued: it is never sent again
  sertifier resolve --release KEY  it was not: the next run may send it
]]):format(key(1), reason, key(2), reason), (out:gsub("for %d+ %a+", "for SOME")
      :gsub("for less than a second", "for SOME")))
    status, out = run("status", "--ledger", ledger, "--json")
    local counts = cjson.decode(out)
    assert.truthy(counts.reasons[1].oldest > 1.7e9)
    counts.reasons[1].oldest = nil
    assert.same({ 3, { queued = 0, sending = 0, draft = 0, publishing = 0, issued = 0,
      rejected = 0, in_doubt = 2, dropped = 0, forgotten = 0, reasons = { { reason = reason, keys = 2 } } } },
      { status, counts })
    for _, text in ipairs { "Ann", "Lee", "example.com" } do assert.falsy(out:find(text, 1, true)) end
  end)

  it("is listed by state", function()
    hold(2)
    run("resolve", "--ledger", ledger, "--drop", key(1))
    local status, out = run("status", "--ledger", ledger, "--state", "in_doubt")
    assert.equal(3, status)
    assert.truthy(out:find("^" .. key(2):gsub("%-", "%%-") .. ", for [%w ]+: Sertifier's answer"), out)
    status, out = run("status", "--ledger", ledger, "--state", "dropped", "--json")
    local entry = cjson.decode(out)
    assert.truthy(entry.since > 1.7e9)
    assert.same({ 0, key(1), "dropped" }, { status, entry.key, entry.state })
    assert.same({ 0, "", "" }, { run("status", "--ledger", ledger, "--state", "issued") })
    local err
    status, out, err = run("status", "--ledger", ledger, "--state", "doubt")
    assert.same({ 1, "" }, { status, out })
    assert.truthy(err:find("--state doubt: one of queued, sending,", 1, true), err)
  end)

  it("takes a person's word", function()
    hold(3)
    local _, _, told = run("resolve", "--ledger", ledger, "--drop", key(1), "--release", key(2))
    assert.equal(("dropped %s\nreleased %s\n"):format(key(1), key(2)), told)
    started:reset()
    assert.same({ 3, issued = 1, already_issued = 0, in_doubt = 1 }, (issue(3)))
    local status, out
    status, out, told = run("resolve", "--ledger", ledger, "--release", key(2))
    assert.same({ 1, "" }, { status, out })
    assert.truthy(told:find(key(2) .. " is not in doubt", 1, true), told)
  end)

  it("is not yet what a run may still be sending", function()
    started, ledger = sandbox.again(), files.path ".db"
    local opened = assert(ledgers.open(ledger))
    assert(opened:begin_run { flow = "", export = "" })
    assert(opened:claim { { key = key(1), campaign = sandbox.campaign, once_per = "1", line = 2,
      external_id = "1", name = "Ann", email = "a@example.com", content = "" } })
    opened:close()
    local status, _, err = run("resolve", "--ledger", ledger)
    assert.same({ 0, "       0 issued\n       0 still in doubt\n       1 being sent by a run; "
      .. "in doubt 180 seconds after the run's last word\n" }, { status, err })
    status, _, err = run("resolve", "--ledger", ledger, "--drop", key(1))
    assert.same({ 1, ("sertifier: ledger %s: %s is not in doubt, but sending\n")
      :format(ledger, key(1)) }, { status, err })
    status, _, err = run("resolve", "--ledger", ledger, "--drop", "no/such")
    assert.same({ 1, ("sertifier: ledger %s: no/such is not in it\n"):format(ledger) }, { status, err })
  end)

  it("of a publish is left to a run in two phases, and resolve says so", function()
    started, ledger = sandbox.again { answer = "empty", mishap_calls = "publish",
      credential_status = "missing" }, files.path ".db"
    assert.equal(3, (run("issue", "--campaign", sandbox.campaign, "--ledger", ledger, "--quiet",
      "--two-phase", sandbox.export(1))))
    local _, _, err = run("resolve", "--ledger", ledger)
    assert.equal("       0 issued\n       0 still in doubt\n       1 being published; a run with "
      .. "--two-phase settles those of one that ended\n", err)
  end)

  it("is nothing where there is no ledger", function()
    for _, name in ipairs { "status", "resolve" } do
      local status, _, err = run(name, "--ledger", "/no/such.db")
      assert.equal(1, status)
      assert.truthy(err:find("there is none", 1, true), err)
    end
  end)
end)

describe("the command adopt", function()
  teardown(sandbox.stop)

  it("takes in what a campaign has issued", function()
    local started, export = sandbox.again(), sandbox.export(3)
    command.run({ "issue", "--campaign", sandbox.campaign, "--ledger", files.path ".db", "--map",
      "name={!LastName}", "--map", "email={!Email}", "--map", "quickPublish=true", export },
      command.environment(started))
    local ledger = files.path ".db"
    local function adopt(...)
      return command.run({ "adopt", "--campaign", sandbox.campaign, "--ledger", ledger, ... },
        command.environment(started))
    end
    local status, out, err = adopt()
    assert.same({ 3, [[
       0 adopted
       0 in the ledger already
       3 not matched

What is not matched may be issued again: the ledger does not know it.
]] }, { status, err })
    assert.truthy(out:find("^%x+%-5a4d%-%S+: Sertifier tells no externalId; give the export"), out)
    status, out = adopt("--json", export)
    assert.same({ 0, '{"adopted":3,"known":0,"not_matched":[]}\n' }, { status, out })
    status, out = command.run({ "issue", "--campaign", sandbox.campaign, "--ledger", ledger,
      "--json", "--quiet", export }, command.environment(started))
    assert.same({ 0, 3 }, { status, cjson.decode(out).already_issued })
  end)

  it("says what is wrong, and ends with 1", function()
    local started = sandbox.again()
    local ledger = files.path ".db"
    for text, arguments in pairs {
      ["--campaign ID is expected"] = {},
      ["campaign no-such-campaign: Sertifier said: Campaign not found."] =
        { "--campaign", "no-such-campaign" },
      ["/no/such.csv: No such file or directory"] =
        { "--campaign", sandbox.campaign, "/no/such.csv" },
    } do
      local all = { "adopt", "--ledger", ledger }
      for _, one in ipairs(arguments) do all[#all + 1] = one end
      local status, out, err = command.run(all, command.environment(started))
      assert.same({ 1, "" }, { status, out })
      assert.truthy(err:find(text, 1, true), err)
    end
    assert.is_nil(files.read(ledger))
  end)
end)
