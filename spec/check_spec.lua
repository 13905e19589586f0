--- What a check finds, what it explains, and the guards of a run.

local files = require "spec.support.files"
local sandbox = require "spec.support.sandbox"
local sertifier = require "sertifier"

local function flow_of(more)
  local declaration = { campaign = sandbox.campaign }
  for name, value in pairs(more or {}) do declaration[name] = value end
  return sertifier.flow(declaration)
end

describe("an explanation", function()
  local flow = sertifier.flow { campaign = "campaign-1", object = "Contact",
    when = "Status__c = 'Certified' AND (Score__c > 80 OR NOT Day__c > LAST_N_DAYS:30)" }

  it("says which part held and which did not", function()
    local text, truth = flow:explain({ Status__c = "certified", Score__c = 78.5,
      Day__c = "2024-12-31" }, "2025-01-01")
    assert.equal(([[
false    AND: all of
  true     Status__c = 'Certified'   (Status__c is certified)
  false    OR: one of
    false    Score__c > 80   (Score__c is 78.5)
    true     NOT
      false    Day__c > LAST_N_DAYS:30   (Day__c is 2024-12-31)]]):gsub("^false    AND", "true     AND")
      :gsub("  false    OR", "  true     OR"), text)
    assert.equal("true", truth)
  end)

  it("says what cannot be read", function()
    local text, truth = flow:explain { Status__c = "Certified", Score__c = "many", Day__c = "" }
    assert.truthy(text:find("unknown  Score__c > 80   (Score__c is not a number)", 1, true), text)
    assert.equal("true", truth) -- an empty date is not greater
    assert.equal("unknown", select(2, flow:explain { Status__c = "Certified", Score__c = "many",
      Day__c = "9999-01-01" }))
    assert.equal("false", select(2, flow:explain { Status__c = "", Score__c = "many" }))
  end)

  it("says what a record in JSON has: a null is empty, and a parent has its own fields", function()
    local text, truth = sertifier.flow { campaign = "campaign-1", when = "A = '' AND B.c = 'x'" }
      :explain { a = require("cjson").null, B = { C = "x" } }
    assert.equal("true     AND: all of\n  true     A = ''   (A is empty)\n"
      .. "  true     B.c = 'x'   (B.c is x)", text)
    assert.equal("true", truth)
  end)

  it("has words for formulas, functions, and no condition", function()
    local text = sertifier.flow { campaign = "campaign-1", formula = "LEN(A) > 2" }
      :explain { A = "abc" }
    assert.equal("true     LEN(A) > 2   (A is abc)", text)
    text = sertifier.flow { campaign = "campaign-1", when = function() return false end }
      :explain {}
    assert.equal("false    the flow's function", text)
    assert.equal("true     every record is wanted", (sertifier.flow { campaign = "campaign-1" }
      :explain {}))
  end)
end)

describe("check", function()
  before_each(function() sandbox.start() end)
  after_each(sandbox.stop)

  it("knows what the ledger has, and keeps a sample", function()
    local ledger, client = files.path(".db"), sandbox.client()
    local export = sandbox.export(5)
    assert.equal(0, assert(flow_of():check { export = export, ledger = ledger }).known)
    assert.is_nil(files.read(ledger))
    assert(flow_of():run { export = sandbox.export(3), client = client, ledger = ledger })
    client:close()
    local before = files.read(ledger)
    assert.same({}, assert(flow_of():check { export = export, ledger = ledger, sample = 0 }).sample)
    local findings = assert(flow_of():check { export = export, ledger = ledger, sample = 2 })
    assert.equal(before, files.read(ledger))
    assert.same({ 5, 3, 2 }, { findings.would_issue, findings.known, #findings.sample })
    assert.same({ campaignId = sandbox.campaign, name = "Ann Lee 2", email = "ann2@example.com",
      externalId = "0035g0000000002AAA", quickPublish = true }, findings.sample[2])
  end)

  it("applies before_issue and triggers as a run does", function()
    local findings = assert(flow_of { trigger = "updated to meet",
      before_issue = function(credential, record)
        return record.LastName ~= "Lee 1" and credential or nil
      end }:check { export = sandbox.export(3), previous = sandbox.export(1, 3) })
    assert.same({ 3, 2, 1 }, { findings.read, findings.skipped, findings.would_issue })
  end)
end)

describe("a guard", function()
  local client, ledger
  before_each(function()
    sandbox.start()
    client, ledger = sandbox.client(), files.path(".db")
  end)
  after_each(function()
    client:close()
    sandbox.stop()
  end)

  local function run(options, more)
    options.client, options.ledger = client, ledger
    options.export = options.export or sandbox.export(5)
    return flow_of(more):run(options)
  end

  it("expects a number of new credentials", function()
    local export = sandbox.export(5)
    local summary, message, code = run { expect = 4, export = export }
    assert.same({ nil, export .. ": 5 would be issued, and 4 are expected; nothing was sent", "guard" },
      { summary, message, code })
    assert.equal(5, assert(run { expect = 5 }).issued)
    assert.equal(0, assert(run { max_new = 1 }).issued)
    export = sandbox.export(11)
    assert.equal(export .. ": 6 would be issued, and at most 5 are allowed; nothing was sent",
      select(2, run { max_new = 5, export = export }))
    assert.equal("guard", select(3, run { expect = 1, export = function() end }))
  end)

  it("sends canaries first, and goes on where they are there", function()
    local summary = assert(run { canary = 2, batch_size = 5 })
    assert.same({ read = 5, issued = 5 }, sandbox.counts(summary))
    assert.equal(2, summary.requests)
    assert.same({ 1, 1, 5 }, { sandbox.most() })
    summary = assert(run { canary = 2 })
    assert.same({ read = 5, already_issued = 5 }, sandbox.counts(summary))
  end)

  it("has no canaries of what can be read only once", function()
    assert.same({ nil, "an export that can be read only once cannot have canaries; nothing was sent",
      "guard" }, { run { canary = 2, export = function() end } })
    assert.equal(0, sandbox.record().adds)
  end)

  it("stops where a canary is not found", function()
    client.credential = function() return nil, "Sertifier answered HTTP 404" end
    local summary, message, code = run { canary = 2 }
    assert.equal("guard", code)
    assert.truthy(message:find("^canary: the canary .* is not found: Sertifier answered HTTP 404$"))
    assert.same({ read = 5, issued = 2, not_attempted = 3 }, sandbox.counts(summary))
    assert.equal(4, summary:status())
  end)

  it("counts what a canary run issued, whatever ends the next one before its first record", function()
    local links = files.path ".csv"
    local function ends(message, code, options, more)
      ledger = files.path ".db"
      options.canary, options.write_back = 2, links
      local summary, why, what = run(options, more)
      assert.same({ message, code }, { why, what })
      assert.same({ read = 5, issued = 2, not_attempted = 3 }, sandbox.counts(summary))
      assert.equal(4, summary:status())
    end
    local looked, begun = false, 0
    local find = client.credential
    function client.credential(...)
      looked = true
      return find(...)
    end
    ends("canary: interrupted", "interrupted", { interrupted = function() return looked end })
    assert.equal(3, select(2, files.read(links):gsub("\n", "")))
    ends("canary: on_start failed: no", "hook", {}, { on_start = function()
      begun = begun + 1
      if begun == 2 then error("no", 0) end
    end })
  end)
end)

describe("a row that keeps its metatable to itself", function()
  it("is given to functions, without its nulls", function()
    local row = setmetatable({ Name = "Ann", A = require("cjson").null },
      { __metatable = "hidden", __index = { B = "b" } })
    local flow = sertifier.flow { campaign = "campaign-1", once_per = "{!Name}",
      map = { email = "a@example.com", name = function(r) return r.Name .. r.A .. r.B end } }
    local said
    assert(flow:check { records = function(_, _, what) said = what end, export = function()
      local given = row
      row = nil
      return given
    end })
    assert.truthy(said and said:find('"name":"Annb"', 1, true), said)
  end)
end)
