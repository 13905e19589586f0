--- Salesforce's REST API, on the emulator behind real nginx.

local command = require "spec.support.command"
local files = require "spec.support.files"
local http = require "sertifier.http"
local org = require "spec.support.org"
local sandbox = require "spec.support.sandbox"
local sertifier = require "sertifier"

local everyone = "SELECT Id, FirstName, LastName, Email FROM Contact"

--- Reads a query to its end: how many records, and what ended it.
local function count(client, soql)
  local n, next_one = 0, client:query(soql or everyone)
  while true do
    local record, message, code = next_one()
    if not record then return n, message, code end
    n = n + 1
  end
end

local function opened(given)
  local client, message, code = sertifier.salesforce(org.options(given))
  if client then client:close() end
  return { client ~= nil, message, code }
end

describe("salesforce: tokens", function()
  before_each(function() org.start(3) end)
  after_each(org.stop)

  it("come from the org, and stand nowhere in Lua", function()
    local client = org.client()
    assert.equal(3, count(client))
    for _, value in pairs(client) do
      assert.falsy(type(value) == "string" and value:find "SPEC!")
    end
    client:close()
    assert.equal(1, org.record().counts.token)
  end)

  it("are refused in Salesforce's own words, with what to do", function()
    assert.same({ false, "Salesforce gives no token: invalid_client: invalid client credentials; "
      .. "copy the consumer secret again from the connected app", "auth" },
      opened { secret_file = sandbox.key_file "wrong" })
    assert.same({ false, "Salesforce gives no token: invalid_client_id: client identifier invalid; "
      .. "copy the consumer key again from the connected app", "auth" }, opened { client_id = "x" })
    org.behave { token = "app_blocked" }
    assert.same({ false, "Salesforce gives no token: app_blocked: the app is not allowed to; "
      .. "let an administrator allow the connected app again", "auth" }, opened())
    org.behave { token = "html" }
    assert.same({ false, "Salesforce gives no token: HTTP 200 with text/html instead of a token; "
      .. "see that the address is that of the org's My Domain, and that the org is not in "
      .. "maintenance", "answer" }, opened())
    org.behave { maintenance = true }
    assert.truthy(opened()[2]:find "HTTP 503 with text/html")
  end)

  it("need an org, a secret, and an address that hides it", function()
    assert.same({ nil, "no org: set SALESFORCE_URL (its My Domain) and SALESFORCE_CLIENT_ID with "
      .. "SALESFORCE_CLIENT_SECRET_FILE, or with SALESFORCE_JWT_KEY_FILE and SALESFORCE_USERNAME; "
      .. "or SALESFORCE_TARGET_ORG, which the Salesforce CLI knows", "usage" }, { sertifier.salesforce {} })
    assert.same({ nil, "no client secret: set SALESFORCE_CLIENT_SECRET, or let "
      .. "SALESFORCE_CLIENT_SECRET_FILE name a file that holds it", "key" },
      { sertifier.salesforce { url = "https://org.example.com", client_id = "app" } })
    assert.same({ false, "Salesforce: the address of Salesforce must start with https://: plain "
      .. "http would show the key", "url" }, opened { url = "http://org.example.com" })
    assert.has_error(function() sertifier.salesforce { clientid = "x" } end,
      "salesforce: clientid: no such option; did you mean client_id?")
  end)

  it("that are over are replaced, and the call is repeated", function()
    org.behave { expire_after = 1, page_size = 1 }
    local client = org.client()
    assert.equal(3, count(client))
    client:close()
    local counts = org.record().counts
    assert.same({ 1, 2, 3 }, { counts.query, counts.page, counts.token })
  end)

  it("are replaced once for all calls that were under way", function()
    org.behave { session = "refused" }
    local client, calls = org.client(), {}
    for n = 1, 4 do
      calls[n] = client:start("GET", client.base .. "/sobjects/Contact/describe")
      while not calls[n].result do client:tend() end
    end
    org.behave { session = "ok" }
    for n = 1, 4 do assert.equal("table", type(client:finish(calls[n]))) end
    assert.equal(2, org.record().counts.token)
    client:close()
  end)

  it("are replaced once a call, never in a loop", function()
    org.behave { session = "refused" }
    local client = org.client()
    assert.same({ 0, "Salesforce: INVALID_SESSION_ID: Session expired or invalid; let the connected "
      .. "app and its user have access to the API", "INVALID_SESSION_ID" }, { count(client) })
    assert.equal(2, org.record().counts.token)
    org.behave { session = "not_rest" }
    assert.equal("INVALID_SESSION_ID", select(3, count(client)))
    assert.equal(2, org.record().counts.token) -- a new one would not help
    client:close()
  end)

  --- A Salesforce CLI that knows this org, in its older or its newer form.
  local function fake_cli(shown)
    local place = files.path()
    assert(os.execute("mkdir " .. place))
    local client = org.client()
    client:close()
    local file = assert(io.open(place .. "/sf", "w"))
    file:write(([[#!/bin/sh
case "$*" in *" gone") exit 1 ;; esac
case "$2 $3" in
"display --json") echo '{ "status": 0, "result": { "id": "00D", "alias": ["a", {"accessToken": "b"}],
  "accessToken": "%s", "instanceUrl": "%s" } }' ;;
"auth show-access-token") echo '{"status":0,"result":{"accessToken":"00D5g000000SPEC!AQ.1_token"}}' ;;
esac
]]):format(shown, client.address))
    file:close()
    assert(os.execute("chmod +x " .. place .. "/sf"))
    return place
  end

  local function with_cli(shown, name)
    local place, code = fake_cli(shown), files.write([[
      local client, message, code = require("sertifier").salesforce { target_org = arg[1] }
      print(client and client:query "SELECT Id FROM Contact"().Id or message, code)]], ".lua")
    local pipe = io.popen(("PATH=%s:$PATH %s %s %s 2>&1"):format(place,
      os.getenv "SPEC_LUA" or "lua5.4", code, name))
    local text = pipe:read "*a"
    pipe:close()
    os.execute("rm -r " .. place)
    return text
  end

  it("come from the Salesforce CLI, an older or a newer one", function()
    assert.equal(org.id(1) .. "\tnil\n", with_cli("00D5g000000SPEC!AQ.1_token", "my-org"))
    assert.equal(org.id(1) .. "\tnil\n", with_cli("[REDACTED] Use another command", "my-org"))
    assert.equal("the Salesforce CLI gave no token for gone; see what `sf org display` says\tcli\n",
      with_cli("x", "gone"):gsub("^Salesforce: ", ""), nil)
    assert.truthy(with_cli("x", "'my org;id'"):find "target_org: a user name or an alias is expected")
  end)
end)

describe("salesforce: queries", function()
  after_each(org.stop)

  it("give every page", function()
    org.start(4500)
    local client = org.client()
    assert.equal(4500, count(client))
    assert.equal(4050, count(client, everyone .. " WHERE Issue_Credential__c = TRUE"))
    client:close()
    assert.same({ 2, 4 }, { org.record().counts.query, org.record().counts.page })
  end)

  it("are asked again after a failure, and tell Salesforce's own code", function()
    org.start(10, { page_size = 1, server_error_every = 3, cut_every = 7 })
    local client = org.client()
    assert.equal(10, count(client))
    org.behave { server_error_every = 0, cut_every = 0 }
    assert.same({ 0, "Salesforce: INVALID_FIELD: No such column 'Nme' on entity 'Contact'.; see that "
      .. "the field exists, and that the user may see it", "INVALID_FIELD" },
      { count(client, "SELECT Nme FROM Contact") })
    client:close()
  end)

  it("stop before the day's requests are used up", function()
    org.start(10, { page_size = 1, used = 94, daily_limit = 100 })
    local client = org.client()
    local n, message, code = count(client)
    assert.equal(1, n)
    assert.equal("Salesforce: 95 of the day's 100 requests are used, and some are left for others; "
      .. "run again tomorrow", message)
    assert.equal("limit", code)
    client:close()
  end)

  it("do not take more memory for more records", function()
    org.start(40000)
    local client = org.client()
    local next_one = client:query(everyone)
    local function held_after(records)
      for _ = 1, records do next_one() end
      collectgarbage()
      return collectgarbage "count"
    end
    local early = held_after(5000)
    assert.is_true(held_after(30000) < 1.5 * early)
    client:close()
  end)
end)

describe("salesforce: a flow's export", function()
  after_each(function()
    org.stop()
    sandbox.stop()
  end)

  local flow = { campaign = sandbox.campaign, object = "Contact",
    when = "Issue_Credential__c = TRUE" }

  it("is read while it is issued", function()
    sandbox.start()
    org.start(50, { page_size = 20 })
    local client = org.client()
    local summary = assert(sertifier.flow(flow):run { export = client:query(
      "SELECT Id, FirstName, LastName, Email, Issue_Credential__c FROM Contact"),
      client = sandbox.client(), ledger = files.path ".db" })
    assert.same({ read = 50, issued = 45, skipped = 5 }, sandbox.counts(summary))
    client:close()
  end)

  it("lacks what its query did not ask for: nothing is taken for empty, and nothing is sent",
    function()
      sandbox.start()
      org.start(3)
      local client = org.client()
      local function run(declaration, soql)
        declaration.campaign = sandbox.campaign
        local summary, message, code = sertifier.flow(declaration):run { client = sandbox.client(),
          export = client:query(soql), ledger = files.path ".db" }
        return summary and summary.issued, message, code
      end
      assert.same({ nil, "the query: the flow reads fields that the export lacks: Status__c", "export" },
        { run({ when = "Status__c != 'Certified'" }, everyone) })
      assert.same({ nil, "the query: the flow reads fields that the export lacks: Account.Name, "
        .. "Emial (did you mean Email?)", "export" }, { run({ when = "Account.Name = NULL",
          map = { name = "{!LastName}", email = "{!Emial}" } }, everyone) })
      assert.same({ 3 }, { run({ when = "Account.Name != NULL" },
        everyone:gsub(" FROM", ", Account.Name FROM")) })
      assert.same({ nil, "record: holds no records", "export" },
        { run({ when = "Status__c = 'x'" }, everyone .. " WHERE LastName = 'Nobody'") })
      client:close()
    end)

  it("is queried by the command, with the flow's own query", function()
    local started = sandbox.start()
    org.start(50)
    local path = files.write(('return require("sertifier").flow { campaign = %q,'
      .. ' object = "Contact", when = "Issue_Credential__c = TRUE" }'):format(sandbox.campaign),
      ".lua")
    local environment = command.environment(started) .. " " .. org.environment()
    local status, out = command.run({ "issue", path, "--query", "flow", "--json", "--quiet",
      "--ledger", files.path ".db" }, environment)
    assert.equal(0, status)
    assert.truthy(out:find '"read":45,"skipped":0,"invalid":0,"issued":45', out)
    local _, _, err = command.run({ "issue", path, "x.csv", "--query", "flow" }, environment)
    assert.equal("sertifier: --query stands in place of an export\n", err)
  end)
end)

describe("flow:soql", function()
  local function soql(when, more)
    more = more or {}
    more.campaign, more.object, more.when = "campaign-1", more.object or "Contact", when
    return sertifier.flow(more):soql():match " FROM (.*)"
  end

  it("says of the conditions what SOQL can say, and never less than them", function()
    assert.equal("Contact", soql())
    assert.equal("Contact WHERE A = TRUE AND B != 'it\\'s' AND C >= 80 AND D = NULL",
      soql "A = TRUE AND B != 'it\\'s' AND C >= 80 AND D = NULL")
    assert.equal("Contact WHERE (A = 'x' OR A = 'y') AND Account.Name LIKE 'Acme%'",
      soql "A IN ('x', 'y') AND Account.Name LIKE 'Acme%' AND E > LAST_N_DAYS:3")
    assert.equal("Contact WHERE (A = 'x' OR (B = 'y' AND C = 'z'))", soql "A = 'x' OR B = 'y' AND C = 'z'")
    assert.equal("Contact WHERE A LIKE '%it\\'s 5\\%\\_%'", soql "A LIKE '%it\\'s 5\\%\\_%'")
    assert.equal("Contact", soql "A = 'x' OR NOT B = 'y'")
    assert.equal("Contact WHERE A = 'x'", soql "A = 'x' AND B NOT IN ('y')")
    assert.equal("Contact WHERE A >= 2025-01-31", soql "A >= 2025-01-31")
    assert.equal("Contact", soql("A = 'x'", { trigger = "updated to meet" }))
  end)

  it("names every field that the flow reads, once", function()
    local flow = sertifier.flow { campaign = "{!Campaign_Id__c}", object = "Contact",
      when = "email != NULL", map = { name = "{!$Record.Name}", email = "{!Email}" } }
    assert.equal("SELECT Id, email, Campaign_Id__c, Name, Extra__c FROM Contact "
      .. "WHERE email != NULL", flow:soql { "Extra__c", "name" })
  end)

  it("needs an object, and API names", function()
    assert.has_error(function() sertifier.flow { campaign = "campaign-1" }:soql() end,
      "soql: the flow must say its `object`")
    assert.has_error(function()
      sertifier.flow { campaign = "campaign-1", object = "Contact", when = "'Last Name' = 'x'" }
        :soql()
    end, 'soql: "Last Name" is a label, not a field\'s API name')
  end)
end)

describe("http.login", function()
  it("is closed once, and unusable then", function()
    local login = assert(http.login { url = "https://org.example.com", client_id = "app",
      secret_file = sandbox.key_file "s" })
    login:close()
    login:close()
    assert.has_error(function() login:open() end)
    files.remove()
  end)
end)
