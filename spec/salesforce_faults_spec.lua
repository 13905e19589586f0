--- What an org refuses, or cannot do: told by its own code, with the record's Id and what to do, and
-- nothing is lost.

local command = require "spec.support.command"
local files = require "spec.support.files"
local org = require "spec.support.org"
local sandbox = require "spec.support.sandbox"
local sertifier = require "sertifier"
local updating = require "sertifier.salesforce.updating"

local function none() return 0 end

--- An opened client that waits for nothing.
local function client_of()
  local client = org.client { lock_wait = 0 }
  client.chance = none
  return client
end

describe("salesforce: a query", function()
  after_each(org.stop)

  --- What ends a query whose first page came, after these switches were set.
  local function ended_by(switches)
    org.start(4, { page_size = 1 })
    local client = client_of()
    local next_one = client:query "SELECT Id FROM Contact"
    assert.equal(org.id(1), next_one().Id)
    org.behave(switches)
    next_one() -- was asked for already
    local record, message, code = next_one()
    client:close()
    return { record, message, code }
  end

  it("tells of an app that is revoked meanwhile", function()
    assert.same({ nil, "Salesforce gives no token: app_blocked: the app is not allowed to; let an "
      .. "administrator allow the connected app again", "auth" },
      ended_by { session = "refused", token = "app_blocked" })
  end)

  it("tells of an org in maintenance, and of HTML in place of JSON", function()
    assert.same({ nil, "Salesforce: HTTP 503 with text/html where JSON was expected; the org may be in "
      .. "maintenance", "answer" }, ended_by { maintenance = true })
    assert.same({ nil, "Salesforce: HTTP 200 with text/html where JSON was expected; the org may be in "
      .. "maintenance", "answer" }, ended_by { html = true })
  end)
end)

describe("salesforce: a record that is not issued", function()
  after_each(function()
    org.stop()
    sandbox.stop()
  end)

  it("is named by its Id", function()
    local started = sandbox.start()
    org.start(4)
    local client = client_of()
    local update = updating.new("Contact", { { id = org.id(2), values = { Email = "" } },
      { id = org.id(3), values = { Email = "" } }, { id = org.id(4), values = { Email = "x" } } })
    updating.start(client, update)
    updating.finish(client, update)
    client:close()
    local flow = files.write(('return require("sertifier").flow { campaign = %q, object = "Contact" }')
      :format(sandbox.campaign), ".lua")
    for _, words in ipairs { { "issue", flow, "--query", "flow", "--progress", "none" },
      { "watch", flow, "--once" } } do
      words[#words + 1], words[#words + 2] = "--ledger", files.path ".db"
      local status, _, err = command.run(words, command.environment(started) .. " " .. org.environment())
      assert.equal(2, status)
      for _, line in ipairs { ("%s, %s: email (from Email) is empty\n"):format(org.id(2), org.id(3)),
        org.id(4) .. ": email (from Email) is not an e-mail address\n" } do
        assert.truthy(err:find("invalid: record:" .. line, 1, true), err)
      end
    end
  end)
end)

describe("salesforce: a link that cannot be written", function()
  local started, path

  before_each(function()
    started = sandbox.start()
    path = files.path ".db"
  end)

  after_each(function()
    org.stop()
    sandbox.stop()
  end)

  --- Issues to the first contacts of an org that has `there`, and whose switches are set once it has
  -- told its fields; what the run says.
  local function note_of(count, there, switches, deleted)
    org.start(there, nil, deleted)
    local client = client_of()
    local flow = sertifier.flow { campaign = sandbox.campaign, object = "Contact",
      on_issued = function() org.behave(switches or {}) end }
    local summary = assert(flow:run { export = sandbox.export(count), client = sandbox.client(),
      ledger = path, write_back = client })
    client:close()
    assert.same({ count, count, 2 }, { summary.issued, summary.written + summary.unwritten,
      summary:status() })
    return (summary.notes[1]:gsub("; `sertifier write.*", ""))
  end

  --- Afterwards all is well with the org: `write-back` writes what is left, and nobody is issued twice.
  local function finds_its_way(count)
    org.behave { row_error = "", html = false, maintenance = false, lock_rows = 0 }
    local status, _, err = command.run({ "write-back", "--ledger", path }, org.environment())
    assert.equal(0, status, err)
    local links = 0
    for _ in pairs(org.record().links) do links = links + 1 end
    assert.same({ count, 1, 1, count }, { links, sandbox.most() })
  end

  it("is told with its record where that was deleted, or never was there", function()
    assert.equal("1 links are not written to Salesforce: ENTITY_IS_DELETED: entity is deleted; the record "
      .. "was deleted meanwhile (" .. org.id(2) .. ")", note_of(3, 3, {}, { 2 }))
    assert.equal(2, (command.run({ "write-back", "--ledger", path }, org.environment())))
    org.stop()
    started = sandbox.start()
    path = files.path ".db"
    assert.equal(("5 links are not written to Salesforce: INVALID_CROSS_REFERENCE_KEY: invalid cross "
      .. "reference id; see that the record is in this org, and that the user may see it "
      .. "(%s, %s, %s and 2 more)"):format(org.id(2), org.id(3), org.id(4)), note_of(6, 1))
  end)

  local cures = {
    UNABLE_TO_LOCK_ROW = "another transaction holds it",
    INSUFFICIENT_ACCESS_OR_READONLY = "let the user edit it",
    INVALID_FIELD_FOR_INSERT_UPDATE = "let the user edit the field",
    FIELD_CUSTOM_VALIDATION_EXCEPTION = "a validation rule of the org refuses it: let it pass links",
    CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY = "a trigger or a flow of the org fails: mend it",
  }
  for code, cure in pairs(cures) do
    it("is told, and written once that is mended: " .. code, function()
      assert.equal(("1 links are not written to Salesforce: %s: the org's own words; %s (%s)"):format(code,
        cure, org.id(1)), note_of(1, 1, { row_error = code }))
      finds_its_way(1)
    end)
  end

  it("waits for an org that has no JSON now", function()
    assert.equal("2 links are not written to Salesforce: Salesforce: HTTP 200 with text/html where JSON "
      .. "was expected; the org may be in maintenance", note_of(2, 2, { html = true }))
    finds_its_way(2)
  end)

  it("is told by watch too, whose one look ends with a run's status", function()
    org.start(2, { row_error = "INSUFFICIENT_ACCESS_OR_READONLY" })
    local flow = files.write(('return require("sertifier").flow { campaign = %q, object = "Contact" }')
      :format(sandbox.campaign), ".lua")
    local status, _, err = command.run({ "watch", flow, "--once", "--ledger", path, "--write-back",
      "salesforce" }, command.environment(started) .. " " .. org.environment())
    assert.equal(2, status)
    assert.truthy(err:find("Z 2 issued, 2 links not written\n", 1, true), err)
    assert.truthy(err:find(("INSUFFICIENT_ACCESS_OR_READONLY: the org's own words; let the user edit it (%s,"
      .. " %s); `sertifier write-back`"):format(org.id(1), org.id(2)), 1, true), err)
    finds_its_way(2)
  end)
end)
