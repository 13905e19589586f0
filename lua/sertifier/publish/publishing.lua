--- The kind of request that publishes drafts by their ids: credential/publish.

local answer = require "sertifier.answer"
local claiming = require "sertifier.claiming"
local ends = require "sertifier.ends"
local words = require "sertifier.words"

local publishing = { settles = true, finish = {} }

local gone = "its draft does not stand in Sertifier any more"

--- What need not be published, or cannot be, ends here.
local function take_out(self, task, settlements)
  for i = #task, 1, -1 do
    local item = task[i]
    if item.stands ~= "draft" then
      local is_out = item.stands == "published"
      local state, reason = is_out and "issued" or "in_doubt", not is_out and gone or nil
      table.insert(settlements, { key = item.key, state = state, reason = reason })
      ends.finish[state](self, table.remove(task, i), { credential = item.credential,
        reason = reason })
    end
  end
end

function publishing.claim(self, tasks)
  claiming.claim(self, tasks, function(items)
    local keys = {}
    for i, item in ipairs(items) do keys[i] = item.key end
    return self.ledger:claim_drafts(keys)
  end)
  local settlements = {}
  for _, task in ipairs(tasks) do take_out(self, task, settlements) end
  if #settlements == 0 then return end
  local ok, message, code = self.ledger:settle(settlements)
  if not ok then ends.stop(self, message, code) end
end

function publishing.send(self, task)
  local ids = {}
  for i, item in ipairs(task) do ids[i] = item.credential.id end
  return self.client:submit("POST", "/credential/publish", { ids = ids })
end

-- ---- answers ----

--- Only a single draft is refused beyond doubt: of several, some may be published all the same.
local function read_body(task, body)
  local outcomes, state, reason = {}, "in_doubt", nil
  if body.hasError == false then state = "issued" end
  if body.hasError == true and #task == 1 then state = "rejected" end
  if state ~= "issued" then
    reason = "Sertifier said: " .. (words.of(body) or "(no reason given)")
  end
  for i, item in ipairs(task) do
    outcomes[i] = { key = item.key, state = state, credential = item.credential, reason = reason }
  end
  return outcomes, { class = "applied" }
end

--- A refused draft stays one in the ledger: the next run tries again.
function publishing.read(result, task)
  local outcomes, verdict = answer.read_other(result, task, read_body)
  for _, outcome in ipairs(outcomes) do
    if outcome.state == "rejected" then outcome.settled_as = "not_applied" end
  end
  return outcomes, verdict
end

return publishing
