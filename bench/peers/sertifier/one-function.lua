-- examples/course-completion.lua, with the name made by a Lua function.
local sertifier = require "sertifier"

return sertifier.flow {
  object = "Contact",
  campaign = "7d1f0c52-demo-4b3a-course-completion",
  when = "Issue_Credential__c = TRUE AND Status__c = 'Certified'",
  map = {
    name = function(record) return record.FirstName .. " " .. record.LastName end,
    email = "{!Email}",
    externalId = "{!Id}",
    issueDate = "{!Completed_On__c}",
    quickPublish = true,
  },
}
