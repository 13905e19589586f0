--- Hooks, mapping functions, attributes by title and campaigns by value, in whole runs.

local files = require "spec.support.files"
local sandbox = require "spec.support.sandbox"
local sertifier = require "sertifier"

local function flow_of(more)
  local declaration = { campaign = sandbox.campaign }
  for name, value in pairs(more or {}) do declaration[name] = value end
  return sertifier.flow(declaration)
end

local function run(flow, options)
  options.client, options.ledger = sandbox.client(), files.path(".db")
  local summary, message, code = flow:run(options)
  options.client:close()
  return summary, message, code
end

--- What the sandbox was sent, by name.
local function credentials()
  local client, by_name = sandbox.client(), {}
  for _, row in ipairs(assert(client:search { startIndex = 0, length = 100 })) do
    by_name[row.name] = row
  end
  client:close()
  return by_name
end

--- What a program prints.
local function output_of(script)
  local pipe = io.popen(("%s %s 2>&1"):format(os.getenv "SPEC_LUA" or "lua5.4",
    files.write(script, ".lua")))
  local text = pipe:read "*a"
  pipe:close()
  return text
end

describe("hooks", function()
  before_each(function() sandbox.start() end)
  after_each(sandbox.stop)

  it("are called in the order of a run, and of the records of a request", function()
    local calls = {}
    local function note(text) calls[#calls + 1] = text end
    local flow = flow_of {
      name = "Course",
      on_start = function(started) note("start " .. started.flow) end,
      before_issue = function(credential, record)
        note("before " .. record.LastName)
        return credential
      end,
      on_issued = function(credential, record)
        note("issued " .. record.LastName .. (credential.id and "" or " without an id"))
      end,
      on_batch = function(outcomes) note(("batch of %d"):format(#outcomes)) end,
      on_finish = function(summary) note(("finish %d"):format(summary.issued)) end,
    }
    assert(run(flow, { export = sandbox.export(3), batch_size = 2, concurrency = 1 }))
    assert.same({ "start Course", "before Lee 1", "before Lee 2", "before Lee 3", "issued Lee 1",
      "issued Lee 2", "batch of 2", "issued Lee 3", "batch of 1", "finish 3" }, calls)
  end)

  it("are called once a record by a check, however much is read between two of them", function()
    local lines, names = { "Id,FirstName,LastName,Email,Ok__c" }, {}
    for n = 1, 41000 do
      lines[n + 1] = ("%s,Ann,Lee %d,ann@example.com,%s"):format(sandbox.id(n), n, n % 10000 == 0)
    end
    local findings = assert(flow_of { when = "Ok__c = TRUE",
      before_issue = function(credential, record)
        names[#names + 1] = record.LastName
        credential.name = record.LastName:upper()
        return credential
      end }:check { export = files.write(table.concat(lines, "\n") .. "\n", ".csv"), sample = 9 })
    assert.same({ "Lee 10000", "Lee 20000", "Lee 30000", "Lee 40000" }, names)
    assert.same({ 4, "LEE 10000", "LEE 40000" }, { findings.would_issue, findings.sample[1].name,
      findings.sample[4].name })
  end)

  it("change a credential, skip it, or make it invalid", function()
    local flow = flow_of { before_issue = function(credential, record)
      if record.LastName == "Lee 1" then return nil end
      if record.LastName == "Lee 2" then return nil, "is on the list of those who left" end
      if record.LastName == "Lee 3" then credential.email = "none" end
      credential.name = credential.name:upper()
      return credential
    end }
    local export = sandbox.export(5)
    local summary = assert(run(flow, { export = export }))
    assert.same({ read = 5, skipped = 1, invalid = 2, issued = 2 }, sandbox.counts(summary))
    assert.same({
      { outcome = "invalid", export = export, lines = { 3 }, count = 1,
        text = "before_issue: is on the list of those who left" },
      { outcome = "invalid", export = export, lines = { 4 }, count = 1,
        text = "before_issue: email is not an e-mail address" } }, summary.problems)
    local sent = credentials()
    assert.truthy(sent["ANN LEE 4"] and sent["ANN LEE 5"])
  end)

  it("cannot invent a field, and a record cannot be changed", function()
    for text, hook in pairs {
      ["a credential has no field nmae"] = function(credential)
        credential.nmae = "x"
        return credential
      end,
      ["it gave a string, not a credential"] = function() return "x" end,
      ["a record cannot be changed"] = function(_, record) record.Email = "x" end,
      ["an attribute is { id = text, value = text }"] = function(credential)
        credential.attributes = { { id = "x" } }
        return credential
      end,
    } do
      local summary, message, code = run(flow_of { before_issue = hook },
        { export = sandbox.export(2) })
      assert.same({ read = 2, not_attempted = 2 }, sandbox.counts(summary))
      assert.equal("hook", code)
      assert.truthy(message:find("csv:2: before_issue failed: ", 1, true), message)
      assert.truthy(message:find(text, 1, true), message)
    end
  end)

  it("end a run by an error, after what is in flight has come back", function()
    local flow = flow_of { on_issued = function() error "the disk is full" end }
    local summary, message, code = run(flow, { export = sandbox.export(10), batch_size = 2,
      concurrency = 2 })
    assert.equal("hook", code)
    assert.truthy(message:find("csv:2: on_issued failed: spec/hooks_spec.lua", 1, true), message)
    assert.equal(10, summary.issued + summary.not_attempted)
    assert.is_true(summary.issued >= 2)
    assert.equal(summary.issued, select(3, sandbox.most()))
    summary, message = run(flow_of { on_start = function() error "no" end },
      { export = sandbox.export(3) })
    assert.same({ read = 3, not_attempted = 3 }, sandbox.counts(summary))
    assert.truthy(message:find "on_start failed")
  end)

  it("may be functions of the map", function()
    local flow = flow_of { map = {
      name = function(record) return record.LastName .. ", " .. record.FirstName end,
      email = "{!Email}", externalId = function() return nil end,
      quickPublish = function(record) return record.Id ~= "" end,
    }, once_per = function(record) return record.Email end }
    local summary = assert(run(flow, { export = sandbox.export(3) }))
    assert.same({ read = 3, issued = 3 }, sandbox.counts(summary))
    assert.truthy(credentials()["Lee 2, Ann"])
  end)

  it("of the map end the run where they fail, at their record", function()
    for text, call in pairs {
      ["map.name: its function failed: spec/hooks_spec.lua"] = function() error "x" end,
      ["map.name: its function gave a table, not a text"] = function() return {} end,
    } do
      local export = sandbox.export(3)
      local summary, message, code = run(flow_of { map = { email = "{!Email}",
        name = function(record) return record.LastName == "Lee 2" and call() or "Ann" end } },
        { export = export })
      assert.equal("hook", code)
      assert.truthy(message:find(export .. ":3: " .. text, 1, true), message)
      assert.equal(3, summary.issued + summary.not_attempted)
    end
  end)

  it("read the cells of a record in any order, whatever stands in them", function()
    local export, seen = files.write('Id,A,B,C,D,E\n'
      .. sandbox.id(1) .. ',plain,"a ""quoted"", one","",,"with\na line"\n'), nil
    local flow = flow_of { map = { name = function(record)
      seen = { record.E, record.B, record.D, record.C, record.A, record.E, record.b }
      return "Ann"
    end } }
    assert(flow:check { export = export })
    assert.same({ "with\na line", 'a "quoted", one', "", "", "plain", "with\na line",
      'a "quoted", one' }, seen)
  end)

  it("of a flow may read a record until its next one, or none, is at hand", function()
    local kept
    local function keep(record)
      kept = kept or record
      return kept.LastName
    end
    local flow = flow_of { when = function(record) return keep(record) ~= "" end,
      map = { name = function() return kept.LastName end, email = "{!Email}" } }
    assert.equal(1, assert(flow:check { export = sandbox.export(1) }).would_issue)
    assert.error_matches(function() return kept.LastName end, "keep its values in place of it")
    kept = nil
    local findings, message, code = flow:check { export = sandbox.export(2) }
    assert.same({ nil, "hook" }, { findings, code })
    assert.truthy(message:find(":3: when: its function failed: .*keep its values in place of it"), message)
  end)

  it("see records from an iterator too", function()
    local rows = { { Id = sandbox.id(1), LastName = "Lee", Email = "a@example.com" } }
    local flow = flow_of { when = function(record) return record.LastName == "Lee" end,
      map = { name = function(record) return record.LastName end, email = "{!Email}" } }
    local summary = assert(run(flow, { export = function() return table.remove(rows) end }))
    assert.same({ read = 1, issued = 1 }, sandbox.counts(summary))
  end)

  -- What is collected last may have kept what was collected before it.
  it("may keep their record to the very end", function()
    local told = output_of(([[
      local kept
      local function tell() print(pcall(function() return kept.Email end)) end
      local last = newproxy and newproxy(true) or setmetatable({}, { __gc = tell })
      if newproxy then getmetatable(last).__gc = tell end
      debug.getregistry().last = last
      local sertifier = require "sertifier"
      local flow = sertifier.flow { campaign = %q,
        before_issue = function(_, record) kept = record end }
      flow:run { export = %q, ledger = %q, client = { poll = function() return {} end,
        send = error } }
    ]]):format(sandbox.campaign, sandbox.export(1), files.path ".db"))
    assert.truthy(told:find "^false\t[^\n]*: the record's export is closed\n$", told)
  end)
end)

describe("attributes", function()
  before_each(function() sandbox.start() end)
  after_each(sandbox.stop)

  local function export(score, day)
    return files.write(("Id,FirstName,LastName,Email,Score__c,Day__c\n%s,Ann,Lee,a@example.com,%s,%s\n")
      :format(sandbox.id(1), score, day), ".csv")
  end

  local function flow(attributes)
    return flow_of { map = { name = "{!LastName}", email = "{!Email}", attributes = attributes } }
  end

  it("are found by title or ID, and checked for their type", function()
    local wanted = { Score = "{!Score__c}", ["completed ON"] = "{!Day__c}",
      ["5a4d-attribute-course"] = "First Aid" }
    assert.equal(1, assert(run(flow(wanted), { export = export("81.5", "2024-01-31") })).issued)
    local summary = assert(run(flow(wanted), { export = export("good", "soon") }))
    assert.same({ read = 1, invalid = 1 }, sandbox.counts(summary))
    assert.equal("attributes.Score (from Score__c) is not a number; attributes.completed ON "
      .. "(from Day__c) is not a date (YYYY-MM-DD)", summary.problems[1].text)
  end)

  it("that Sertifier does not know are mistakes, told before anything is sent", function()
    local summary, message, code = run(flow { Scoer = "x", ["no-such-attribute"] = "y" },
      { export = export("1", "2024-01-31") })
    assert.is_nil(summary)
    assert.equal("flow", code)
    assert.equal("map.attributes.Scoer: Sertifier has no attribute of this ID or title; did you mean "
      .. "Score?\n  map.attributes.no-such-attribute: Sertifier has no attribute of this ID or title",
      message)
  end)

  it("go by ID where Sertifier cannot be asked for them, and titles do not", function()
    sandbox.behave { other_calls = "missing" }
    local summary = assert(run(flow { ["5a4d-attribute-course"] = "First Aid" },
      { export = export("1", "2024-01-31") }))
    assert.equal(1, summary.issued)
    assert.truthy(summary.notes[1]:find("^the attributes cannot be looked up: .*404.*; their IDs go "
      .. "as they are, unchecked$"), summary.notes[1])
    local none, message, code = run(flow { Score = "1", ["5a4d-attribute-course"] = "First Aid" },
      { export = export("1", "2024-01-31") })
    assert.is_nil(none)
    assert.truthy(message:find("; a title needs that: give the IDs of Score instead", 1, true),
      message)
    assert.equal("http", code)
  end)
end)

describe("campaigns by value", function()
  after_each(sandbox.stop)

  it("go in requests of their own", function()
    local server = require "sertifier.sandbox_server"
    local started = assert(server.start { campaigns = { "campaign-a", "campaign-b" },
      key = sandbox.key })
    local rows = { "Id,FirstName,LastName,Email,Course__c" }
    for n, course in ipairs { "First Aid", "Food", "first aid", "Food", "Law" } do
      rows[#rows + 1] = ("%s,Ann,Lee,a%d@example.com,%s"):format(sandbox.id(n), n, course)
    end
    local client = sandbox.client { url = started.url }
    local sizes = {}
    local summary = assert(sertifier.flow {
      campaign = { Course__c = { ["First Aid"] = "campaign-a", Food = "campaign-b" } },
      on_batch = function(outcomes) sizes[#sizes + 1] = #outcomes end,
    }:run { client = client, ledger = files.path(".db"),
      export = files.write(table.concat(rows, "\n"), ".csv") })
    client:close()
    started:stop()
    assert.same({ 2, 2 }, sizes)
    assert.same({ read = 5, issued = 4, invalid = 1 }, sandbox.counts(summary))
    assert.equal("the flow's campaign for this Course__c is empty", summary.problems[1].text)
  end)
end)
