-- Issues a credential to every contact who has completed the course and is ticked for one.
local sertifier = require "sertifier"

return sertifier.flow {
  name = "Course completion",
  object = "Contact",
  campaign = "7d1f0c52-demo-4b3a-course-completion", -- yours: Advanced > Integrations in Sertifier
  when = "Issue_Credential__c = TRUE AND Status__c = 'Certified'",
  map = {
    name = "{!$Record.FirstName} {!$Record.LastName}",
    email = "{!$Record.Email}",
    externalId = "{!$Record.Id}",
    issueDate = "{!$Record.Completed_On__c}",
    quickPublish = true,
  },
  write_back = { Sertifier_Verification_Link__c = "{!verificationLink}" },
}
