--- Flows of Salesforce as flows in Lua: made from what the Metadata API guide documents.

local files = require "spec.support.files"
local command = require "spec.support.command"
local flow_import = require "sertifier.flow_import"
local sertifier = require "sertifier"

local function convert(body)
  return flow_import.convert('<?xml version="1.0" encoding="UTF-8"?>\n'
    .. '<Flow xmlns="http://soap.sforce.com/2006/04/metadata">' .. body .. "</Flow>")
end

local function load_flow(lua)
  return assert((loadstring or load)(lua, "=flow"))()
end

describe("an imported Flow", function()
  it("is a flow that issues what the Flow would", function()
    local lua = assert(flow_import.convert(files.read "spec/fixtures/certified.flow-meta.xml"))
    local flow = load_flow(lua)
    assert.is_true(sertifier.is_flow(flow))
    assert.same({ "Certified <contacts>", "Contact", "updated to meet",
      "7d1f0c52-demo-4b3a-course-completion" },
      { flow.name, flow.object, flow.trigger, flow.campaign })
    local path = files.write("Id,FirstName,LastName,Email,Completed_On__c,Issue_Credential__c,"
      .. "Status__c,Score__c\n0035g000006BKP7,Ann,Lee,a@example.com,2024-01-31,true,Open,81\n"
      .. "0035g000006BKP8,Bo,Lee,b@example.com,2024-01-31,true,Open,80\n", ".csv")
    local findings = assert(flow:check { export = path, first_run = "issue", sample = 2 })
    files.remove()
    assert.same({ { campaignId = "7d1f0c52-demo-4b3a-course-completion", name = "Ann LEE",
      email = "a@example.com", externalId = "0035g000006BKP7AAO", quickPublish = true,
      expireDate = "2026-01-31" } }, findings.sample)
    assert.truthy(lua:find "^%-%- Not carried over:\n%-%-   decisions Is_in_Europe %(line %d+%)")
    assert.truthy(lua:find("Update Records sets Issue_Credential__c", 1, true))
    assert.truthy(lua:find("start: scheduledPaths", 1, true))
  end)

  it("is written by the command, or the command says why not", function()
    local status, out, err = command.run { "import-flow", "spec/fixtures/certified.flow-meta.xml" }
    assert.same({ 0, assert(flow_import.convert(files.read "spec/fixtures/certified.flow-meta.xml")), "" },
      { status, out, err })
    local other = files.write "<Report/>"
    for _, case in ipairs {
      { "/no/such.xml", "/no/such.xml: No such file or directory" },
      { "spec", "spec: Is a directory" }, { other, other .. ": holds a Report, not a Flow" },
    } do
      status, out, err = command.run { "import-flow", case[1] }
      assert.same({ 1, "" }, { status, out })
      assert.truthy(err:find(case[2], 1, true), err)
    end
    files.remove()
  end)

  it("may have a formula as its entry condition", function()
    local lua = convert [[<actionCalls><actionName>addCredentials</actionName></actionCalls>
      <start><object>Contact</object><recordTriggerType>Create</recordTriggerType>
      <filterFormula>AND({!$Record.Score__c} &gt; 80, ISPICKVAL({!$Record.Status__c}, "Done"))
      </filterFormula></start>]]
    local flow = load_flow(lua)
    assert.equal("created", flow.trigger)
    assert.equal("YOUR_CAMPAIGN_ID", flow.campaign)
    assert.equal("true", select(2, flow:explain { Score__c = "81", Status__c = "Done" }))
    assert.falsy(lua:find "Not carried over")
  end)

  it("keeps all digits of its numbers", function()
    local value = "<value><numberValue>1234567890123.45</numberValue></value>"
    local action = "<actionCalls><actionName>addCredentials</actionName>%s</actionCalls>"
    local lua = assert(convert(action:format "" .. "<start><filters>"
      .. "<field>Amount__c</field><operator>EqualTo</operator>" .. value .. "</filters></start>"))
    assert.equal("true", select(2, load_flow(lua):explain { Amount__c = "1234567890123.45" }))
    lua = assert(convert(action:format("<inputParameters><name>name</name>" .. value
      .. "</inputParameters>")))
    assert.truthy(lua:find('name = "1234567890123.45"', 1, true), lua)
  end)

  it("names what it cannot carry over", function()
    local assigned = "<assignments><assignmentItems><assignToReference>c.%s</assignToReference>"
      .. "<operator>Assign</operator><value>%s</value></assignmentItems></assignments>"
    local function reference(name)
      return "<elementReference>" .. name .. "</elementReference>"
    end
    for text, body in pairs {
      ["loops Each"] = "<loops><name>Each</name></loops>",
      ["action emailSimple"] = "<actionCalls><actionName>emailSimple</actionName></actionCalls>",
      ["no action whose name speaks of credentials"] = "",
      ["c.name: person is known only to the Flow"] = assigned:format("name", reference "person"),
      ["c.email: there is no function HYPERLINK( ) here"] = "<formulas><name>Mail</name>"
        .. "<expression>HYPERLINK({!$Record.Email})</expression></formulas>"
        .. assigned:format("email", reference "Mail"),
      ["c.other is set"] = assigned:format("other", "<stringValue>x</stringValue>"),
      ["Update Records sets ?, which is no part"] = "<recordUpdates><inputAssignments><value>"
        .. reference "c.verificationLink" .. "</value></inputAssignments></recordUpdates>",
      ["recordTriggerType Delete"] =
        "<start><recordTriggerType>Delete</recordTriggerType></start>",
      ["triggerType Scheduled"] = "<start><triggerType>Scheduled</triggerType></start>",
      ["filters: condition 1: the Start element has no operator WasSet"] = "<start><filters>"
        .. "<field>A</field><operator>WasSet</operator></filters></start>",
      ["filter on A: its value limit is known only to the Flow"] = "<start><filters>"
        .. "<field>A</field><operator>EqualTo</operator><value>" .. reference "limit"
        .. "</value></filters></start>",
      ["filterFormula: there is no function REGEX( ) here"] =
        "<start><filterFormula>REGEX(A, 'x')</filterFormula></start>",
    } do
      local lua = assert(convert(body))
      assert.truthy(lua:find("--   " .. text, 1, true), lua)
    end
  end)

  it("does not run in circles", function()
    local lua = convert("<formulas><name>A</name><expression>B &amp; 1</expression></formulas>"
      .. "<formulas><name>B</name><expression>A &amp; 1</expression></formulas><assignments>"
      .. "<assignmentItems><assignToReference>name</assignToReference><operator>Assign</operator>"
      .. "<value><elementReference>A</elementReference></value></assignmentItems></assignments>")
    assert.is_string(lua)
  end)

  for text, source in pairs {
    ["line 1 is not XML"] = "no", ["holds a Layout, not a Flow"] = "<Layout/>",
    ["declares a document type"] = "<!DOCTYPE x [<!ENTITY a 'b'>]><Flow>&a;</Flow>",
    ["is nested too deeply"] = ("<a>"):rep(200), ["is not XML"] = "<Flow>",
  } do
    it("is not made of what " .. text, function()
      local lua, message = flow_import.convert(source)
      assert.is_nil(lua)
      assert.truthy(message:find(text, 1, true), message)
    end)
  end
end)
