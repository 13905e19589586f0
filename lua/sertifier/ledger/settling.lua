--- Settles keys after they were sent: durable, and all of them or none.

local claim = require "sertifier.ledger.claim"
local list = require "sertifier.ledger.list"
local sql = require "sertifier.ledger.sql"

local settling = {}

local open_sql = [[SELECT c.key AS item_key, column2 AS state, column3 AS credential_id,
  column4 AS link, column5 AS reason FROM {list} JOIN credential AS c ON c.key = column1
  WHERE c.run = {run} AND (c.state = 'sending' OR (c.state = 'publishing'
    AND column2 IN ('issued', 'in_doubt', 'not_applied'))) {lock}]]

-- A publish in doubt stays one, and one that was not applied leaves its draft; what came from the
-- queue goes back to it.
local settle_sql = [[UPDATE credential SET settled_at = {now}, lease = NULL, reason = one.reason,
  state = CASE WHEN one.state = 'in_doubt' AND credential.state = 'publishing' THEN 'publishing'
    WHEN one.state <> 'not_applied' THEN one.state
    WHEN credential.state = 'publishing' THEN 'draft' ELSE 'queued' END,
  credential_id = COALESCE(one.credential_id, credential.credential_id),
  link = COALESCE(one.link, credential.link),
  body = CASE WHEN one.state = 'not_applied' THEN body END,
  name = CASE WHEN one.state NOT IN ('issued', 'rejected') THEN name END,
  email = CASE WHEN one.state NOT IN ('issued', 'rejected') THEN email END
  FROM (]] .. open_sql .. [[) AS one WHERE credential.key = one.item_key]]

local free_sql = "DELETE FROM credential WHERE key IN (SELECT c.key FROM credential AS c"
  .. " WHERE c.key IN (SELECT column1 FROM {list}) AND c.run = {run} AND c.state = 'sending'"
  .. " AND c.body IS NULL {lock})"

local outcomes_known = { issued = true, rejected = true, in_doubt = true, not_applied = true,
  draft = true }

local function check_outcomes(outcomes)
  for _, one in ipairs(outcomes) do
    if not outcomes_known[one.state] then error(tostring(one.state) .. ": no such outcome", 3) end
  end
end

local function put_outcome(values, n, one)
  values[n + 1], values[n + 2] = one.key, one.state
  values[n + 3], values[n + 4] = list.text(one.credential_id), list.text(one.link)
  values[n + 5] = list.text(one.reason)
end

local function not_applied(outcomes)
  local keys = {}
  for _, one in ipairs(outcomes) do
    if one.state == "not_applied" then keys[#keys + 1] = one.key end
  end
  return keys
end

local unclaimed = "is not claimed by this run"

--- What `settle` does within its transaction: all of it, which the number of rows tells.
local function settle_all(self, ordered)
  local ok, why, freed = list.over(self, free_sql, not_applied(ordered), 1, list.put_key)
  if not ok then return nil, why end
  local done, problem, settled = list.over(self, settle_sql, ordered, 5, put_outcome)
  if not done then return nil, problem end
  if freed + settled < #ordered then return nil, unclaimed end
  return true
end

local missed_sql = "SELECT column1 AS key FROM {list} WHERE column1 IS NOT NULL AND column1 NOT IN"
  .. " (SELECT key FROM credential WHERE run = {run} AND state IN ('sending', 'publishing'))"

--- Why a settlement was undone: the first key that is not this run's.
local function told(self, ordered, message)
  if message ~= unclaimed then return message end
  local rows = list.over(self, missed_sql, ordered, 1, function(values, n, one)
    values[n + 1] = one.key
  end)
  return (rows and rows[1] or ordered[1]).key .. " " .. unclaimed
end

--- Settles keys of this run: durable when it returns, and all of them or none.
-- @tparam {table,...} outcomes `key`, `state` (issued, rejected, in_doubt, draft, or not_applied:
--   the key is free again, back in the queue, or a draft again), and `credential_id`, `link`,
--   `reason`
-- @return true; or nil, message, "ledger"
function settling.settle(self, outcomes)
  check_outcomes(outcomes)
  local ordered = list.ordered(outcomes)
  local ok, message = sql.transaction(self, function() return settle_all(self, ordered) end)
  if not ok then return sql.fail(self, told(self, ordered, message)) end
  return claim.is_there(self)
end

--- All of it, or nothing where some of the keys to be claimed are there.
local function in_one(self, outcomes, items)
  local settled, next_ones = list.ordered(outcomes), list.ordered(items)
  return sql.change(self, function()
    local ok, why = settle_all(self, settled)
    if not ok then return nil, why end
    return claim.within(self, next_ones)
  end)
end

--- Settles keys of this run, and claims others, with one flush to the disk where that can be:
-- durable when it returns. What cannot be claimed does not keep the rest from being settled.
-- @tparam {table,...} outcomes as `settle` takes them
-- @tparam {table,...} items as `claim` takes them
-- @return true, and key -> true for those that were claimed, nil where the ledger could not say; or
--   nil, message, "ledger"
function settling.settle_and_claim(self, outcomes, items)
  -- Where rows are locked, those of two lists in one transaction would be so in two orders.
  local set = self.engine.is_file and #items > 0 and in_one(self, outcomes, items)
  if set then return true, set end
  local ok, message, code = settling.settle(self, outcomes)
  if not ok then return nil, message, code end
  return true, #items > 0 and claim.claim(self, items) or nil
end

return settling
