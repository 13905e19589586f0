--- What `sertifier init` proposes for an export, and the flow file that it writes.

local files = require "spec.support.files"
local proposal = require "sertifier.proposal"
local sertifier = require "sertifier"
local written = require "sertifier.proposal.text"

local function propose(text)
  return proposal.make(files.write(text, ".csv"))
end

--- The flow file as its reader loads it.
local function loaded(proposed)
  local text = written.lua(proposed, "campaign-1", "flow.lua")
  return assert((loadstring or load)(text))(), text
end

describe("a proposal", function()
  after_each(files.remove)

  it("finds what the example export has", function()
    local proposed = assert(proposal.make "examples/contacts.csv")
    assert.same({ name = "{!FirstName} {!LastName}", email = "{!Email}", externalId = "{!Id}",
      issueDate = "{!Completed_On__c}" }, proposed.map)
    assert.same({ "Contact", "Issue_Credential__c = TRUE" }, { proposed.object, proposed.when })
    local flow, text = loaded(proposed)
    assert.truthy(text:find("--   Status__c: Certified, Failed, In Progress\n", 1, true), text)
    local findings = assert(flow:check { export = "examples/contacts.csv" })
    assert.same({ 360, 6 }, { findings.read, findings.invalid })
  end)

  it("takes the columns of other objects and cases", function()
    local proposed = assert(propose "ID,NAME,PERSONEMAIL\n0015g00000037ijAAA,Ann Lee,a@b.example\n")
    assert.same({ name = "{!NAME}", email = "{!PERSONEMAIL}", externalId = "{!ID}" }, proposed.map)
    assert.same({ "Account", nil }, { proposed.object, proposed.when })
    assert.equal(1, loaded(proposed):check {
      export = files.write("Id,Name,PersonEmail\n0015g00000037ijAAA,A,a@b.example\n") }.would_issue)
  end)

  it("takes the fields of an export in JSON, which has no header", function()
    local row = '{"attributes":{"type":"Contact"},"Id":"0035g000006BKP7AAO","FirstName":null,'
      .. '"LastName":"Lee","Email":"a@b.example","Issue_Credential__c":true,"Score__c":80.5,'
      .. '"Account":{"Name":"x"},"Completed_On__c":"2024-05-30"}'
    local later = row:gsub("null", '"Ann","Title":"Dr"')
    for _, text in ipairs { "[" .. row .. "," .. later .. "]", row .. "\n" .. later .. "\n",
      '{"totalSize":2,"done":true,"records":[' .. row .. "," .. later .. "]}" } do
      local path = files.write(text, ".json")
      local proposed = assert(proposal.make(path))
      assert.same({ name = "{!FirstName} {!LastName}", email = "{!Email}", externalId = "{!Id}",
        issueDate = "{!Completed_On__c}" }, proposed.map)
      assert.same({ "Contact", "Issue_Credential__c = TRUE" }, { proposed.object, proposed.when })
      assert.equal(2, assert(loaded(proposed):check { export = path }).would_issue)
    end
  end)

  it("names what no column looks like", function()
    local proposed = assert(propose "Id,Subject\n5005g00000037ij,Help\n")
    assert.same({ externalId = "{!Id}" }, proposed.map)
    local text = written.lua(proposed, "campaign-1", "flow.lua")
    assert.truthy(text:find('-- name = "{!...}", -- no column looks like it', 1, true))
    assert.falsy(pcall(loadstring or load, text) and pcall((loadstring or load)(text)))
  end)

  it("shows nothing that names a person", function()
    local rows = { "Id,FirstName,LastName,Email,Boss" }
    for n = 1, 100 do
      rows[#rows + 1] = ("0035g%010d,Ann,Lee,ann@example.com,boss@example.com"):format(n)
    end
    assert.same({}, propose(table.concat(rows, "\n") .. "\n").choices)
  end)

  it("says what is wrong with an export", function()
    local nothing = files.path ".csv"
    assert.same({ nil, nothing .. ": No such file or directory", "export" },
      { proposal.make(nothing) })
    assert.truthy(sertifier.is_flow(loaded(assert(propose "Name,Email\nA,a@b.example\n"))))
  end)
end)
