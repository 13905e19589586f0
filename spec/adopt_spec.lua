--- What a campaign has issued, taken into a ledger: against the sandbox in a real nginx.

local adopt = require "sertifier.adopt"
local files = require "spec.support.files"
local ledgers = require "sertifier.ledger"
local record_id = require "sertifier.record_id"
local sandbox = require "spec.support.sandbox"
local sertifier = require "sertifier"

local campaign = sandbox.campaign
local flow = sertifier.flow { campaign = campaign }

describe("adopt", function()
  local path

  before_each(function() path = files.path ".db" end)
  teardown(sandbox.stop)

  --- Issues an export into another ledger, as something else would have.
  local function issue(export, more)
    local declaration = { campaign = campaign }
    for name, value in pairs(more or {}) do declaration[name] = value end
    local client = sandbox.client()
    local summary = assert(sertifier.flow(declaration):run { export = export, client = client,
      ledger = files.path ".db" })
    client:close()
    assert.equal(summary.read, summary.issued)
  end

  local function run(export)
    local client, links = sandbox.client(), files.path ".csv"
    local summary = assert(flow:run { export = export, client = client, ledger = path,
      write_back = links })
    client:close()
    return sandbox.counts(summary), files.read(links)
  end

  --- Adopts; `{ adopted, known, not matched }` and the reasons.
  local function take(...)
    local client, ledger = sandbox.client(), assert(ledgers.open(path))
    local index = select("#", ...) > 0 and assert(adopt.index(flow, { { export = ... } })) or nil
    local counts = assert(adopt.run(ledger, client, campaign, index))
    ledger:close()
    client:close()
    local reasons = {}
    for i, one in ipairs(counts.not_matched) do reasons[i] = one.reason end
    return { counts.adopted, counts.known, #reasons }, reasons
  end

  local nameless = { map = { name = "{!FirstName} {!LastName}", email = "{!Email}",
    quickPublish = true } }

  for _, case in ipairs {
    { "as most answers are", {} }, { "of pages of two", { largest_page = 2 } },
    { "of rows under a name", { search_rows = "nested" } },
    { "the other spelling, the oldest first", { spelling = "NO", search_order = "oldest" } },
    { "with some 429", { too_many_every = 9, retry_after = 0 } },
  } do
    it("takes in what was issued, so that it is not issued again; " .. case[1], function()
      local started = sandbox.again()
      local export = sandbox.export(12)
      issue(export)
      started:behave(case[2])
      assert.same({ 12, 0, 0 }, take())
      assert.same({ 0, 12, 0 }, take())
      started:behave { too_many_every = 0 }
      local counts, links = run(export)
      assert.same({ read = 12, already_issued = 12 }, counts)
      assert.equal(13, select(2, links:gsub("\n", "\n")))
      assert.same({ 1, 1, 12 }, { sandbox.most() })
    end)
  end

  it("matches by e-mail through an export where the server tells no externalId", function()
    sandbox.again { bare_get = true }
    local export = sandbox.export(5)
    issue(export)
    local _, reasons = take()
    assert.same({ 5, "Sertifier tells no externalId; give the export that it was issued from" },
      { #reasons, reasons[1] })
    assert.same({ 5, 0, 0 }, take(export))
    assert.same({ 0, 5, 0 }, take(export))
    assert.same({ read = 5, already_issued = 5 }, (run(export)))
    assert.same({ 1, 1, 5 }, { sandbox.most() })
  end)

  it("leaves out no record whose function fails, but says which one it is", function()
    local export = files.write("Id,Name\n0035g000006BKP1AAO,A\n0035g000006BKP2AAO,B\n", ".csv")
    local failing = sertifier.flow { campaign = campaign, map = { name = function(record)
      return record.Name == "B" and error("no", 0) or record.Name
    end } }
    assert.same({ nil, export .. ":3: map.name: its function failed: no", "hook" },
      { adopt.index(failing, { { export = export } }) })
  end)

  it("rebuilds what is missing of a ledger", function()
    sandbox.again()
    assert.same({ read = 3, issued = 3 }, (run(sandbox.export(3))))
    issue(sandbox.export(4, 4))
    assert.same({ 4, 3, 0 }, take())
    assert.same({ read = 8, already_issued = 7, issued = 1 }, (run(sandbox.export(8))))
  end)

  it("settles what is in doubt", function()
    local started = sandbox.again { answer = "empty", mishap_calls = "add" }
    local export = sandbox.export(2)
    local client = sandbox.client()
    assert.equal(2, flow:run({ export = export, client = client, ledger = path }).in_doubt)
    client:close()
    started:behave { answer = "whole" }
    assert.same({ 2, 0, 0 }, take())
    assert.same({ read = 2, already_issued = 2 }, (run(export)))
  end)

  it("does not see what a search does not show yet, and then does", function()
    local started = sandbox.again()
    issue(sandbox.export(2))
    started:behave { search_delay = 86400 }
    assert.same({ 0, 0, 0 }, take())
    started:behave { search_delay = 0 }
    assert.same({ 2, 0, 0 }, take())
  end)

  local header = "Id,FirstName,LastName,Email\n"

  it("tells people of one e-mail apart by name, and records of one person not at all", function()
    sandbox.again { bare_get = true }
    local function row(n, name) return ("%s,%s,Lee,a@example.com\n"):format(sandbox.id(n), name) end
    issue(files.write(header .. row(1, "Ann") .. row(2, "Bob") .. row(3, "Cid")), nameless)
    local export = files.write(header .. row(1, "Ann") .. row(2, "Bob") .. row(4, "Ann"))
    local counts, reasons = take(export)
    assert.same({ 1, 0, 2 }, counts)
    table.sort(reasons)
    assert.same({ "more than one record of the export can be its",
      "more than one record of the export can be its" }, reasons)
    assert.same({ read = 3, already_issued = 1, issued = 2 }, (run(export)))
  end)

  it("tells records of one externalId apart by name", function()
    sandbox.again()
    local export = files.write("Id,LastName,Email,Account\n" .. sandbox.id(1) .. ",Lee,a@example.com,"
      .. "A-1\n" .. sandbox.id(2) .. ",Ray,a@example.com,A-1\n")
    local map = { name = "{!LastName}", email = "{!Email}", externalId = "{!Account}",
      quickPublish = true }
    issue(export, { map = map })
    local client, ledger = sandbox.client(), assert(ledgers.open(path))
    local index = assert(adopt.index(sertifier.flow { campaign = campaign, map = map },
      { { export = export } }))
    assert.same({ adopted = 2, known = 0, not_matched = {} },
      adopt.run(ledger, client, campaign, index))
    ledger:close()
    client:close()
  end)

  it("tells why a credential is nobody's", function()
    sandbox.again()
    local export = sandbox.export(3)
    issue(export)
    issue(sandbox.export(1))
    issue(sandbox.export(1, 9), { map = { name = "{!LastName}", email = "{!Email}",
      externalId = "{!Email}", quickPublish = true } })
    local counts, reasons = take()
    assert.same({ 3, 0, 2 }, counts)
    table.sort(reasons)
    assert.same({ "its externalId is no Salesforce Id; give the export that it was issued from",
      "its record has another credential of this campaign" }, reasons)
    counts, reasons = take(sandbox.export(3))
    assert.same({ 0, 3, 2 }, counts)
    table.sort(reasons)
    assert.same({ "its record has another credential of this campaign",
      "no record of the export has its externalId" }, reasons)
  end)

  it("takes records whatever the conditions, and Ids of 15 characters", function()
    sandbox.again()
    local export = files.write(("Id,FirstName,LastName,Email,Short\n%s,Ann,Lee,a@example.com,%s\n")
      :format(sandbox.id(1), sandbox.id(1)))
    issue(export, { map = { name = "{!LastName}", email = "{!Email}", externalId = "{!Short}",
      quickPublish = true } })
    assert.equal(1, sandbox.record().keys[campaign .. "/" .. sandbox.id(1)].adds)
    local strict = sertifier.flow { campaign = campaign, when = "FirstName = 'Nobody'" }
    local client, ledger = sandbox.client(), assert(ledgers.open(path))
    local counts = assert(adopt.run(ledger, client, campaign, adopt.index(strict, { { export = export } })))
    ledger:close()
    client:close()
    assert.same({ 1, 0 }, { counts.adopted, #counts.not_matched })
    assert.same({ "0035g000006BKP7AAO", "0035g000006BKP7AAO" },
      { record_id "0035g000006BKP7", record_id "0035g000006BKP7AAO" })
    for _, text in ipairs { "", "0035g000006BKP", "0035g000006BKP7AAA", "0035g000006BKP7AAO9",
      "ann@example.com", "0035g000006BKP7A" } do
      assert.is_nil(record_id(text), text)
    end
  end)

  it("says what stands in the way", function()
    sandbox.again()
    local client, ledger = sandbox.client { key_file = sandbox.key_file "wrong" },
      assert(ledgers.open(path))
    local counts, _, code = adopt.run(ledger, client, campaign)
    assert.same({ nil, "auth" }, { counts, code })
    client:close()
    ledger:close()
    local index, message
    index, message, code = adopt.index(flow, { { export = files.write "Id,Name\n" } })
    assert.same({ nil, "export" }, { index, code })
    assert.truthy(message:find "the flow reads fields that the export lacks", message)
    index, message, code = adopt.index(flow, { { export = "/no/such.csv" } })
    assert.same({ nil, "/no/such.csv: No such file or directory", "export" },
      { index, message, code })
  end)
end)
