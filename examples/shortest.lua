-- The shortest script: a credential for every contact of an export who is certified.
--   lua5.4 examples/shortest.lua contacts.csv
local sertifier = require "sertifier"

local flow = sertifier.flow {
  campaign = "7d1f0c52-demo-4b3a-course-completion",
  when = "Issue_Credential__c = TRUE AND Status__c = 'Certified'",
}

local summary, message = flow:run { export = arg[1], write_back = "links.csv" }
if message then print(message) end
if not summary then os.exit(1) end

print(summary.issued .. " issued, " .. summary.already_issued .. " issued earlier")
for _, problem in ipairs(summary.problems) do
  print(problem.export .. ":" .. problem.lines[1] .. ": " .. problem.text)
end
