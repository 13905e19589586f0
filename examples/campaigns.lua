-- One flow for all courses: each course has a campaign of its own.
--   sertifier issue examples/campaigns.lua contacts.csv
local sertifier = require "sertifier"

return sertifier.flow {
  name = "All courses",
  object = "Contact",
  when = "Issue_Credential__c = TRUE AND Status__c = 'Certified'",
  campaign = {
    Course__c = { -- a record whose course stands not here is invalid, and is told
      ["First Aid at Work"] = "7d1f0c52-demo-4b3a-first-aid",
      ["Food Safety, Level 2"] = "7d1f0c52-demo-4b3a-food-safety",
    },
  },
}
