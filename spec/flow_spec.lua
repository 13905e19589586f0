--- A flow's declaration: what is right, and how mistakes are told.

local sertifier = require "sertifier"
local files = require "spec.support.files"
local nearest = require "sertifier.nearest"

local function mistakes(declaration)
  local ok, message = pcall(function()
    local flow = sertifier.flow(declaration)
    return flow
  end)
  return ok and "" or message
end

describe("flow", function()
  it("needs nothing but a campaign", function()
    assert.is_true(sertifier.is_flow(sertifier.flow { campaign = "campaign-1" }))
    assert.is_false(sertifier.is_flow {})
  end)

  local cases = {
    { { }, "campaign: missing; its ID stands in Sertifier under Advanced > Integrations" },
    { { campaign = "x" }, 'campaign: "x" is not a campaign\'s ID' },
    { { campaign = 7 }, "campaign: string, table or function expected, got number" },
    { { campaign = "campaign-1", campain = "x" },
      "campain: a flow has no such property; did you mean campaign?" },
    { { campaign = "campaign-1", zzzzzzzz = 1 }, "zzzzzzzz: a flow has no such property" },
    { { campaign = "campaign-1", map = "x" }, "map: table expected, got string" },
    { { campaign = "campaign-1", map = { name = "{!x}", nmae = "y" } },
      "map.nmae: a credential has no such field; did you mean name?" },
    { { campaign = "campaign-1", map = {} }, "map.name: missing; every credential needs a name" },
    { { campaign = "campaign-1", map = { name = 3 } }, "map.name: string or function expected, got number" },
    { { campaign = "campaign-1", map = { name = "{!x}", email = "Email" } },
      'map.email: "Email" is not an e-mail address; did you mean {!Email}?' },
    { { campaign = "campaign-1", map = { name = "{!x}", email = "{Contact.Email}" } },
      'map.email: "{Contact.Email}" is not an e-mail address; did you mean {!Contact.Email}?' },
    { { campaign = "campaign-1", map = { name = "{!x}", issueDate = "2024-02-30" } },
      'map.issueDate: "2024-02-30" is not a date (YYYY-MM-DD)' },
    { { campaign = "campaign-1", map = { name = "{!x}", dontSendEmail = "perhaps not" } },
      'map.dontSendEmail: "perhaps not" is neither true nor false' },
    { { campaign = "campaign-1", map = { name = " " } }, "map.name: is empty" },
    { { campaign = "campaign-1", map = { name = "FirstName LastName" } },
      'map.name: "FirstName LastName" names no field: every credential would have it; did you mean '
        .. "{!FirstName} {!LastName}?" },
    { { campaign = "campaign-1", map = { name = "{!x}", externalId = "an id" } },
      'map.externalId: "an id" names no field: every credential would have it' },
    { { campaign = "campaign-1", map = { name = ("x"):rep(256) } },
      "map.name: is longer than 255 characters" },
    { { campaign = "campaign-1", once_per = "Id" },
      'once_per: "Id" names no field: only one record could ever be issued; did you mean {!Id}?' },
    { { campaign = "campaign-1", map = { name = "{!x}", quickPublish = 3 } },
      "map.quickPublish: string, boolean or function expected, got number" },
    { { campaign = "campaign-1", map = { name = "{!LastName" } },
      "map.name: cannot be read\n    {!LastName\n              ^ an operator or } is expected here" },
    { { campaign = "campaign-1", map = { name = "{!UPER(LastName)}" } },
      "map.name: there is no function UPER( ) here; did you mean UPPER( )?\n"
        .. "    {!UPER(LastName)}\n      ^ here" },
    { { campaign = "campaign-1", map = { name = "{!x}", attributes = { a = 7 } } },
      "map.attributes.a: an attribute's ID or title and a template are expected" },
    { { campaign = "campaign-1", map = { name = "{!x}", attributes = "y" } },
      "map.attributes: table expected, got string" },
    { { campaign = "campaign-1", when = "Status__c == 1" },
      "when: cannot be read\n    Status__c == 1\n               ^ a value ('text', 80, TRUE, NULL, "
        .. "2025-01-31, LAST_N_DAYS:30) is expected here" },
    { { campaign = "campaign-1", when = "Done__c > 2024-13-01" },
      "when: cannot be read\n    Done__c > 2024-13-01\n              ^ a value ('text', 80, TRUE, NULL, "
        .. "2025-01-31, LAST_N_DAYS:30) is expected here" },
    { { campaign = "campaign-1", when = "Done__c > 2024-12-01T24:00:00Z" },
      "when: cannot be read\n    Done__c > 2024-12-01T24:00:00Z\n              ^ a value (" },
    { { campaign = "campaign-1", when = { Status__c = {} } },
      "when: Status__c: a text, a number or a boolean is expected, got table" },
    { { campaign = "campaign-1", when = 3 }, "when: string, table or function expected, got number" },
    { { campaign = "campaign-1", write_back = { Link__c = "{!verificationLnk}" } },
      "write_back.Link__c: Sertifier's answer has no verificationLnk; did you mean "
        .. "verificationLink?" },
    { { campaign = "campaign-1", on_issued = "x" }, "on_issued: function expected, got string" },
    { { campaign = "campaign-1", once_per = "{!" },
      "once_per: cannot be read\n    {!\n      ^ a label or a field, a value or a function is "
        .. "expected here" },
    { { campaign = "campaign-1", formula = "Score__c >" },
      "formula: cannot be read\n    Score__c >\n              ^ a field, a value or a function is "
        .. "expected here" },
    { { campaign = "campaign-1", formula = "TRUE", when = "A = 1" },
      "formula: `when` says already which records are wanted" },
    { { campaign = "campaign-1", trigger = "update" },
      'trigger: "update" is none; did you mean updated?' },
    { { campaign = { Course__c = { ["First Aid"] = "x" } } },
      'campaign.First Aid: "x" is not a campaign\'s ID' },
    { { campaign = {} }, "campaign: { Field = { [value] = campaign's ID, … } } is expected" },
    { { campaign = "campaign-1", write_back = { Link__c = "{!UPPER(id)}" } },
      "write_back.Link__c: a formula cannot stand here: UPPER(id)" },
  }
  for _, case in ipairs(cases) do
    it("tells: " .. case[2]:gsub("\n.*", ""), function()
      local message = mistakes(case[1])
      assert.truthy(message:find(case[2], 1, true), message)
      assert.truthy(message:find("^spec/flow_spec.lua:%d+: flow: 1 mistake\n"), message)
    end)
  end

  it("tells all mistakes at once", function()
    local message = mistakes { campain = "x", map = { nmae = "x" }, when = "(" }
    assert.truthy(message:find "flow: 5 mistakes\n")
  end)

  it("tells what the export lacks, with the nearest names, before anything is done", function()
    local path = files.write("Id,First,Email,Email\nx,y,z,z\n", ".csv")
    local flow = sertifier.flow { campaign = "campaign-1", when = "Emial = 'x'" }
    local result, message, code = flow:check { export = path }
    assert.same({ nil, path .. ":1: the flow reads fields that the export lacks: Emial (did you mean "
      .. "Email?), FirstName, LastName", "export" }, { result, message, code })
    flow = sertifier.flow { campaign = "campaign-1", map = { name = "{!Email}" } }
    assert.equal(path .. ":1: the export has more than one column of this name; say which one, "
      .. "as in {!'Name'#2}: Email",
      select(2, flow:check { export = path }))
    files.remove()
  end)

  it("finds columns whatever their case", function()
    local path = files.write("ID,FIRSTNAME,LASTNAME,EMAIL\n0035g000006BKP7,A,B,a@b.co\n", ".csv")
    local findings = assert(sertifier.flow { campaign = "campaign-1" }:check { export = path })
    assert.equal(1, findings.would_issue)
    files.remove()
  end)

  it("checks the options of a run at the caller's line", function()
    local flow = sertifier.flow { campaign = "campaign-1" }
    for text, options in pairs {
      ["exprt: no such option; did you mean export?"] = { exprt = "x" },
      ["export: a path or an iterator is expected"] = {},
      ["batch_size: a number above 0 is expected"] = { export = "x", batch_size = 0 },
      ["limit: number expected, got string"] = { export = "x", limit = "3" },
      ["ledger: string or table expected, got boolean"] = { export = "x", ledger = true },
      ["limit: a whole number is expected"] = { export = "x", limit = 1.5 },
      ["export: got a table"] = { export = {} },
      ['first_run: "issue" or "remember" is expected'] = { export = "x", first_run = "all" },
      ['format: "xls" is none of bulk'] = { export = "x", format = "xls" },
      ["date_order: dmy, mdy or ymd is expected"] = { export = "x", date_order = "ydm" },
      ["decimal: a comma or a point is expected"] = { export = "x", decimal = ";" },
      ["delimiter: one character, or its name, is expected"] = { export = "x", delimiter = "two" },
    } do
      local ok, message = pcall(function() local r = flow:run(options) return r end)
      assert.is_false(ok)
      assert.truthy(message:find("^spec/flow_spec.lua:%d+: " .. text:gsub("%p", "%%%0")), message)
    end
  end)

  it("finds the nearest name", function()
    local names = { "campaign", "name", "email", "externalId" }
    for wrong, right in pairs { campain = "campaign", Email = "email", nmae = "name",
      external_id = "externalId", emial = "email" } do
      assert.equal(right, nearest(wrong, names))
    end
    assert.is_nil(nearest("zebra", names))
  end)
end)
