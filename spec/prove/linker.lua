--- Issues and writes links as `sertifier issue --write-back salesforce` does, with a link in each call.

local cjson = require "cjson"
local sertifier = require "sertifier"

local org = assert(sertifier.salesforce { batch_size = 1 })
local flow = sertifier.flow { campaign = "campaign-of-specs", object = "Contact" }
local summary = assert(flow:run { export = arg[2], ledger = arg[1], write_back = org,
  batch_size = 1, concurrency = 1 })
local counts = {}
for name, value in pairs(summary) do
  if type(value) == "number" then counts[name] = value end
end
print(cjson.encode(counts))
