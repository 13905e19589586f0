-- examples/course-completion.lua, with everything about a record said in Lua.
local sertifier = require "sertifier"

return sertifier.flow {
  object = "Contact",
  campaign = "7d1f0c52-demo-4b3a-course-completion",
  when = function(record)
    local ticked = record.Issue_Credential__c
    return (ticked == "true" or ticked == "1") and record.Status__c == "Certified"
  end,
  map = {
    name = function(record) return record.FirstName .. " " .. record.LastName end,
    email = function(record) return record.Email end,
    externalId = function(record) return record.Id end,
    issueDate = function(record) return record.Completed_On__c end,
    quickPublish = true,
  },
}
