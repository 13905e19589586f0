--- The emulated org's SOQL: what it finds, what it refuses, and what a flow asks of it.

local cjson = require "cjson"
local org = require "spec.support.org"
local orgs = require "sertifier.org"
local sertifier = require "sertifier"

local state = assert(orgs.new { org = { contacts = 20, deleted = { 5 }, client_id = "app",
  client_secret = "secret" } })

local function escaped(text)
  return (text:gsub("[^%w]", function(c) return ("%%%02X"):format(c:byte()) end))
end

local function call(method, path, headers, body)
  local _, text = orgs.answer(state, { method = method, path = path, headers = headers, body = body,
    address = "http://127.0.0.1" })
  return cjson.decode(text)
end

local token = call("POST", "/services/oauth2/token",
  { ["content-type"] = "application/x-www-form-urlencoded" },
  "grant_type=client_credentials&client_id=app&client_secret=secret").access_token

local function ask(soql)
  return call("GET", "/services/data/v62.0/query?q=" .. escaped(soql),
    { authorization = "Bearer " .. token })
end

--- The numbers of the contacts that a query finds; or its error.
local function found(rest)
  local answer, numbers = ask("SELECT LastName FROM Contact " .. rest), {}
  if answer[1] then return answer[1].errorCode .. ": " .. answer[1].message end
  for i, record in ipairs(answer.records) do numbers[i] = record.LastName:match "%d+" end
  return table.concat(numbers, " ")
end

describe("the org's SOQL", function()
  it("finds what its conditions say", function()
    for _, case in ipairs {
      { "WHERE Issue_Credential__c = FALSE", "10 20" },
      { "where issue_credential__C = false and lastname != 'LEE 20'", "10" },
      { "WHERE LastName IN ('lee 3', 'Lee 5', 'Lee 7')", "3 7" },
      { "WHERE LastName LIKE 'lee 1_' AND (Score__c >= 17 OR Score__c < 12)", "10 11 17 19" },
      { "WHERE NOT (Score__c > 1 OR Account.Name = null)", "1 3 6 9 15 18" },
      { "WHERE (NOT LastName LIKE '%1%') AND (NOT LastName LIKE '%2%') AND Score__c <> NULL",
        "4 7 8" },
      { "WHERE Score__c = null AND LastName NOT IN ('Lee 3')", "6 9 12 15 18" },
      { "WHERE Languages__c INCLUDES ('fr;en', 'de') AND Languages__c EXCLUDES ('de;en')",
        "1 3 6 8 11 13 16 18" },
      { "WHERE Completed_On__c <= 2025-02-01 AND SystemModstamp >= 2026-01-01T00:00:00.000Z", "12" },
      { "WHERE Account.Name LIKE '%50\\%' AND Score__c > 15", "17 19" },
      { "WHERE Account.Name LIKE '%50\\\\%'", "" }, -- a backslash, and then anything
      { "WHERE Account.Name LIKE 'a_me%' LIMIT 2", "1 2" },
      { "WHERE Id = '0035g0000000003' OR Id = '0035g0000000004AAA'", "3 4" },
      { "WHERE Status__c = '' LIMIT 1", "" },
      { "ORDER BY Score__c DESC, LastName LIMIT 3", "20 19 17" },
      { "ORDER BY Score__c LIMIT 2", "3 6" },
    } do
      assert.equal(case[2], found(case[1]), case[1])
    end
  end)

  it("refuses what Salesforce refuses, with its codes", function()
    local of_type = "INVALID_FIELD: value of filter criterion for field '%s' must be of type %s and "
      .. "should %s enclosed in quotes"
    for _, case in ipairs {
      { "WHERE Nme = 'x'", "INVALID_FIELD: No such column 'Nme' on entity 'Contact'." },
      { "WHERE Issue_Credential__c = 'true'", of_type:format("Issue_Credential__c", "boolean", "not be") },
      { "WHERE Completed_On__c > '2025-01-01'", of_type:format("Completed_On__c", "date", "not be") },
      { "WHERE SystemModstamp > 2025-01-01", of_type:format("SystemModstamp", "datetime", "not be") },
      { "WHERE Score__c = TRUE", of_type:format("Score__c", "double", "not be") },
      { "WHERE Status__c = 5", of_type:format("Status__c", "string", "be") },
      { "WHERE Status__c INCLUDES ('x')",
        "INVALID_FIELD: filtering by 'includes' is not possible for field 'Status__c' of type text" },
      { "WHERE Issue_Credential__c > TRUE",
        "INVALID_FIELD: filtering by '>' is not possible for field 'Issue_Credential__c' of type boolean" },
      { "WHERE Score__c = 1 AND Score__c = 2 OR Score__c = 3", "MALFORMED_QUERY: unexpected token: OR" },
      { "WHERE Score__c = 1 AND NOT Score__c = 2", "MALFORMED_QUERY: unexpected token: NOT" },
      { "WHERE (Score__c = 1", "MALFORMED_QUERY: unexpected token: <EOF>" },
      { "WHERE Score__c", "MALFORMED_QUERY: unexpected token: <EOF>" },
      { "WHERE Score__c ~ 1", "MALFORMED_QUERY: unexpected token: ~" },
      { "WHERE LastName = 'x", "MALFORMED_QUERY: unexpected token: a quote is not closed" },
      { "WHERE LastName LIKE NULL", "MALFORMED_QUERY: unexpected token: <EOF>" },
      { "WHERE", "MALFORMED_QUERY: unexpected token: <EOF>" },
      { "LIMIT x", "MALFORMED_QUERY: unexpected token: <EOF>" },
    } do
      assert.equal(case[2], found(case[1]), case[1])
    end
    assert.equal("duplicate field selected: Id", ask("SELECT Id, id FROM Contact")[1].message)
    assert.equal("INVALID_TYPE", ask("SELECT Id FROM Nope")[1].errorCode)
  end)

  it("gives a parent's field in an object of its own, or null", function()
    local records = ask("SELECT Account.Name FROM Contact WHERE LastName IN ('Lee 3', 'Lee 4')").records
    assert.equal("Acme 50%", records[1].Account.Name)
    assert.equal(cjson.null, records[2].Account)
  end)
end)

describe("a flow's query", function()
  teardown(org.stop)

  local conditions = { "Issue_Credential__c = TRUE", "Status__c = 'certified' AND Score__c >= 20",
    "LastName IN ('Lee 3', 'lee 14')", "LastName LIKE '%1_' OR Score__c < 30", "Account.Name LIKE '%50\\%'",
    "Account.Name = NULL AND Score__c != NULL", "Languages__c INCLUDES ('de;en', 'fr')",
    "Completed_On__c > 2025-06-30 AND NOT Score__c > 30", "SystemModstamp < 2026-01-01T00:00:01Z",
    "Score__c != 3 AND Account.Name != 'acme 50%'", "Id = '0035g0000000007'",
    "Completed_On__c < TODAY AND LastName NOT IN ('Lee 2')",
    { { "Account.Name", "Contains", "50%" }, { "LastName", "StartsWith", "Lee 3" } } }

  --- How many records a flow would issue to, and how many it read.
  local function counts(flow, export)
    local summary, message = flow:check { export = export }
    if not summary then return 0, message end
    assert.equal(0, summary.invalid)
    return summary.would_issue, summary.read
  end

  it("finds every record that the flow's conditions hold for", function()
    org.start(40)
    local client, narrower = org.client(), 0
    for _, when in ipairs(conditions) do
      local flow = sertifier.flow { campaign = "campaign-1", object = "Contact", when = when }
      local soql = flow:soql()
      local wanted, all = counts(flow, client:query((soql:gsub(" WHERE .*", ""))))
      local some, read = counts(flow, client:query(soql))
      assert.same({ 40, wanted }, { all, some }, soql)
      if read < 40 then narrower = narrower + 1 end
    end
    assert.equal(#conditions - 2, narrower)
    client:close()
  end)
end)
