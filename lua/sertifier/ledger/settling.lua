--- Settles keys after they were sent: durable, and all of them or none.

local claim = require "sertifier.ledger.claim"
local list = require "sertifier.ledger.list"
local sql = require "sertifier.ledger.sql"

local settling = {}

-- By outcome: the states that a row may have until then, the state that it gets, and what of it is
-- no longer needed. A publish in doubt stays one, and one that was not applied leaves its draft;
-- what came from the queue goes back to it.
local ways = {
  issued = { from = "'sending', 'publishing'", to = "'issued'",
    gone = ", body = NULL, name = NULL, email = NULL" },
  rejected = { from = "'sending'", to = "'rejected'",
    gone = ", body = NULL, name = NULL, email = NULL" },
  draft = { from = "'sending'", to = "'draft'", gone = ", body = NULL" },
  in_doubt = { from = "'sending', 'publishing'", gone = ", body = NULL",
    to = "CASE credential.state WHEN 'sending' THEN 'in_doubt' ELSE credential.state END" },
  not_applied = { from = "'sending', 'publishing'", gone = "",
    to = "CASE credential.state WHEN 'sending' THEN 'queued' ELSE 'draft' END" },
}

local settle_sql = "UPDATE credential SET settled_at = {now}, lease = NULL, state = %s%s,"
  .. " credential_id = COALESCE(column2, credential.credential_id),"
  .. " link = COALESCE(column3, credential.link), reason = column4 FROM {locked}"
  .. " WHERE credential.key = column1 AND credential.run = {run} AND credential.state IN (%s)"

for _, way in pairs(ways) do way.sql = settle_sql:format(way.to, way.gone, way.from) end

local free_sql = "DELETE FROM credential WHERE key IN (SELECT c.key FROM credential AS c"
  .. " WHERE c.key IN (SELECT column1 FROM {list}) AND c.run = {run} AND c.state = 'sending'"
  .. " AND c.body IS NULL {lock})"

local nothing = {}

--- The state in which an outcome is settled.
local function state_of(one)
  return one.settled_as or one.state
end

local function check_outcomes(outcomes)
  for _, one in ipairs(outcomes) do
    if not ways[state_of(one)] then error(tostring(one.state) .. ": no such outcome", 3) end
  end
end

local function put_outcome(values, n, one)
  local credential = one.credential or nothing
  values[n + 1], values[n + 2] = one.key, list.text(credential.id)
  values[n + 3], values[n + 4] = list.text(credential.verificationLink), list.text(one.reason)
end

local function are_all(outcomes, state)
  for _, one in ipairs(outcomes) do
    if state_of(one) ~= state then return false end
  end
  return true
end

--- The outcomes of each state, in the order in which they come. Mostly there is but one state.
local function by_state(outcomes)
  local first, parts = outcomes[1] and state_of(outcomes[1]), {}
  if first and are_all(outcomes, first) then return { [first] = outcomes } end
  for _, one in ipairs(outcomes) do
    local state = state_of(one)
    parts[state] = parts[state] or {}
    table.insert(parts[state], one)
  end
  return parts
end

local unclaimed = "is not claimed by this run"

local lock_sql = "SELECT c.key FROM credential AS c WHERE c.key IN (SELECT column1 FROM {list})"
  .. " AND c.run = {run} {lock}"

--- Locks all rows in one order, where parts of the list would lock theirs in several.
local function lock(self, ordered, parts)
  if not next(parts, (next(parts))) then return true end
  return list.over(self, lock_sql, ordered, 1, list.put_key_of)
end

--- Settles the parts, each of one state.
-- @return how many rows there were; or nil, message
local function settle_parts(self, parts)
  local ok, why, all = list.over(self, free_sql, parts.not_applied or {}, 1, list.put_key_of)
  if not ok then return nil, why end
  for state, part in pairs(parts) do
    local done, problem, changed = list.over(self, ways[state].sql, part, 4, put_outcome)
    if not done then return nil, problem end
    all = all + changed
  end
  return all
end

--- What `settle` does within its transaction: all of it, which the number of rows tells.
local function settle_all(self, ordered)
  local parts = by_state(ordered)
  local settled, why = lock(self, ordered, parts)
  if settled then settled, why = settle_parts(self, parts) end
  if not settled then return nil, why end
  if settled < #ordered then return nil, unclaimed end
  return true
end

local missed_sql = "SELECT column1 AS key FROM {list} WHERE column1 IS NOT NULL AND column1 NOT IN"
  .. " (SELECT key FROM credential WHERE run = {run} AND state IN ('sending', 'publishing'))"

--- Why a settlement was undone: the first key that is not this run's.
local function told(self, ordered, message)
  if message ~= unclaimed then return message end
  local rows = list.over(self, missed_sql, ordered, 1, list.put_key_of)
  return (rows and rows[1] or ordered[1]).key .. " " .. unclaimed
end

--- Settles keys of this run: durable when it returns, and all of them or none.
-- @tparam {table,...} outcomes `key`, `state` (issued, rejected, in_doubt, draft, or not_applied:
--   the key is free again, back in the queue, or a draft again), and `credential` (`id`,
--   `verificationLink`), `reason`; `settled_as` is its state here, if another one
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
