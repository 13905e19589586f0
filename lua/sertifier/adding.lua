--- The kind of request that issues: addCredentials.

local answer = require "sertifier.answer"
local claiming = require "sertifier.claiming"

local adding = { settles = true }

function adding.claim(self, tasks)
  claiming(self, tasks, function(items) return self.ledger:claim(items) end)
end

function adding.send(self, task)
  local credentials = {}
  for i, item in ipairs(task) do credentials[i] = item.json end
  return self.client:send('{"credentials":[' .. table.concat(credentials, ",") .. "]}")
end

function adding.read(result, task)
  return answer.read(result, task)
end

return adding
