--- The first three characters of the Ids of Salesforce's standard objects.
--
-- Custom objects have Ids that start with `a`, and what follows differs from org to org.
return {
  Account = "001", Contact = "003", User = "005", Opportunity = "006", Lead = "00Q",
  CampaignMember = "00v", Campaign = "701", Case = "500", Contract = "800", Order = "801",
  Task = "00T", Event = "00U",
}
