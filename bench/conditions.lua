-- Measures what conditions, formulas, functions and memory cost: rows a second beside a plain flow.
--
--     lua5.4 bench/conditions.lua [ROUNDS [ROWS]]    from the top of the checkout, after `make`
--
-- Each round checks one export with each flow, beginning with another one; medians are told.
package.path = "lua/?.lua;lua/?/init.lua;" .. package.path
package.cpath = "build/5.4/?.so;" .. package.cpath
local core = require "sertifier.core"
local harness = dofile "bench/harness.lua"
local sertifier = require "sertifier"

local rounds, rows = tonumber(arg[1] or 5), tonumber(arg[2] or 1000000)
harness.succeeds("mkdir -p " .. harness.place)
local path = harness.export("quoted", rows)
local campaign = "7d1f0c52-demo-4b3a-course-completion"

local function map(more)
  local fields = { name = "{!FirstName} {!LastName}", email = "{!Email}", externalId = "{!Id}",
    quickPublish = true }
  for name, value in pairs(more or {}) do fields[name] = value end
  return fields
end

local eight = map { issueDate = "{!Completed_On__c}", dontSendEmail = false,
  attributes = { ["attribute-course"] = "{!Course__c}", ["attribute-title"] = "{!Title}",
    ["attribute-city"] = "{!MailingCity}" } }

local function with(fields, more)
  local all = {}
  for name, value in pairs(fields) do all[name] = value end
  for name, value in pairs(more) do all[name] = value end
  return all
end

local ten = [[Issue_Credential__c = TRUE AND Status__c = 'Certified' AND Score__c > 10
  AND Course__c LIKE '%a%' AND Language__c NOT IN ('xx', 'yy') AND Completed_On__c > 2000-01-01
  AND CreatedDate < NEXT_YEAR AND (MailingCountry != 'Nowhere' OR Title != NULL) AND Email != NULL]]

local flows = {
  { "plain", { map = map() } },
  { "ten conditions, eight fields", { when = ten, map = eight } },
  { "... and two formulas", { when = ten, map = with(eight, {
    name = "{!IF(ISBLANK(FirstName), UPPER(LastName), FirstName & ' ' & UPPER(LastName))}",
    expireDate = "{!ADDMONTHS(Completed_On__c, 24)}" }) } },
  { "plain, one field by a function", { map = map {
    name = function(record) return record.FirstName .. " " .. record.LastName end } } },
  { "plain, with a memory", { map = map(), trigger = "updated to meet" } },
}

local function measure(flow)
  local began = core.elapsed()
  local findings = assert(flow:check { export = path, first_run = "issue" })
  return findings.read / (core.elapsed() - began)
end

local speeds = harness.rounds(rounds, flows, function(one)
  one.flow = one.flow or sertifier.flow(with(one[2], { campaign = campaign }))
  return measure(one.flow)
end)
print(("%d rows, medians of %d rounds"):format(rows, rounds))
local plain = harness.median(speeds[1])
for i, one in ipairs(flows) do
  local speed = harness.median(speeds[i])
  print(("%-34s %6.2f million rows/s   %.2f of plain"):format(one[1], speed / 1e6, speed / plain))
end
