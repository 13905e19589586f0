--- What was accepted and is to be sent later: any number of programs may take from one queue.

local claim = require "sertifier.ledger.claim"
local sql = require "sertifier.ledger.sql"

local queue = {}

local queued = claim.way { state = "queued", columns = "run", values = "NULL",
  replaces = "credential.state = 'rejected'", more = { "body" } }

--- Puts credentials into the queue: durable when it returns.
-- @tparam {table,...} items as `claim` takes them, each with `body`, the credential's JSON
-- @treturn table key -> true for those that are newly in it; or nil, message, "ledger"
function queue.enqueue(self, items)
  return claim.insert(self, items, queued)
end

local take_sql = "WITH chosen AS (SELECT key FROM credential WHERE state = 'queued'"
  .. " ORDER BY claimed_at, key LIMIT CAST(? AS BIGINT) {skip})"
  .. " UPDATE credential SET state = 'sending', run = {run}, claimed_at = {now}, lease = "
  .. claim.lease_sql .. " WHERE key IN (SELECT key FROM chosen)"
  .. " RETURNING key, campaign, once_per, external_id, name, email, line, content, body"

--- Takes the oldest from the queue and claims them for this run: durable when it returns.
-- @tparam number most
-- @treturn {table,...} the items, as they were put in; or nil, message, "ledger"
function queue.take(self, most)
  return sql.change(self, function() return sql.rows_of(self, take_sql, ("%d"):format(most)) end)
end

return queue
