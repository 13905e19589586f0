--- Which conditions hold for the record on a line, told as a check would see it.

local files = require "spec.support.files"
local line = require "sertifier.explain.line"
local sandbox = require "spec.support.sandbox"
local sertifier = require "sertifier"

local function export(rows)
  local lines = { "Id;FirstName;LastName;Email;Status__c;Day__c" }
  for n, cells in ipairs(rows) do
    lines[n + 1] = ("%s;Ann;Lee;a%d@example.com;%s"):format(sandbox.id(n), n, cells)
  end
  return files.write(table.concat(lines, "\n") .. "\n", ".csv")
end

local function explain(declaration, number, options)
  local all = { campaign = sandbox.campaign }
  for name, value in pairs(declaration) do all[name] = value end
  options.ledger = options.ledger or files.path ".db"
  return line.explain(sertifier.flow(all), number, options)
end

describe("an explanation of a line", function()
  after_each(files.remove)

  local old = { "Open;26/07/2026", "Certified;03/07/2026" }
  local new = { "Certified;26/07/2026", "Certified;03/07/2026" }

  it("reads dates in the order that the export proves, or that is stated", function()
    local flow = { when = "Day__c > 2026-05-01" }
    assert.equal("true     Day__c > 2026-05-01   (Day__c is 03/07/2026)",
      explain(flow, 3, { export = export(new) }))
    assert.equal("false    Day__c > 2026-05-01   (Day__c is 03/07/2026)",
      explain(flow, 2, { export = export { "x;03/07/2026" }, date_order = "mdy" }))
    assert.truthy(select(2, explain(flow, 2, { export = export { "x;03/07/2026" } }))
      :find("say --date-order", 1, true))
    assert.equal("false    Day__c > TODAY   (Day__c is 03/07/2026)",
      explain({ when = "Day__c > TODAY" }, 3, { export = export(new), now = "2026-07-03" }))
  end)

  it("knows what the record was before, and whether the trigger fires", function()
    local flow = { when = "Status__c = 'Certified' AND Day__c > 2026-05-01",
      trigger = "updated to meet" }
    local options = { export = export(new), previous = export(old) }
    local text = explain(flow, 2, options)
    assert.equal("true     the trigger \"updated to meet\" fires", text:match "[^\n]*$")
    text = explain(flow, 3, options)
    assert.equal("true     AND: all of", text:match "^[^\n]*")
    assert.equal("false    the trigger \"updated to meet\" fires", text:match "[^\n]*$")
  end)

  it("asks the ledger's memory, each part for its own field", function()
    sandbox.start()
    finally(sandbox.stop)
    local flow = { when = { { "Day__c", "IsChanged", true }, { "Status__c", "IsChanged", true },
      logic = "1 OR 2" } }
    local options = { ledger = files.path ".db", client = sandbox.client(), first_run = "remember",
      export = export(old) }
    flow.campaign = sandbox.campaign
    assert(sertifier.flow(flow):run(options))
    options.client:close()
    local text = explain(flow, 2, { ledger = options.ledger, export = export(new) })
    local truths = {}
    for one in text:gmatch "[^\n]+" do truths[#truths + 1] = one:match "%l+" end
    assert.same({ "true", "false", "true" }, truths)
  end)

  it("says where there is no such record", function()
    local path = export(new)
    assert.same({ nil, path .. ": no record starts on line 9" },
      { explain({}, 9, { export = path }) })
    assert.same({ nil, "--explain takes a file: it is read more than once" },
      { explain({}, 2, { export = "-" }) })
  end)
end)
