--- The records that were not issued: in the export's form, with the reasons behind.

local commands = require "spec.support.command"
local core = require "sertifier.core"
local files = require "spec.support.files"
local running = require "spec.support.running"
local sandbox = require "spec.support.sandbox"

local ledger, rejects

local function issue(export, more, options)
  local given = { export = export, client = sandbox.client(), ledger = ledger, rejects = rejects }
  for name, value in pairs(options or {}) do given[name] = value end
  local summary, message, code = running.flow(more):run(given)
  given.client:close()
  return summary, message, code
end

--- An export's text; %1 to %9 are contacts' Ids.
local function export_of(text)
  return files.write((text:gsub("%%(%d)", function(n) return sandbox.id(tonumber(n)) end)), ".csv")
end

local function rows()
  return (files.read(rejects):gsub("0035g000000000%d%d*(%d)AAA", "%%%1"):gsub("0035g0*(%d)", "%%%1"))
end

local behind = '"sertifier__Outcome","sertifier__Reason"\n'

describe("rejects", function()
  before_each(function() ledger, rejects = files.path(".db"), files.path(".csv") end)
  after_each(sandbox.stop)

  it("are rows as they stand, with outcome and reason; corrected, they are issued", function()
    sandbox.start()
    local path = export_of('\239\187\191"Id";"FirstName";"LastName";"Email";"Note"\r\n'
      .. '%1;Ann;Lee;ann@example.com;"a;""b""\nc"\r\n%2;"Bo; B";Lee;;"x;""y"""\r\n%3;A;B;c@example.com\r\n')
    local summary = assert(issue(path))
    assert.same({ read = 3, issued = 1, invalid = 2 }, sandbox.counts(summary))
    assert.equal(2, summary.rejects)
    assert.equal('\239\187\191"Id";"FirstName";"LastName";"Email";"Note";'
      .. behind:gsub(",", ";")
      .. '%2;"Bo; B";Lee;;"x;""y""";"invalid";"email (from Email) is empty"\n'
      .. '%3;A;B;c@example.com;"invalid";"has 4 cells where the header has 5"\n', rows())
    local corrected = files.read(rejects):gsub("Lee;;", "Lee;bo@example.com;")
    path, rejects = files.write(corrected, ".csv"), files.path ".csv"
    summary = assert(issue(path))
    assert.same({ read = 2, issued = 1, invalid = 1 }, sandbox.counts(summary))
    -- The old reasons are gone from the new file.
    assert.equal(1, select(2, files.read(rejects):gsub("sertifier__Outcome", "")))
    assert.truthy(rows():find('%3;A;B;c@example.com;"invalid"', 1, true))
    assert.same({ 1, 1, 2 }, { sandbox.most() })
  end)

  it("hold what was rejected, what is in doubt, and its twins", function()
    sandbox.start { server_error_every = 1, server_error = "after" }
    local path = export_of "Id,FirstName,LastName,Email\n%1,A,B,a@example.com\n%1,A,B,a@example.com\n"
    issue(path, nil, { batch_size = 1 })
    assert.truthy(rows():find('%1,A,B,a@example.com,"in_doubt","', 1, true), rows())
    assert.truthy(rows():find('%1,A,B,a@example.com,"in_doubt","the same record as line 2"', 1, true))
  end)

  it("are complete where a run stops", function()
    sandbox.start { key_error = "403" }
    local summary = issue(sandbox.export(3000), nil, { batch_size = 5,
      client = sandbox.client { key_file = sandbox.key_file "wrong" } })
    assert.equal(3000, summary.not_attempted)
    local text = files.read(rejects)
    assert.equal(3001, select(2, text:gsub("\n", "")))
    assert.equal(3000, select(2, text:gsub('"not_attempted","[^"\n]*Settings > API', "")))
    assert.equal(0, select(2, text:gsub("\n%d+,[^\n]*,\n", "")))
  end)

  it("tell what a limit leaves, and nothing is left beside the file", function()
    sandbox.start()
    assert(issue(sandbox.export(3), nil, { limit = 2 }))
    assert.equal("Id,FirstName,LastName,Email," .. behind .. "%3,Ann,Lee 3,ann3@example.com,"
      .. '"not_attempted","beyond the run\'s limit"\n', rows())
    assert(issue(sandbox.export(3)))
    assert.equal("Id,FirstName,LastName,Email," .. behind, rows())
    assert.is_nil(core.file_id(("%s.%d.part"):format(rejects, core.pid())))
  end)

  it("name the line of a row that cannot be taken apart", function()
    sandbox.start()
    assert(issue(export_of 'Id,FirstName,LastName,Email\n%1,A,"B"x,a@example.com\n'))
    assert.truthy(rows():find('\n,,,,"invalid","line 2: [^"]+"\n'), rows())
  end)

  it("come from hooks, too", function()
    sandbox.start()
    local path = export_of("Id,FirstName,LastName,Email\n%1,A,B,a@example.com\n"
      .. "%2,C,D,c@example.com\n%3,E,F,e@example.com\n")
    assert(issue(path, { before_issue = function(credential)
      if credential.name == "A B" then return nil, "not this one" end
      credential.email = ""
      return credential
    end }, { limit = 1 }))
    assert.truthy(rows():find('%1,A,B,a@example.com,"invalid","before_issue: not this one"', 1, true))
    assert.truthy(rows():find('%3,E,F,e@example.com,"not_attempted","', 1, true), rows())
    rejects = files.path ".csv"
    issue(path, { when = function(record) return record.LastName == "B" or error "no" end },
      { limit = 1 })
    assert.truthy(rows():find('%2,C,D,c@example.com,"not_attempted","', 1, true), rows())
  end)

  it("of JSON are CSV with the fields that the flow reads", function()
    sandbox.start()
    local path = files.write('[{"Id":"' .. sandbox.id(1) .. '","FirstName":"A, \\"B\\"","LastName":"C",'
      .. '"Email":null,"Account":{"Name":"X"},"Other":1}]', ".json")
    assert(issue(path, { when = "Account.Name = 'X'" }))
    assert.equal("Account.Name,FirstName,LastName,Email,Id," .. behind
      .. 'X,"A, ""B""",C,,%1,"invalid","email (from Email) is empty"\n', rows())
    local again = files.write(files.read(rejects):gsub(",C,,", ",C,a@example.com,"), ".csv")
    local summary = assert(issue(again, { when = "Account.Name = 'X'" }, { rejects = files.path() }))
    assert.same({ read = 1, issued = 1 }, sandbox.counts(summary))
  end)

  it("are told by the command, and refused where they would be written over something", function()
    local environment, export = commands.environment(sandbox.start()), sandbox.export(2)
    local function run(...)
      return commands.run({ "issue", export, "--campaign", sandbox.campaign, "--ledger", ledger,
        ... }, environment)
    end
    local status, _, err = run("--rejects", rejects, "--limit", "1")
    assert.equal(4, status)
    assert.truthy(err:find(("\nrejects: %s (1 record)\n"):format(rejects), 1, true), err)
    for _, words in ipairs { { "--rejects", export }, { "--rejects", ledger },
      { "--rejects", rejects, "--write-back", rejects } } do
      local code, _, said = run((table.unpack or unpack)(words))
      assert.equal(1, code)
      assert.truthy(said:find "name another file for the rejects", said)
    end
  end)
end)
