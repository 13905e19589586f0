--- Credentials that are issued in two phases: drafts, and drafts that are being published.

local claim = require "sertifier.ledger.claim"
local list = require "sertifier.ledger.list"
local sql = require "sertifier.ledger.sql"

local drafts = {}

local claim_sql = "UPDATE credential SET state = 'publishing', run = {run}, reason = NULL, lease = "
  .. claim.lease_sql .. ", claimed_at = {now} WHERE key IN (SELECT c.key FROM credential AS c"
  .. " WHERE c.key IN (SELECT column1 FROM {list}) AND c.state = 'draft' {lock}) RETURNING key"

--- Claims drafts for this run, which is to publish them: durable when it returns.
-- @tparam {string,...} keys
-- @treturn table key -> true for those that are this run's now; or nil, message, "ledger"
function drafts.claim(self, keys)
  local rows, message, code = sql.change(self, function()
    return list.over(self, claim_sql, keys, 1, list.put_key)
  end)
  if not rows then return nil, message, code end
  return list.set(rows)
end

local list_sql = "SELECT key, state, campaign, once_per, external_id, name, email, line, run,"
  .. " content, credential_id, link, reason, claimed_at, settled_at FROM credential"
  .. " WHERE (state = 'draft' OR (state = 'publishing' AND COALESCE(lease, 0) < {now}))"
  .. " AND campaign = COALESCE(CAST(? AS TEXT), campaign) ORDER BY claimed_at, key"

--- The drafts, and those whose publishing has no known end (their state is "publishing"), the
-- oldest first.
-- @tparam[opt] string campaign of this campaign only
-- @treturn {table,...} each with all that the ledger has of it; or nil, message, "ledger"
function drafts.list(self, campaign)
  return sql.told(self, sql.rows_of(self, list_sql, campaign))
end

return drafts
