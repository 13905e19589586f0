--- The emulated org, used by a client that is not ours: jsforce, which speaks with Salesforce itself.

local cjson = require "cjson"
local files = require "spec.support.files"
local org = require "spec.support.org"
local updating = require "sertifier.salesforce.updating"

-- The emulator is the same whichever Lua runs the specs.
if (os.getenv "SPEC_LUA" or "lua5.4") ~= "lua5.4" then return end

local version = "3.10.16" -- of those that Debian 12's Node can run, the newest
local place = "build/npm/jsforce-node-" .. version

local function output_of(command)
  local pipe = io.popen(command)
  local text = pipe:read "*a"
  pipe:close()
  return text
end

--- Fetched once a build tree, whole or not at all.
local said = output_of(([[test -d PLACE || { rm -rf PLACE.new && mkdir -p PLACE.new && npm install \
  --loglevel error --prefix PLACE.new --ignore-scripts --no-audit --no-fund \
  @jsforce/jsforce-node@%s && mv PLACE.new PLACE; } 2>&1]]):gsub("PLACE", place):format(version))
local is_there = output_of("ls -d " .. place .. " 2>/dev/null") ~= ""

local before = [[
import jsforce from "@jsforce/jsforce-node";
const { loginUrl, clientId, clientSecret } = JSON.parse(process.env.ORG);
const grant = { grant_type: "client_credentials" };
const conn = new jsforce.Connection({
  version: "62.0", oauth2: { loginUrl, clientId, clientSecret },
  refreshFn: (conn, done) => conn.oauth2.requestToken(grant).then(
    (answer) => done(null, answer.access_token), done),
});
await conn.authorize(grant);
const tell = (value) => console.log(JSON.stringify(value));
const failed = (call) => call.then(() => null, (error) => [error.errorCode, error.message]);
]]

--- What a script tells that uses jsforce's connection to the org.
local function ask(script)
  local options = org.options()
  local text = output_of(("cd %s && ORG='%s' timeout 60 node --input-type=module - <%s 2>&1"):format(place,
    cjson.encode { loginUrl = options.url, clientId = org.client_id, clientSecret = org.secret },
    files.write(before .. script)))
  local ok, value = pcall(cjson.decode, text)
  return ok and value or error(text)
end

--- What our own client reads.
local function records(soql)
  local client, list = org.client(), {}
  for record in client:query(soql) do list[#list + 1] = record end
  client:close()
  return list
end

describe("jsforce", function()
  after_each(org.stop)

  local function it_can(what, try)
    it(what, function()
      if not is_there then return pending("cannot be fetched here: " .. said) end
      try()
    end)
  end

  it_can("reads every page of a query, and the same records as we do", function()
    org.start(450, { page_size = 200 }, { 7 })
    local soql = "SELECT Id, Email, Sertifier_Verification_Link__c FROM Contact"
      .. " WHERE Issue_Credential__c = TRUE"
    local read = ask(([[
      const first = await conn.query("%s");
      const next = await conn.queryMore(first.nextRecordsUrl);
      const all = await conn.query("%s", { autoFetch: true });
      tell({ sizes: [first.totalSize, first.records.length, next.records.length, next.done],
        all: all.records });]]):format(soql, soql))
    assert.same({ 404, 200, 200, false }, read.sizes)
    assert.same(records(soql), read.all)
  end)

  it_can("finds records by conditions that it writes itself", function()
    org.start(40)
    local numbers = ask [[
      const contacts = conn.sobject("Contact");
      const numbers = async (query) => (await query).map((one) => Number(one.LastName.slice(4)));
      const names = { LastName: { $like: "lee 1_" }, Issue_Credential__c: true };
      const either = { $or: [{ LastName: { $in: ["Lee 1", "Lee 2"] } }, { Score__c: { $gte: 37 } }] };
      tell([await numbers(contacts.find(names, "LastName").sort({ LastName: -1 }).limit(3)),
        await numbers(contacts.find(either, ["Id", "LastName"])),
        await numbers(contacts.find({ Completed_On__c: { $lt: jsforce.Date.toDateLiteral("2025-02-01") },
          "Account.Name": null }, ["LastName"]))]);]]
    assert.same({ { 19, 18, 17 }, { 1, 2, 37, 38, 40 }, { 12, 24, 36 } }, numbers)
  end)

  it_can("updates 200 records a call, and tells what came of each", function()
    org.start(450, nil, { 7 })
    local results = ask [[
      const rows = Array.from({ length: 450 }, (_, i) => ({
        Id: `0035g${String(i + 1).padStart(10, "0")}AAA`,
        Sertifier_Verification_Link__c: `https://links.example.com/${i + 1}` }));
      rows[8].Nme__c = "x";
      tell(await conn.sobject("Contact").update(rows, { allowRecursive: true }));]]
    assert.same({ id = org.id(1), success = true, errors = {} }, results[1])
    assert.same({ success = false, errors = { { statusCode = "ENTITY_IS_DELETED",
      message = "entity is deleted", fields = {} } } }, results[7])
    assert.equal("INVALID_FIELD", results[9].errors[1].statusCode)
    assert.same({ 448, 3, "https://links.example.com/450" }, { org.record().updates,
      org.record().counts.update, org.record().links[org.id(450)] })
  end)

  it_can("is told of a record what we are told", function()
    org.start(2, { lock_rows = 1, lock_times = 9 })
    local results = ask(([[
      tell(await conn.sobject("Contact").update([{ Id: "%s", Email: "a@example.com" },
        { Id: "003000000000001AAA", Email: "b@example.com" }]));]]):format(org.id(1)))
    local client = org.client { lock_wait = 0.001 }
    local update = updating.new("Contact", { { id = org.id(1), values = { Email = "a@example.com" } },
      { id = "003000000000001AAA", values = { Email = "b@example.com" } } })
    updating.start(client, update)
    for i, outcome in ipairs(updating.finish(client, update)) do
      assert.same({ outcome.code, outcome.message }, { results[i].errors[1].statusCode,
        results[i].errors[1].message })
    end
    client:close()
  end)

  it_can("retrieves records by their Ids, with null where there is none", function()
    org.start(3, { accounts = 2 }, { 2 })
    local told = ask(([[
      tell(await conn.sobject("Contact").retrieve(["%s", "%s", "%s"],
        { fields: ["Id", "AccountId"] }));]]):format(org.id(3), org.id(2), org.id(1)))
    assert.same({ org.id(3), "0015g0000000001AAA", cjson.null, org.id(1) },
      { told[1].Id, told[1].AccountId, told[2], told[3].Id })
    assert.same({ 1 }, org.counts "retrieve")
  end)

  it_can("updates all records or none", function()
    org.start(3, nil, { 3 })
    local results = ask(([[
      tell(await conn.sobject("Contact").update([{ Id: "%s", Email: "a@example.com" },
        { Id: "%s", Email: "b@example.com" }], { allOrNone: true }));]]):format(org.id(1), org.id(3)))
    assert.equal("ALL_OR_NONE_OPERATION_ROLLED_BACK", results[1].errors[1].statusCode)
    assert.equal(0, org.record().updates)
  end)

  it_can("gets a new token where its own is over", function()
    org.start(30, { page_size = 10, expire_after = 2 })
    assert.equal(30, ask [[
      const all = await conn.query("SELECT Id FROM Contact", { autoFetch: true });
      tell(all.records.length);]])
    assert.equal(2, org.record().counts.token)
  end)

  it_can("finds the fields of an object, the errors of a call, and how much of the day is used", function()
    org.start(3)
    local told = ask [[
      tell({ fields: (await conn.sobject("Contact").describe()).fields.map((field) => field.name),
        errors: await Promise.all([conn.query("SELECT Nme FROM Contact"), conn.query("SELECT FROM"),
          conn.query("SELECT Id FROM Nope"), conn.queryMore("/services/data/v62.0/query/01gX-2000"),
          conn.sobject("Nope").describe()].map(failed)), usage: conn.limitInfo.apiUsage });]]
    table.sort(told.fields)
    assert.equal("AccountId Completed_On__c", table.concat(told.fields, " ", 1, 2))
    assert.same({ { "INVALID_FIELD", "No such column 'Nme' on entity 'Contact'." },
      { "MALFORMED_QUERY", "unexpected token: FROM" }, { "INVALID_TYPE", "Nope: no such type" },
      { "INVALID_QUERY_LOCATOR", "invalid query locator" },
      { "NOT_FOUND", "There is no such object" } }, told.errors)
    assert.same({ 6, 15000 }, { told.usage.used, told.usage.limit })
  end)
end)
