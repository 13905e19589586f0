-- What nginx issues of the records that are posted to it: see nginx.conf.
local sertifier = require "sertifier"

return sertifier.flow {
  object = "Contact",
  campaign = "7d1f0c52-demo-4b3a-course-completion",
  when = "Issue_Credential__c = TRUE",
}
