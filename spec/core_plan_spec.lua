--- The native plan: conditions, templates, types, and the JSON that comes out.

local core = require "sertifier.core"
local checked = require "spec.support.checked"
local sertifier = require "sertifier"
local files = require "spec.support.files"

local id = "0035g000006BKP7AAO"

--- One record with these cells beside a sound Id, LastName and Email.
local function one(declaration, columns, cells)
  local header = "Id,FirstName,LastName,Email" .. (columns and "," .. columns or "")
  local row = id .. ",Ann,Lee,ann@example.com" .. (cells and "," .. cells or "")
  return assert(checked(declaration, header .. "\n" .. row .. "\n"))[1]
end

describe("plan", function()
  local conditions = {
    -- condition, cell of X__c, whether it holds (nil: the record is invalid)
    { "X__c = 'Certified'", "Certified", true },
    { "X__c = 'certified'", "CERTIFIED", true },
    { "X__c = 'Certified'", "Certifie", false },
    { "X__c = 'Certified'", "", false },
    { "X__c != 'Certified'", "", true },
    { "X__c <> 'Certified'", "Failed", true },
    { "X__c < 'b'", "Apple", true },
    { "X__c >= 'b'", "Apple", false },
    { "X__c = TRUE", "true", true },
    { "X__c = TRUE", "1", true },
    { "X__c = TRUE", "FALSE", false },
    { "X__c = TRUE", "", false },
    { "X__c = TRUE", "maybe" },
    { "X__c = FALSE", "0", true },
    { "X__c = 80", "80.0", true },
    { "X__c = 80", "8.0E1", true },
    { "X__c > 80", "80", false },
    { "X__c >= 80", "80", true },
    { "X__c < -1.5", "-2", true },
    { "X__c > 80", "", false },
    { "X__c > 80", "n/a" },
    { "X__c > 80", "0x60" },
    { "X__c > 80", "inf" },
    { "X__c = 0.1", "0.10", true },
    { "X__c = 2024-02-29", "2024-02-29", true },
    { "X__c = 2024-02-29", "2024-02-29T23:59:59.000Z", true },
    { "X__c > 2024-02-28", "2024-02-29", true },
    { "X__c > 2024-02-28T12:00:00Z", "2024-02-28T13:00:00.000+0000", true },
    { "X__c > 2024-02-28T12:00:00Z", "2024-02-28T13:00:00+02:00", false },
    { "X__c = 2024-02-29", "2023-02-29" },
    { "X__c = 2024-02-29", "29/02/24" },
    { "X__c = NULL", "", true },
    { "X__c = NULL", "x", false },
    { "X__c != null", "x", true },
    { "NOT X__c = 'a'", "b", true },
    { "X__c = 'a' OR X__c = 'b'", "b", true },
    { "X__c = 'a' AND LastName = 'Lee'", "a", true },
    { "X__c = 'a' AND (LastName = 'Ray' OR Email != NULL)", "a", true },
    { "(X__c = 'a')", "a", true },
    -- What cannot be read matters only where it decides.
    { "X__c > 80 AND LastName = 'Ray'", "n/a", false },
    { "X__c > 80 OR LastName = 'Lee'", "n/a", true },
    { "X__c > 80 AND LastName = 'Lee'", "n/a" },
  }
  for _, case in ipairs(conditions) do
    it(("%s with %q"):format(case[1], case[2]), function()
      local outcome = one({ when = case[1] }, "X__c", case[2])[2]
      assert.equal(case[3] == nil and "invalid" or case[3] and "would_issue" or "skipped", outcome)
    end)
  end

  it("takes a table of values, of which all must hold", function()
    local when = { X__c = "Certified", LastName = "lee", Y__c = true, Z__c = 3, W__c = "" }
    assert.equal("would_issue", one({ when = when }, "X__c,Y__c,Z__c,W__c", "Certified,1,3.0,")[2])
    assert.equal("skipped", one({ when = when }, "X__c,Y__c,Z__c,W__c", "Certified,1,3.0,x")[2])
  end)

  it("compares Ids with their case, in either length", function()
    assert.equal("would_issue", one({ when = "Id = '0035g000006BKP7'" })[2])
    assert.equal("skipped", one({ when = "Id = '0035g000006BKp7'" })[2])
  end)

  local emails = {
    ["ann@example.com"] = true, ["o'hara+x@mail.example.org"] = true, ["zoë@exämple.com"] = true,
    ["ann"] = false, ["@example.com"] = false, ["ann@"] = false, ["ann@example"] = false,
    ["ann@@example.com"] = false, ["a@b@example.com"] = false, ["ann@.com"] = false,
    ["ann@example."] = false, ["ann@example..com"] = false, [".ann@example.com"] = false,
    ["a b@example.com"] = false, ["<ann@example.com>"] = false, ["ann@example.com;"] = false,
    ["ann.@example.com"] = false, ["@"] = false, [("x"):rep(64) .. "@example.com"] = true,
    [("x"):rep(65) .. "@example.com"] = false, ["a@" .. ("b."):rep(130) .. "c"] = false,
  }
  for address, sound in pairs(emails) do
    it(("%s the address %s"):format(sound and "takes" or "refuses", address:sub(1, 40)), function()
      local result = one({ map = { name = "{!LastName}", email = "{!X__c}" } }, "X__c", address)
      assert.equal(sound and "would_issue" or "invalid", result[2])
      if not sound then
        assert.same({ "email (from X__c) is not an e-mail address" }, result[3])
      end
    end)
  end

  local dates = {
    { "2024-05-30", "2024-05-30" }, { "2024-05-30T23:30:00.000Z", "2024-05-30" },
    { "2024-05-30T23:30:00.000+0000", "2024-05-30" }, { "2024-05-30 09:30:00", "2024-05-30" },
    { "2024-05-30T23:30:00-01:00", "2024-05-31" }, { "2024-01-01T00:30:00+01:00", "2023-12-31" },
    { "2024-03-01T00:00:00+00:01", "2024-02-29" }, { "0001-01-01", "0001-01-01" },
    { "", nil }, { "2024-13-01" , false }, { "2024-02-30", false }, { "2023-02-29", false },
    { "2024-2-3", "2024-02-03" }, { "30.05.2024", "2024-05-30" }, { "30.05.24", false },
    { "2024-2-30", false }, { "30/5-2024", false }, { "2024-05-30x", false },
    { "2024-05-30T24:00:00Z", false }, { "2024-05-30T10:00Z", false }, { "0000-01-01", false },
    { "9999-12-31T23:00:00-02:00", false }, { "2024-05-30T10:00:00+2:00", false },
  }
  for _, case in ipairs(dates) do
    it("makes a date of " .. case[1], function()
      local map = { name = "{!LastName}", email = "{!Email}", issueDate = "{!X__c}" }
      local result = one({ map = map }, "X__c", case[1])
      if case[2] == false then
        assert.same({ 2, "invalid", { "issueDate (from X__c) is not a date (YYYY-MM-DD)" } },
          result)
      else
        assert.equal(case[2], result[3].issueDate)
      end
    end)
  end

  local ids = {
    { "0035g000006BKP7", "0035g000006BKP7AAO" }, { "0035g000006BKP7AAO", "0035g000006BKP7AAO" },
    { "0035G000006BKP7AAO", "0035g000006BKP7AAO" }, { "0035g000006bkp7aao", "0035g000006BKP7AAO" },
    { "0035g000006BKP7AAB" }, { "0035g000006BKp7AAO" }, { "0035g000006BKP" },
    { "0035g000006BKP7A" },
    { "0035g00000-BKP7AAO" }, { "0015g000006BKP7" }, { "003 g000006BKP7" },
  }
  for _, case in ipairs(ids) do
    it("makes an Id of " .. case[1], function()
      local result = assert(checked({ object = "Contact" },
        "Id,FirstName,LastName,Email\n" .. case[1] .. ",Ann,Lee,ann@example.com\n"))[1]
      if case[2] then
        assert.equal(case[2], result[3].externalId)
      else
        assert.same({ "Id is not a Salesforce Id of the flow's object" }, result[3])
      end
    end)
  end

  local templates = {
    { "{!FirstName} {!LastName}", "Ann", "Lee", "Ann Lee" },
    { "{!$Record.FirstName} {!$Record.LastName}", "", "Lee", "Lee" },
    { "{!FirstName} {!LastName}", "Ann", "", "Ann" },
    { "Dr. {!FirstName} {!LastName}", "", "Lee", "Dr. Lee" },
    { "{!FirstName} of {!LastName}", " Ann  B ", "Lee", "Ann  B  of Lee" },
    { "{! LastName },{!firstname}", "Ann", "Lee", "Lee,Ann" },
    { "{!Contact.LastName}", "Ann", "Lee", "Lee" },
    { '"{!LastName}" \\ /', "Ann", "Lee", '"Lee" \\ /' },
    { "{!LastName}", "Ann", "a\tb", "a\tb" },
    { "{!LastName} {!FirstName}", "", "王小明", "王小明" },
  }
  for _, case in ipairs(templates) do
    it(("fills %s"):format(case[1]), function()
      local text = ('Id,FirstName,LastName,Email\n%s,"%s","%s",ann@example.com\n')
        :format(id, case[2], case[3])
      local map = { name = case[1], email = "{!Email}" }
      assert.equal(case[4], assert(checked({ map = map, object = "Contact" }, text))[1][3].name)
    end)
  end

  it("sends fields in the guide's order, and leaves out what is empty", function()
    local path = files.write("Id,LastName,Email,A__c,B__c,C__c\n"
      .. id .. ",Lee,ann@example.com,2024-01-31,,x\n" .. id .. ",Ray,ray@example.com,,y,\n")
    local bodies = files.path()
    local file = assert(io.open(bodies, "w"))
    assert(sertifier.flow { campaign = "campaign-1", map = { name = "{!LastName}",
      email = "{!Email}", externalId = "{!Id}", quickPublish = true,
      issueDate = "{!A__c}", dontSendEmail = false,
      attributes = { ["attribute-1"] = "{!B__c}", ["attribute-2"] = "{!C__c}" } } }
      :check { export = path, bodies = file })
    file:close()
    assert.equal('{"credentials":[{"campaignId":"campaign-1","name":"Lee",'
      .. '"email":"ann@example.com","externalId":"0035g000006BKP7AAO","quickPublish":true,'
      .. '"issueDate":"2024-01-31",'
      .. '"dontSendEmail":false,"attributes":[{"id":"attribute-2","value":"x"}]},'
      .. '{"campaignId":"campaign-1","name":"Ray","email":"ray@example.com",'
      .. '"externalId":"0035g000006BKP7AAO","quickPublish":true,"dontSendEmail":false,'
      .. '"attributes":[{"id":"attribute-1","value":"y"}]}]}\n', files.read(bodies))
    files.remove()
  end)

  it("escapes what JSON wants escaped, and nothing else", function()
    local text = 'Id,LastName,Email\n' .. id .. ',"a""\\/\b\f\n\r\t\1\31\127é€😀",ann@example.com\n'
    local path, bodies = files.write(text), files.path()
    local file = assert(io.open(bodies, "w"))
    sertifier.flow { campaign = "campaign-1", map = { name = "{!LastName}", email = "{!Email}" } }
      :check { export = path, bodies = file }
    file:close()
    assert.equal('{"credentials":[{"campaignId":"campaign-1","name":"a\\"\\\\/\\b\\f\\n\\r\\t'
      .. '\\u0001\\u001f\127é€😀","email":"ann@example.com"}]}\n', files.read(bodies))
    files.remove()
  end)

  it("writes into no file that is closed", function()
    local path = files.write(("Id,FirstName,LastName,Email\n%s,Ann,Lee,a@example.com\n"):format(id))
    local closed = assert(io.open(files.path(), "w"))
    closed:close()
    assert.error_matches(function()
      sertifier.flow { campaign = "campaign-1" }:check { export = path, bodies = closed }
    end, "bodies: an open file is expected")
    assert.error_matches(function() core.sync(closed) end, "the file is closed")
    files.remove()
  end)

  it("needs the functions whose cells it has", function()
    local description = { columns = { 0 }, steps = {}, functions = { 1 }, fields = {
      { label = "a", before = "{", type = "t", required = true, parts = { { type = "c", cell = 1 } } } } }
    assert.error_matches(function() core.plan(description) end, "table expected")
    description.calls = { print }
    assert.error_matches(function() core.plan(description) end, "table expected")
    description.mends = { print }
    assert.truthy(core.plan(description))
  end)

  it("takes booleans from cells", function()
    local map = { name = "{!LastName}", email = "{!Email}", quickPublish = "{!X__c}" }
    assert.equal(true, one({ map = map }, "X__c", "1")[3].quickPublish)
    assert.equal(false, one({ map = map }, "X__c", "false")[3].quickPublish)
    assert.equal(nil, one({ map = map }, "X__c", "")[3].quickPublish)
    assert.same({ "quickPublish (from X__c) is neither true nor false" },
      one({ map = map }, "X__c", "so so")[3])
  end)

  it("reads a cell with quotes in it as text, number, date and Id, however long it is", function()
    local long = ("x"):rep(2000000)
    local map = { name = "{!LastName}", email = "{!Email}",
      attributes = { a = "{!X__c}", b = "{!LastName}" } }
    local when = "X__c > 5 OR X__c < 2024-01-01 OR X__c = 'x' OR LastName = 'Lee'"
    local issued = one({ map = map, when = when }, "X__c", '"a""' .. long .. '"')
    assert.equal('a"' .. long, issued[3].attributes[1].value)
    assert.equal("Lee", issued[3].attributes[2].value)
  end)

  it("takes the campaign from a cell, if it is an ID", function()
    assert.equal("campaign-7", one({ campaign = "{!X__c}" }, "X__c", "campaign-7")[3].campaignId)
    assert.same({ "campaign (from X__c) is not a campaign's ID" },
      one({ campaign = "{!X__c}" }, "X__c", "none!")[3])
    assert.same({ "campaign (from X__c) is empty" }, one({ campaign = "{!X__c}" }, "X__c", "")[3])
  end)

  it("names every problem of a record", function()
    assert.same({ { 2, "invalid", { "name (from FirstName, LastName) is empty",
      "email (from Email) is empty", "Id is not a Salesforce Id" } } },
      (assert(checked({}, "Id,FirstName,LastName,Email\nx,, ,\n"))))
  end)

  it("tells invalid UTF-8 in whatever cell it reads", function()
    local function read(when, cell)
      return one({ when = when, once_per = "{!X__c}" }, "X__c", cell)
    end
    assert.same({ 2, "invalid", { "once_per (from X__c) holds bytes that are not valid UTF-8",
      "byte 80 of the file is 0xE9, which is not UTF-8; likely windows-1252: say --encoding" } },
      read(nil, "caf\233"))
    assert.same("X__c holds bytes that are not valid UTF-8",
      read("X__c = 'x'", "\237\160\128")[3][1])
  end)
end)
