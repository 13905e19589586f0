--- Claims keys before they are sent, and settles them after: durable, and all of them or none.

local forgotten = require "sertifier.ledger.forgotten"
local list = require "sertifier.ledger.list"
local person = require "sertifier.ledger.person"
local sql = require "sertifier.ledger.sql"

local claim = {}

--- Seconds until a claim that nobody renews is in doubt: three times what a request may take.
local lease = 180

-- The time until which a lease lasts.
claim.lease_sql = ("{now} + %d"):format(lease)

--- A ledger that was deleted under a run would take claims that nobody sees.
local function still_there(self)
  if self.engine.identity(self.name) == self.identity then return true end
  return nil, "it was moved or deleted while it was in use; put it back, then run again"
end

-- ---- putting keys in ----

local columns = "key, campaign, once_per, external_id, name, email, person, content, line, body,"
  .. " credential_id, link"
local width = 12

local function put(self, values, n, item)
  values[n + 1], values[n + 2], values[n + 3] = item.key, item.campaign, item.once_per
  values[n + 4], values[n + 5], values[n + 6] = item.external_id, item.name, item.email
  values[n + 7], values[n + 8] = item.person or person.of(self, item.email), item.content
  values[n + 9], values[n + 10] = item.line and math.floor(item.line), item.body
  values[n + 11], values[n + 12] = item.credential_id, item.link
end

local function overwritten(names)
  return (names:gsub("[%w_]+", "%0 = excluded.%0"))
end

-- A row whose condition lets it be replaced keeps nothing of what it was.
local insert_sql = "INSERT INTO credential (" .. columns .. ", state, claimed_at, %s)"
  .. " SELECT column1, column2, column3, column4, column5, column6, column7, column8,"
  .. " CAST(column9 AS BIGINT), column10, column11, column12, '%s', {now}, %s"
  .. " FROM {list} WHERE column1 IS NOT NULL ON CONFLICT (key) DO UPDATE SET "
  .. overwritten(columns .. ", state, claimed_at, settled_at, run, lease, reason")
  .. " WHERE %s RETURNING key"

--- Takes out again what was forgotten. Only now can that be told: until the rows were in, another
-- program may have been forgetting their keys.
-- @return the set of the keys that are left; or nil, message
local function without_forgotten(self, rows)
  local set, keys = list.set(rows), {}
  for i, row in ipairs(rows) do keys[i] = row.key end
  local known, message = forgotten.keys(self, keys)
  if not known then return nil, message end
  for key in pairs(known) do
    local ok, why = sql.rows_of(self, "DELETE FROM credential WHERE key = ?", key)
    if not ok then return nil, why end
    set[key] = nil
  end
  return set
end

--- Inserts items whose keys are not there, or stand there in a condition that may be replaced.
-- @treturn table the set of the keys that were put in; or nil, message, "ledger"
function claim.insert(self, items, way)
  local ordered = list.ordered(items)
  local text = insert_sql:format(way.columns, way.state, way.values, way.replaces)
  local set, message = sql.change(self, function()
    local there, why = still_there(self)
    if not there then return nil, why end
    local rows, fault = list.over(self, text, ordered, width,
      function(values, n, item) put(self, values, n, item) end)
    if not rows then return nil, fault end
    return without_forgotten(self, rows)
  end)
  if not set then return nil, message, "ledger" end
  return set
end

local claimed = { state = "sending", replaces = "credential.state = 'rejected'",
  columns = "run, lease", values = "{run}, " .. claim.lease_sql }

--- Claims keys for this run: durable when it returns. A key that was rejected may be claimed again.
-- @tparam {table,...} items `key`, `campaign`, `once_per`, and where there are any `external_id`,
--   `name`, `email`, `line`, `content` (the fingerprint of the credential's JSON)
-- @treturn table key -> true for those that are this run's now; or nil, message, "ledger"
function claim.claim(self, items)
  return claim.insert(self, items, claimed)
end

-- ---- settling ----

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
  FROM (]] .. open_sql .. [[) AS one WHERE credential.key = one.item_key RETURNING key]]

local free_sql = "DELETE FROM credential WHERE key IN (SELECT c.key FROM credential AS c"
  .. " WHERE c.key IN (SELECT column1 FROM {list}) AND c.run = {run} AND c.state = 'sending'"
  .. " AND c.body IS NULL {lock}) RETURNING key"

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

--- The first key that nothing was done for.
local function missed(outcomes, ...)
  local done = {}
  for _, rows in ipairs { ... } do
    for _, row in ipairs(rows) do done[row.key] = true end
  end
  for _, one in ipairs(outcomes) do
    if not done[one.key] then return one.key end
  end
end

--- Settles keys of this run: durable when it returns, and all of them or none.
-- @tparam {table,...} outcomes `key`, `state` (issued, rejected, in_doubt, draft, or not_applied:
--   the key is free again, back in the queue, or a draft again), and `credential_id`, `link`,
--   `reason`
-- @return true; or nil, message, "ledger"
function claim.settle(self, outcomes)
  check_outcomes(outcomes)
  local ordered = list.ordered(outcomes)
  local ok, message = sql.change(self, function()
    local freed, why = list.over(self, free_sql, not_applied(ordered), 1, list.put_key)
    if not freed then return nil, why end
    local settled, problem = list.over(self, settle_sql, ordered, 5, put_outcome)
    if not settled then return nil, problem end
    local key = missed(ordered, freed, settled)
    if key then return nil, key .. " is not claimed by this run" end
    return true
  end)
  if not ok then return nil, message, "ledger" end
  local there, why = still_there(self)
  if there then return true end
  return sql.fail(self, why)
end

local renew_sql = "UPDATE credential SET lease = " .. claim.lease_sql .. " WHERE key IN (SELECT"
  .. " c.key FROM credential AS c WHERE c.run = {run} AND c.lease IS NOT NULL {lock}) RETURNING key"

--- Renews the leases of all that this run is sending and publishing. To be called every minute or
-- so: a lease lasts 180 seconds, three times the client's timeout.
-- @return how many they are; or nil, message, "ledger"
function claim.renew(self)
  local rows, message = sql.change(self, function() return sql.rows_of(self, renew_sql) end)
  if not rows then return nil, message, "ledger" end
  return #rows
end

return claim
