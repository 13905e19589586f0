--- What Salesforce itself sends: outbound messages and change events.

local cjson = require "cjson"
local gateway = require "spec.support.gateway"
local sandbox = require "spec.support.sandbox"

local flow = ([[
return require("sertifier").flow { object = "Contact", campaign = "%s", when = "Issue_Credential__c = TRUE" }
]]):format(sandbox.campaign)

local organization = "00D5g000000ABCDEAA"

local init = ([[
  local common = { token_file = place.token_file, ledger = place.ledger, url = place.url,
    key_file = place.key_file, flow = "flow.lua" }
  messages = sertifier.outbound_message { common, organizations = { "%s" } }
  waiting = sertifier.outbound_message { common, organizations = { "%s" }, queued = false }
  events = sertifier.change_events(common)
]]):format(organization, organization)

local locations = [[
    location = /messages { content_by_lua_block { messages() } }
    location = /waiting { content_by_lua_block { waiting() } }
    location = /events { content_by_lua_block { events() } }
]]

local function notification(n, more)
  return ([[<Notification><Id>04l%015d</Id><sObject xsi:type="sf:Contact"
    xmlns:sf="urn:sobject.enterprise.soap.sforce.com"><sf:Id>%s</sf:Id>
    <sf:FirstName>Ann</sf:FirstName>
    <sf:LastName>Lee &amp; %d</sf:LastName><sf:Email>ann%d@example.com</sf:Email>
    <sf:Issue_Credential__c>true</sf:Issue_Credential__c>%s</sObject></Notification>]])
    :format(n, sandbox.id(n), n, n, more or "")
end

local function message(notifications, from)
  return ([[<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>
<notifications xmlns="http://soap.sforce.com/2005/09/outbound"><OrganizationId>%s</OrganizationId>
<ActionId>04k5g000000ABCDEAA</ActionId><SessionId xsi:nil="true"/>%s</notifications>
</soapenv:Body></soapenv:Envelope>]]):format(from or organization, table.concat(notifications))
end

local function event(n, header, more)
  return ('{"data":{"schema":"s","payload":{"ChangeEventHeader":{"entityName":"Contact",'
    .. '"recordIds":["%s"],%s},"FirstName":"Ann","LastName":"Lee","Email":"ann%d@example.com",'
    .. '"Issue_Credential__c":true%s},'
    .. '"event":{"replayId":%d}},"channel":"/data/ContactChangeEvent"}')
    :format(sandbox.id(n), header, n, more or "", n)
end

describe("what Salesforce sends", function()
  local server

  setup(function()
    sandbox.start()
    server = assert(gateway.start { init = init, server = locations, files = { ["flow.lua"] = flow } })
  end)

  before_each(function()
    sandbox.restart {}
    gateway.query(server, "DELETE FROM credential")
  end)

  teardown(gateway.stop)

  local function send(path, body)
    local status, text, headers = gateway.post(server, body, { path = path,
      headers = { "Content-Type: text/xml; charset=utf-8", "secretKey: " .. gateway.token } })
    assert.equal("text/xml; charset=utf-8", headers["content-type"])
    return status, text:match "<Ack>(%a+)</Ack>"
  end

  it("acknowledges a message once it is in the ledger, and the same one again", function()
    local list = {}
    for n = 1, 100 do list[n] = notification(n) end
    for _ = 1, 2 do
      assert.same({ 200, "true" }, { send("/messages", message(list)) })
      assert.same({ queued = 100 }, gateway.counts(server))
    end
    assert.same({ 200, "true" }, { send("/messages", message { list[1], list[1] }) })
    assert.same({ queued = 100 }, gateway.counts(server))
  end)

  it("waits for Sertifier where it is told to, and lets Salesforce ask again", function()
    sandbox.behave { too_many_every = 1 }
    assert.same({ 503, "false" }, { send("/waiting", message { notification(1) }) })
    sandbox.behave { too_many_every = 0 }
    for _ = 1, 2 do
      assert.same({ 200, "true" }, { send("/waiting", message { notification(1), notification(2) }) })
    end
    assert.same({ 1, 1, 2 }, { sandbox.most() })
  end)

  it("does not lose what can never be issued", function()
    local broken = notification(3):gsub("<sf:Email>.-</sf:Email>", '<sf:Email xsi:nil="true"/>')
    local skipped = notification(4):gsub(">true<", ">false<")
    assert.same({ 200, "true" }, { send("/messages", message { broken, skipped, notification(5) }) })
    assert.same({ queued = 1 }, gateway.counts(server))
    local log = gateway.log(server)
    assert.truthy(log:find("notification 1, " .. sandbox.id(3) .. "AAA: invalid: email (from Email) is empty",
      1, true), log)
    assert.is_nil(log:find "@example")
  end)

  it("refuses what is no message, or another organization's", function()
    for _, case in ipairs {
      { 403, message({ notification(1) }, "00D5g000000OTHERAA") },
      { 403, message({ notification(1) }):gsub("<OrganizationId>.-</OrganizationId>", "") },
      { 403, "" }, { 400, message {} }, { 400, (message { notification(1) }):gsub("</soapenv:Body>", "") },
      { 400, "<!DOCTYPE x [<!ENTITY a 'b'>]>" .. message({ notification(1) }):gsub("^[^\n]*\n", "") },
      { 400, (message({ notification(1) }):gsub("</notifications>",
        function() return notification(2):rep(1) .. "<x>" end)) },
    } do
      assert.same({ case[1], "false" }, { send("/messages", case[2]) })
    end
    local many = {}
    for n = 1, 101 do many[n] = notification(n) end
    assert.same({ 400, "false" }, { send("/messages", message(many)) })
    assert.same({}, gateway.counts(server))
  end)

  it("does not let nginx start with organizations that no message can be of", function()
    for _, list in ipairs { "{}", "{ 5 }", '{ "00D5g000000ABC" }',
      '{ "' .. organization .. '", "0035g000006BKP7" }' } do
      local _, why = gateway.start { files = { ["flow.lua"] = flow }, init = "messages = sertifier"
        .. '.outbound_message { place, flow = "flow.lua", organizations = ' .. list .. " }" }
      assert.truthy(tostring(why):find("organizations: a list of Ids is expected, such as", 1, true), list)
    end
  end)

  it("takes change events, and says which records are to be read again", function()
    local status, text = gateway.post(server, "[" .. table.concat({ event(1, '"changeType":"CREATE"'),
      event(2, '"changeType":"DELETE"'), event(3, '"changeType":"GAP_UPDATE"'),
      event(4, '"changeType":"UPDATE","changedFields":["Issue_Credential__c"]'),
      event(5, '"changeType":"UPDATE"', ',"Email":null') }, ",") .. "]", { path = "/events" })
    local answer = cjson.decode(text)
    local outcomes = {}
    for i, one in ipairs(answer.data.outcomes) do outcomes[i] = one.outcome end
    assert.same({ 200, true, { "issued", "skipped", "invalid", "issued", "invalid" } },
      { status, answer.hasError, outcomes }, text)
    assert.truthy(answer.data.outcomes[3].reason:find "read the record again")
    assert.same({ 1, 1, 2 }, { sandbox.most() })
    assert.equal(400, (gateway.post(server, "[]", { path = "/events" })))
  end)
end)
