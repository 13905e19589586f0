--- The kind of request that makes drafts: addCredentials, where a flow publishes after a check.
--
--   drafting --> looking --> publishing --> issued
--                   \ confirming /   \ confirming --> issued, or in doubt
--
-- A draft mails nobody. What an earlier run left of a record is taken up where it stands.

local adding = require "sertifier.adding"
local answer = require "sertifier.answer"
local confirming = require "sertifier.publish.confirming"
local looking = require "sertifier.publish.looking"
local sending = require "sertifier.sending"

local drafting = { settles = true, issues = true, expect = adding.expect, claim = adding.claim,
  send = adding.send, finish = {} }

--- What was added is a draft.
function drafting.read(result, task, is_brief)
  local outcomes, verdict = answer.read(result, task, is_brief)
  for _, outcome in ipairs(outcomes) do
    if outcome.state == "issued" then outcome.state = "draft" end
  end
  return outcomes, verdict
end

function drafting.finish.draft(self, item, outcome)
  item.credential = outcome.credential
  sending.queue(self, item, looking)
end

local unknown_end = "an earlier request to publish it has no known end"

--- The kind of request with which a record goes on that an earlier run left.
-- @tparam table item it gets what that run knew
-- @tparam table entry what the ledger has of it
-- @treturn table|nil the kind; nil where there is no draft
function drafting.resume(item, entry)
  item.credential = { id = entry.credential_id, verificationLink = entry.link }
  if entry.state == "draft" then return looking end
  if entry.state ~= "publishing" or not entry.expired then return nil end
  item.doubt, item.doubted_at = unknown_end, entry.settled_at or entry.claimed_at
  return confirming
end

return drafting
