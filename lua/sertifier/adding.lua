--- The kind of request that issues: addCredentials.

local claiming = require "sertifier.claiming"
local later = require "sertifier.later"

-- Loaded where it is used: while the first request is under way.
local answer = later "sertifier.answer"

local adding = { settles = true, issues = true }

--- What is to be written back to the org is in the ledger before it can be issued.
function adding.expect(self, items)
  local write_back = self.write_back
  if not write_back or not write_back.expect then return true end
  return write_back:expect(items)
end

function adding.claim(self, tasks)
  claiming.claim(self, tasks, function(items)
    local ok, message, code = adding.expect(self, items)
    if not ok then return nil, message, code end
    return self.ledger:claim(items)
  end)
end

function adding.send(self, task)
  return self.client:send(task.body)
end

function adding.read(result, task, is_brief)
  return answer.read(result, task, is_brief)
end

return adding
