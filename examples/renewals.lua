-- A credential for each completion, so that who takes the course again gets a new one; it expires
-- after two years.
--   sertifier issue examples/renewals.lua contacts.csv
local sertifier = require "sertifier"

return sertifier.flow {
  name = "Renewals",
  object = "Contact",
  campaign = "7d1f0c52-demo-4b3a-course-completion",
  formula = [[AND(ISPICKVAL(Status__c, "Certified"), NOT(ISBLANK(Completed_On__c)))]],
  once_per = "{!Id}/{!Completed_On__c}",
  map = {
    name = "{!FirstName} {!LastName}",
    email = "{!Email}",
    externalId = "{!Id}",
    issueDate = "{!Completed_On__c}",
    expireDate = "{!ADDMONTHS(Completed_On__c, 24)}",
    quickPublish = true,
  },
}
