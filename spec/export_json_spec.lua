--- Exports in JSON and XML as each of Salesforce's tools writes them; the people are invented.

local check = require "spec.support.exported"
local events = require "sertifier.export.events"
local files = require "spec.support.files"

local ids = { "003Qz000004TmAaIAK", "003Qz000004TmAbIAK" }
local map = { name = "{!LastName} {!N__c}", email = "{!Email}", externalId = "{!Id}" }

local function fill(text)
  return (text:gsub("ID(%d)", function(n) return ids[tonumber(n)] end))
end

local function names(found)
  local list = {}
  for i, body in ipairs(found.bodies) do list[i] = body.name or body.what and body.what[1] or
    body.outcome end
  return list
end

local records = fill [[
{"attributes":{"type":"Contact","url":"/x/ID1"},"Id":"ID1","LastName":"Muster",
 "Email":"ada@example.com","N__c":1719876940980994049},
{"attributes":{"type":"Contact","url":"/x/ID2"},"Id":"ID2","LastName":"{Zo\u00e9]\"",
 "Email":"zoe@example.com","N__c":null}]]

local flat = fill [[
{"Id":"ID1","LastName":"Muster","Email":"ada@example.com","N__c":"1719876940980994049"},
{"Id":"ID2","LastName":"{Zoé]\"","Email":"zoe@example.com","N__c":""}]]

describe("an export in JSON", function()
  after_each(files.remove)

  local written = {
    { "the REST API", '{"totalSize":2,"done":true,"records":[' .. records .. "]}",
      "REST query JSON, UTF-8" },
    { "the REST API, in pages", '{"totalSize":2,"done":false,"nextRecordsUrl":"/x","records":['
      .. records:match "^(.-),\n{" .. ']}\n{"records":[' .. records:match ",\n({.*)$"
      .. '],"done":true,"totalSize":2}', "REST query JSON, UTF-8" },
    { "the REST API, in pages of which only the first stands in one line",
      '{"totalSize":2,"done":false,"records":[' .. records:match "^(.-),\n{":gsub("\n", "")
      .. ']}\n{"records":[' .. records:match ",\n({.*)$" .. '],"done":true,"totalSize":2}',
      "REST query JSON, UTF-8" },
    { "sf --json", '{"status":0,"result":{"records":[' .. records
      .. '],"totalSize":2,"done":true},"warnings":[]}', "sf data query JSON, UTF-8" },
    { "sf data export bulk", "[" .. flat .. "]\n", "Bulk JSON array, UTF-8" },
    { "a program, in lines", (flat:gsub("},\n", "}\n")) .. "\n", "JSON lines, UTF-8" },
    { "a program, with a mark", "\239\187\191[" .. flat .. "]", "Bulk JSON array, UTF-8 with BOM" },
  }
  for _, case in ipairs(written) do
    it("is read as written by " .. case[1], function()
      local found = assert(check(case[2], { ending = ".json", map = map }))
      assert.equal(case[3], found.description)
      assert.same({ "Muster 1719876940980994049", '{Zoé]"' }, names(found))
      assert.same({ ids[1], "ada@example.com" },
        { found.bodies[1].externalId, found.bodies[1].email })
      assert.same({}, found.warnings)
    end)
  end

  it("has fields of parents, which may be null", function()
    local text = fill('[{"Id":"ID1","Account":{"Name":"Acme"}},{"Id":"ID2","Account":null},'
      .. '{"Id":"ID1","Account":"Text"},{"Id":"ID2","Account":7}]')
    local found = assert(check(text, { map = { name = "x{!Account.Name}" } }))
    assert.same({ "xAcme", "x", "x", "x" }, names(found))
  end)

  it("has empty texts for functions and hooks where it has null, as in CSV", function()
    local text = fill('[{"Id":"ID1","A":null,"Account":{"Name":null,"Owner":null}},'
      .. '{"Id":"ID2","A":"x","Account":{"Name":"Acme","Owner":{"Name":"Ann"}}}]')
    local found = assert(check(text, { map = { name = function(record)
      return ("%s|%s|%s"):format(record.A, record.Account.Name,
        record.Account.Owner ~= "" and record.Account.Owner.Name or "")
    end } }))
    assert.same({ "||", "x|Acme|Ann" }, names(found))
  end)

  it("tells a field that no record has, with the nearest", function()
    assert.same({ nil, "the flow reads fields that the export lacks: Emial (did you mean Email?)",
      "export" }, { check("[" .. flat .. "]", { map = { name = "{!Emial}" } }) })
  end)

  it("names a record that is broken, and loses no other", function()
    local lines = flat:gsub("},\n", "}\n")
    local found = assert(check(lines:gsub('"Muster"', '"Muster') .. "\n" .. lines .. "\n",
      { map = map, format = "jsonl" }))
    assert.same({ "is not JSON: the line ends before its record does", '{Zoé]"',
      "Muster 1719876940980994049", '{Zoé]"' }, names(found))
    found = assert(check("[" .. flat:gsub('"Muster"', "Muster") .. ",7]", { map = map }))
    assert.truthy(names(found)[1]:find "^is not JSON: at character %d+$")
    assert.equal("holds something else among its records", names(found)[3])
    found = assert(check("[" .. flat:gsub('"1719876940980994049"', "1-7"):gsub("}$", ""),
      { map = map }))
    assert.same({ "holds a number that is none", "is cut: the export ends inside of it" },
      names(found))
    for _, word in ipairs { "NaN", "nan", "Infinity", "inf" } do -- as other programs write them
      found = assert(check("[" .. flat:gsub('"Muster"', word) .. "]", { map = map }))
      assert.truthy(names(found)[1]:find "^is not JSON: at character %d+$", names(found)[1])
      assert.equal('{Zoé]"', names(found)[2])
    end
  end)

  it("is warned of where pages or records are missing", function()
    local one = fill '{"Id":"ID1","LastName":"M"}'
    local function warnings(text)
      return assert(check(text:gsub("ONE", one), { map = { name = "{!LastName}" } })).warnings
    end
    assert.same({ "its last page says `done: false`: pages are missing; follow its nextRecordsUrl, "
      .. "and add what comes" }, warnings '{"totalSize":5,"done":false,"records":[ONE]}')
    assert.truthy(warnings('{"status":0,"result":{"totalSize":5,"done":true,"records":[ONE]}}')[1]
      :find "^it says that there are 5 records, and holds 1: the query was cut")
    assert.same({ "it ends in the middle: the file may be cut; export it again" },
      warnings '{"records":[ONE,')
  end)

  it("is told from an export tree, which has no Ids", function()
    local text = '{"records":[{"attributes":{"type":"Contact","referenceId":"ContactRef1"},'
      .. '"LastName":"Muster","Cases":{"records":[{"Subject":"x"}]}}]}'
    local found = assert(check(text, { map = { name = "{!LastName}" }, once_per = "{!LastName}" }))
    assert.same({ "sf data export tree JSON, UTF-8", { "Muster" } },
      { found.description, names(found) })
    local sertifier = require "sertifier"
    local flow = sertifier.flow { campaign = "campaign-1", map = { name = "{!LastName}" },
      once_per = "{!LastName}" }
    local path = files.write(text)
    local result, message, code = flow:run { export = path, write_back = files.path(),
      client = { poll = error }, ledger = files.path(".db") }
    assert.same({ nil, path .. ": holds no Ids, as all of `sf data export tree`: links cannot be "
      .. "written back; export it with `sf data query --json`", "export" },
      { result, message, code })
  end)
end)

describe("Change Data Capture", function()
  after_each(files.remove)

  local needs = { name = "{!FirstName} {!LastName}", email = "{!Email}", externalId = "{!Id}",
    attributes = { ["attribute-1"] = "{!MailingCity}" } }

  local function event(header, fields)
    return fill(('{"data":{"schema":"x","payload":{"ChangeEventHeader":{"entityName":"Contact",'
      .. '"recordIds":["ID1"],"commitNumber":1719876940980994049,%s}%s},"event":{"replayId":7}},'
      .. '"channel":"/data/ContactChangeEvent"}\n'):format(header, fields or ""))
  end

  local person = ',"Name":{"FirstName":"Ada","LastName":"Muster"},"Email":"ada@example.com"'

  it("gives a record for each Id", function()
    local text = event('"changeType":"CREATE"', person)
      .. event('"changeType":"UNDELETE"', person .. ',"MailingAddress":{"City":"Ulm"}')
        :gsub('"%w+"%]', '"ID1","ID2"]', 1)
    local found = assert(check(fill(text), { map = needs }))
    assert.equal("Change Data Capture JSON, UTF-8", found.description)
    assert.same({ "Ada Muster", "Ada Muster", "Ada Muster" }, names(found))
    assert.same({ ids[1], ids[1], ids[2] }, { found.bodies[1].externalId,
      found.bodies[2].externalId, found.bodies[3].externalId })
    assert.equal("Ulm", found.bodies[3].attributes[1].value)
  end)

  it("does not take what did not change as cleared", function()
    local update = '"changeType":"UPDATE","changedFields":["LastModifiedDate"%s]'
    local nulls = person .. ',"MailingAddress":null'
    local text = event(update:format "", person) .. event(update:format "", nulls)
      .. event(update:format ',"MailingAddress.City"', nulls)
      .. event(update:format "" .. ',"nulledFields":["MailingAddress.City"]', nulls)
    local missing = "MailingCity is not in the event, which holds what changed: read the record "
      .. "again"
    assert.same({ missing, missing, "Ada Muster", "Ada Muster" },
      names(assert(check(text, { map = needs }))))
  end)

  it("has what it holds beside what changed, be it text, number or checkbox", function()
    local told = { Score__c = 80, Good__c = false, Note__c = "x" }
    local event_ = { ChangeEventHeader = { changeType = "UPDATE", changedFields = { "LastModifiedDate" },
      recordIds = { ids[1] } } }
    for name, value in pairs(told) do event_[name] = value end
    told.Id = ids[1]
    local function once()
      local given = event_
      event_ = nil
      return given
    end
    assert.same({ told }, { events.rows(once, { "Id", "Score__c", "Good__c", "Note__c" })() })
  end)

  it("wants records read again of which it holds no fields, and skips deleted ones", function()
    local text = event '"changeType":"GAP_UPDATE"' .. event '"changeType":"GAP_OVERFLOW"'
      .. event '"changeType":"DELETE"' .. event('"changeType":"CREATE"', person):gsub("ID1", "003*")
      .. event('"changeType":"CREATE"', person):gsub(ids[1], "003*")
    assert.same({ "is a GAP_UPDATE event, without fields: read the record again",
      "is a GAP_OVERFLOW event, without fields: read the record again", "skipped", "Ada Muster",
      "is of many records, not named: read the record again" },
      names(assert(check(text, { map = needs }))))
  end)

  it("takes a field's name that is no text, or a list of parts, for nothing", function()
    local text = event('"changeType":"UPDATE","changedFields":[true,{},["Email"]]', person)
      .. event('"changeType":"UPDATE","changedFields":["Email"]', ',"Name":["Ada"],"Email":"ada@example.com"')
    local found = names(assert(check(text, { map = needs })))
    assert.equal(2, #found)
    for i = 1, 2 do assert.truthy(found[i]:find "is not in the event, which holds what changed", found[i]) end
  end)

  it("is read from the Pub/Sub API's form", function()
    local text = fill('{"replayId":1,"payload":{"ChangeEventHeader":{"recordIds":["ID1"],'
      .. '"changeType":"CREATE"}' .. person .. "}}")
    assert.same({ "Ada Muster" }, names(assert(check(text, { map = needs }))))
  end)
end)

describe("an outbound message", function()
  after_each(files.remove)

  local function message(notifications)
    return fill([[<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>
<notifications xmlns="http://soap.sforce.com/2005/09/outbound"><OrganizationId>00D</OrganizationId>
<SessionId>secret</SessionId>]] .. notifications .. "</notifications></soapenv:Body></soapenv:Envelope>")
  end

  local function notification(id, fields)
    return "<Notification><Id>" .. id .. '</Id><sObject xsi:type="sf:Contact" '
      .. 'xmlns:sf="urn:sobject.enterprise.soap.sforce.com">' .. fields .. "</sObject></Notification>"
  end

  it("is read, each notification once", function()
    local one = notification("04l1", "<sf:Id>003qz000004tmaa</sf:Id><sf:LastName>M &amp; Zoé"
      .. '</sf:LastName><sf:Email>a@example.com</sf:Email><sf:N__c xsi:nil="true"/>')
    local found = assert(check(message(one .. "\n" .. one .. notification("04l2", "<sf:Id>ID2</sf:Id>")),
      { map = map }))
    assert.equal("outbound message XML, UTF-8", found.description)
    assert.same({ "M & Zoé", "skipped", "name (from LastName, N__c) is empty" }, names(found))
    assert.equal("003qz000004tmaaAAA", found.bodies[1].externalId)
  end)

  it("is in the encoding that it declares, or that it is said to be in, or is found to be in", function()
    local function text(declared, e)
      return message(notification("04l1", "<sf:Id>ID1</sf:Id><sf:LastName>Zo" .. e .. "</sf:LastName>"))
        :gsub("UTF%-8", declared)
    end
    local wide = text("UTF-16", "e"):gsub(".", "%0\0")
    for _, case in ipairs { { text("ISO-8859-1", "\233"), nil, "Zoé" }, { wide, nil, "Zoe" },
      { text("ISO-8859-1", "\233"), "iso-8859-1", "Zoé" } } do
      local found = assert(check(case[1], { encoding = case[2], map = { name = "{!LastName}" } }))
      assert.same({ case[3] }, names(found), case[2])
    end
  end)

  it("is refused where it is broken, or declares what it should not", function()
    local _, broken = check(message("<Notification>"), { map = map })
    assert.truthy(broken:find "^line 5 is not XML: ", broken)
    local _, doctype = check('<!DOCTYPE x [<!ENTITY y "z">]>' .. "<x>&y;</x>", { map = map })
    assert.equal("declares a document type, as no message does", doctype)
  end)
end)
