-- Says what would be issued, and why the rest would not, without a key or a network.
--   lua5.4 examples/dry-run.lua contacts.csv
local sertifier = require "sertifier"

local flow = sertifier.flow {
  campaign = "7d1f0c52-demo-4b3a-course-completion",
  when = "Issue_Credential__c = TRUE AND Status__c = 'Certified'",
}

local findings, message = flow:check { export = arg[1], sample = 1 }
if not findings then
  print(message)
  os.exit(1)
end

print(("%d of %d would be issued, such as to %s"):format(findings.would_issue, findings.read,
  findings.sample[1].name))
for _, problem in ipairs(findings.problems) do
  print(("line %d: %s"):format(problem.lines[1], problem.text))
end
