--- A bad client: it issues as the product does, and then writes the links that it remembers.

local cjson = require "cjson"
local sertifier = require "sertifier"
local updating = require "sertifier.salesforce.updating"

local records = {}
local flow = sertifier.flow { campaign = "campaign-of-specs", object = "Contact",
  on_issued = function(credential, record)
    records[#records + 1] = { id = record.Id .. "AAA",
      values = { Sertifier_Verification_Link__c = credential.verificationLink } }
  end }
local summary = assert(flow:run { export = arg[2], ledger = arg[1], batch_size = 1,
  concurrency = 1 })
if #records > 0 then
  local org = assert(sertifier.salesforce())
  local update = updating.new("Contact", records)
  updating.start(org, update)
  assert(updating.finish(org, update))
end
local counts = {}
for name, value in pairs(summary) do
  if type(value) == "number" then counts[name] = value end
end
print(cjson.encode(counts))
