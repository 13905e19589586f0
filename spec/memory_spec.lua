--- Triggers and prior values: what fires, seen from what earlier runs saw.

local core = require "sertifier.core"
local engines = require "spec.support.ledgers"
local files = require "spec.support.files"
local sandbox = require "spec.support.sandbox"
local sertifier = require "sertifier"

local ledger

local function export(rows)
  local lines = { "Id,FirstName,LastName,Email,Status__c,Score__c" }
  for n, cells in ipairs(rows) do
    lines[n + 1] = ("%s,Ann,Lee %d,a%d@example.com,%s"):format(sandbox.id(n), n, n, cells)
  end
  return files.write(table.concat(lines, "\n") .. "\n", ".csv")
end

--- Which records fire, by their number, in a run over this export.
local function fired(declaration, rows, options)
  local numbers = {}
  local all = { campaign = sandbox.campaign, once_per = "{!Id}/{!Score__c}",
    on_issued = function(_, record)
      numbers[#numbers + 1] = tonumber(record.LastName:match "%d+")
    end }
  for name, value in pairs(declaration) do all[name] = value end
  options = options or {}
  options.export, options.client, options.ledger = export(rows), sandbox.client(), ledger
  options.concurrency = 1
  local summary, message, code = sertifier.flow(all):run(options)
  options.client:close()
  if not summary then return nil, message, code end
  return numbers, summary
end

for _, engine in ipairs(engines) do describe("a trigger, with a memory on " .. engine.name, function()
  setup(engine.start)
  teardown(engine.stop)
  before_each(function()
    sandbox.start()
    ledger = engine.fresh()
  end)
  after_each(sandbox.stop)

  local certified = "Status__c = 'Certified'"

  it("that asks for prior values wants to know what a first run is", function()
    for _, trigger in ipairs { "created", "updated", "updated to meet" } do
      local numbers, message, code = fired({ when = certified, trigger = trigger },
        { "Certified,1" })
      assert.is_nil(numbers)
      assert.equal("memory", code)
      assert.truthy(message:find('which the trigger "' .. trigger .. '" asks for', 1, true))
    end
    assert.same({ 1 }, (fired({ when = certified }, { "Certified,1" })))
  end)

  it("that asks for prior values is told by a check, too, until it has them", function()
    local flow = sertifier.flow { campaign = sandbox.campaign, when = certified,
      trigger = "updated to meet" }
    local function notes(options)
      options.export, options.ledger = export { "Certified,1" }, ledger
      local findings = assert(flow:check(options))
      assert.equal(1, findings.would_issue)
      return findings.notes
    end
    assert.truthy(notes({})[1]:find('nothing is known of the records before this run, which the '
      .. 'trigger "updated to meet" asks for; say --first-run issue', 1, true))
    assert.same({}, notes { first_run = "issue" })
  end)

  it("updated to meet: from false to true, and for what is new", function()
    local flow = { when = certified, trigger = "updated to meet" }
    assert.same({}, (fired(flow, { "Certified,1", "Open,1", "Open,1" },
      { first_run = "remember" })))
    assert.same({ 2, 4 }, (fired(flow, { "Certified,2", "Certified,1", "Open,2", "Certified,1" })))
    assert.same({}, (fired(flow, { "Certified,3", "Certified,2", "Open,3", "Certified,2" })))
    assert.same({}, (fired(flow, { "Open,3", "Certified,2", "Open,3", "Certified,2" })))
    assert.same({ 1, 3 }, (fired(flow, { "Certified,4", "Certified,3", "Certified,4" })))
  end)

  it("updated to meet looks at the whole expression: a second branch of an OR does not fire",
    function()
      local flow = { when = "Status__c = 'Certified' OR Score__c > 80",
        trigger = "updated to meet" }
      assert.same({ 1 }, (fired(flow, { "Certified,1" }, { first_run = "issue" })))
      assert.same({}, (fired(flow, { "Certified,90" })))
      assert.same({}, (fired(flow, { "Open,90" })))
    end)

  it("created: what was not there before", function()
    local flow = { when = certified, trigger = "created" }
    assert.same({ 1 }, (fired(flow, { "Certified,1", "Open,1" }, { first_run = "issue" })))
    assert.same({ 3 }, (fired(flow, { "Certified,2", "Certified,1", "Certified,1" })))
  end)

  it("updated: what was there, and has changed in anything", function()
    local flow = { when = certified, trigger = "updated" }
    assert.same({}, (fired(flow, { "Certified,1", "Certified,1" }, { first_run = "issue" })))
    assert.same({ 2 }, (fired(flow, { "Certified,1", "Certified,2", "Certified,1" })))
  end)

  it("updated: of a record in JSON, what it was before and what functions give is no change", function()
    local flow = sertifier.flow { campaign = sandbox.campaign, trigger = "updated",
      map = { email = "{!Email}", name = "{!LastName}{!$Record__Prior.Status__c}",
        externalId = function(record) return (record.Email):rep(5) end } }
    local function skipped(first_run)
      local next_record = coroutine.wrap(function()
        for n = 1, 3 do
          coroutine.yield { Id = sandbox.id(n), LastName = "Lee", Email = n .. "@example.com",
            Status__c = ("s"):rep(n) }
        end
      end)
      local client = sandbox.client()
      local summary = assert(flow:run { export = next_record, client = client, ledger = ledger,
        first_run = first_run })
      client:close()
      return summary.skipped
    end
    assert.equal(3, skipped "issue")
    assert.equal(3, skipped())
    assert.equal(3, skipped())
  end)

  it("takes prior values from an older export", function()
    local old = export { "Certified,1", "Open,1" }
    local flow = { when = certified, trigger = "updated to meet" }
    assert.same({ 2, 3 }, (fired(flow, { "Certified,2", "Certified,1", "Certified,1" },
      { previous = old })))
  end)

  it("fires again where nothing came of it", function()
    local flow = { when = certified, trigger = "updated to meet" }
    local invalid = { when = certified, trigger = "updated to meet",
      map = { name = "{!LastName}", email = "{!LastName}" } }
    local numbers, summary = fired(invalid, { "Certified,1" }, { first_run = "issue" })
    assert.same({ {}, 1 }, { numbers, summary.invalid })
    assert.same({ 1 }, (fired(flow, { "Certified,1" })))
    assert.same({}, (fired(flow, { "Certified,1" })))
    fired(flow, { "Certified,1", "Certified,1", "Certified,1" }, { limit = 1 })
    assert.same({ 3 }, (fired(flow, { "Certified,1", "Certified,1", "Certified,1" })))
  end)

  it("is asked by a check, which leaves the ledger as it is", function()
    local flow = { when = certified, trigger = "updated to meet" }
    local declared = sertifier.flow { campaign = sandbox.campaign, when = certified,
      trigger = "updated to meet" }
    local function would_issue()
      return assert(declared:check { ledger = ledger,
        export = export { "Certified,1", "Certified,1" } }).would_issue
    end
    assert.equal(2, would_issue())
    fired({ when = certified }, { "Open,1" })
    assert.equal(2, would_issue())
    assert.equal(0, #engine.query(engine.tables))
    fired(flow, { "Certified,1", "Open,1" }, { first_run = "remember" })
    assert.equal(1, would_issue())
    assert.equal(1, would_issue())
    assert.equal(1, #engine.query(engine.tables))
  end)

  it("fires for all the rest behind a canary", function()
    for _, flow in ipairs { { when = certified, trigger = "updated to meet" },
      { formula = "ISCHANGED(Status__c)" } } do
      ledger = engine.fresh()
      fired(flow, { "Open,1", "Open,1", "Open,1" }, { first_run = "issue" })
      local rows = { "Certified,2", "Certified,2", "Certified,2" }
      local numbers, summary = fired(flow, rows, { canary = 1 })
      assert.same({ { 1, 2, 3 }, { read = 3, issued = 3 } }, { numbers, sandbox.counts(summary) })
      assert.same({}, (fired(flow, rows)))
    end
  end)

  it("is another memory where the condition is another", function()
    local flow = { when = certified, trigger = "updated to meet" }
    fired(flow, { "Certified,1" }, { first_run = "remember" })
    flow.when = "Status__c = 'Open'"
    assert.equal("memory", select(3, fired(flow, { "Certified,1" })))
  end)
end) end

for _, engine in ipairs(engines) do describe("a prior value on " .. engine.name, function()
  setup(engine.start)
  teardown(engine.stop)
  before_each(function()
    sandbox.start()
    ledger = engine.fresh()
  end)
  after_each(sandbox.stop)

  it("is compared by IsChanged and ISCHANGED, which are never true of a new record", function()
    for _, flow in ipairs { { when = { { "Status__c", "IsChanged", true } } },
      { formula = "ISCHANGED(Status__c)" },
      { formula = "$Record.Status__c <> $Record__Prior.Status__c && NOT(ISNEW())" } } do
      ledger = engine.fresh()
      assert.same({}, (fired(flow, { "a,1", "b,1" }, { first_run = "issue" })))
      assert.same({ 2 }, (fired(flow, { "a,2", "c,1", "d,1" })))
      assert.same({ 1 }, (fired(flow, { "A,3", "c,2", "d,2" })))
    end
  end)

  it("is kept where a run leaves records, which fire in the next one", function()
    for _, flow in ipairs { { formula = "ISCHANGED(Status__c)" },
      { formula = "ISNEW() || ISCHANGED(Status__c)" } } do
      ledger = engine.fresh()
      fired(flow, { "a,1", "b,1" }, { first_run = "remember" })
      local rows = { "c,2", "c,2" }
      assert.same({ 1 }, (fired(flow, rows, { limit = 1 })))
      assert.same({ 2 }, (fired(flow, rows)))
      assert.same({}, (fired(flow, rows)))
    end
  end)

  it("stands in templates; of a new record PRIORVALUE is the value that it has", function()
    local names = {}
    local flow = { map = { email = "{!Email}",
      name = "{!$Record__Prior.Status__c}>{!Status__c}, {!PRIORVALUE(Status__c)}" },
      on_issued = function(credential) names[#names + 1] = credential.name end }
    fired(flow, { "a,1" }, { first_run = "issue" })
    fired(flow, { '"b;\n2:x",2' })
    fired(flow, { "c,3" })
    assert.same({ ">a, a", "a>b;\n2:x, a", "b;\n2:x>c, b;\n2:x" }, names)
  end)

  it("stops a run where it is damaged, before anything is sent", function()
    local flow = { formula = "ISCHANGED(Status__c)" }
    fired(flow, { "a,1" }, { first_run = "issue" })
    engine.query "UPDATE memory SET entries = 'x'"
    local none, message, code = fired(flow, { "b,2" })
    assert.is_nil(none)
    assert.truthy(message:find("the memory of earlier runs is damaged", 1, true), message)
    assert.equal("ledger", code)
    assert.same({ 0, 0, 0 }, { sandbox.most() })
  end)

  it("comes from an older export too", function()
    local old = export { "a,1", "b,1" }
    assert.same({ 2 }, (fired({ formula = "ISCHANGED(Status__c)" }, { "a,2", "c,2" },
      { previous = old })))
  end)
end) end

describe("a memory as text", function()
  it("is read as it was written", function()
    local memory = core.memory()
    local line = "0035g0000000001" .. "2" .. ("0123456789abcdef") .. "5:2:a:3\n"
    assert.is_false(memory:read(line))
    line = "0035g000000000120123456789abcdef6:2:a:1:\n"
    for _, wrong in ipairs { "x", line:sub(1, -2), line:gsub("6:", "99:"), line:gsub("6:", "6"),
      (line:gsub("cdef", "cdeg")), (line:gsub("^0035", "00 5")), (line:gsub("12012", "19012")) } do
      assert.is_false(core.memory():read(wrong))
    end
    line = "0035g000000000120123456789abcdef4:2:a:\n"
    memory = core.memory()
    assert.is_true(memory:read(line))
    assert.equal(1, #memory)
    local text, place = memory:write(0, 10)
    assert.equal(line, text)
    assert.equal("", (memory:write(place, 10)))
  end)

  it("holds many", function()
    local memory, lines = core.memory(), {}
    for n = 1, 5000 do lines[n] = ("0035g%010d10000000000000000%s\n"):format(n, "0:") end
    assert.is_true(memory:read(table.concat(lines)))
    assert.equal(5000, #memory)
    local place, all = 0, {}
    local text
    repeat
      text, place = memory:write(place, 700)
      for line in text:gmatch "[^\n]+\n" do all[#all + 1] = line end
    until text == ""
    table.sort(all)
    assert.same(lines, all)
  end)
end)
