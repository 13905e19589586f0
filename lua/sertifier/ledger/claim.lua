--- Claims keys before they are sent: durable, and all of them or none.

local forgotten = require "sertifier.ledger.forgotten"
local list = require "sertifier.ledger.list"
local person = require "sertifier.ledger.person"
local sql = require "sertifier.ledger.sql"

local claim = {}

local unpack = table.unpack or unpack

--- Seconds until a claim that nobody renews is in doubt: three times what a request may take.
local lease = 180

-- The time until which a lease lasts.
claim.lease_sql = ("{now} + %d"):format(lease)

--- A ledger that was deleted under a run would take claims that nobody sees.
local function look(self)
  if self.engine.identity(self.name) == self.identity then return true end
  return nil, "it was moved or deleted while it was in use; put it back, then run again"
end

--- Whether the ledger is where it was opened.
-- @return true; or nil, message, "ledger"
function claim.is_there(self)
  local there, message = look(self)
  if there then return true end
  return sql.fail(self, message)
end

-- ---- putting keys in ----

local columns = { "key", "campaign", "once_per", "external_id", "name", "email", "person",
  "content", "line" }

--- What is issued once, which a key has behind its campaign.
local function once_per(item)
  return item.once_per or item.campaign and item.key:sub(#item.campaign + 2)
end

local function put(self, values, n, item)
  values[n + 1], values[n + 2] = item.key, item.campaign
  values[n + 3] = once_per(item)
  values[n + 4] = item.external_id or item.externalId
  values[n + 5], values[n + 6] = item.name, item.email
  values[n + 7], values[n + 8] = item.person or person.of(self, item.email), item.content
  values[n + 9] = item.line and math.floor(item.line)
end

local function overwritten(names)
  return (names:gsub("[%w_]+", "%0 = excluded.%0"))
end

-- A row whose condition lets it be replaced keeps nothing of what it was.
local replaced = overwritten(table.concat(columns, ", ") .. ", body, credential_id, link, state,"
  .. " claimed_at, settled_at, run, lease, reason")

local insert_sql = "INSERT INTO credential (%s, state, claimed_at, %s) SELECT %s, '%s', {now}, %s"
  .. " FROM {list} WHERE column1 IS NOT NULL ON CONFLICT (key) DO UPDATE SET " .. replaced
  .. " WHERE %s"

--- A way of putting items in.
-- @tparam table way `state`; `columns` and their `values` for all of the items; `replaces`, the
--   condition of a row that may be replaced; and `more`, the columns that an item has beyond those
--   that each has
-- @return the way, with its statement
function claim.way(way)
  local names, taken = { unpack(columns) }, {}
  for _, name in ipairs(way.more) do names[#names + 1] = name end
  for i, name in ipairs(names) do
    taken[i] = (name == "line" and "CAST(column%d AS BIGINT)" or "column%d"):format(i)
  end
  way.width = #names
  way.sql = insert_sql:format(table.concat(names, ", "), way.columns, table.concat(taken, ", "),
    way.state, way.values, way.replaces)
  way.telling_sql = way.sql .. " RETURNING key"
  return way
end

--- What puts one item of a list behind the n-th value.
local function putter(self, way)
  if #way.more == 0 then return function(values, n, item) put(self, values, n, item) end end
  return function(values, n, item)
    put(self, values, n, item)
    for i, name in ipairs(way.more) do values[n + #columns + i] = item[name] end
  end
end

local function keys_of(rows)
  local keys = {}
  for i, row in ipairs(rows) do keys[i] = row.key end
  return keys
end

--- Takes out again what was forgotten. Only now can that be told: until the rows were in, another
-- program may have been forgetting their keys.
-- @return the set of the keys that are left; or nil, message
local function without_forgotten(self, rows)
  local any, message = forgotten.has_any(self)
  if not any then return any == false and list.set(rows) or nil, message end
  local set, known, why = list.set(rows), forgotten.keys(self, keys_of(rows))
  if not known then return nil, why end
  for key in pairs(known) do
    local ok, problem = sql.rows_of(self, "DELETE FROM credential WHERE key = ?", key)
    if not ok then return nil, problem end
    set[key] = nil
  end
  return set
end

local some_are_there = "some of the keys are there"

--- Puts items in, within a transaction.
-- @tparam boolean all_or_none where some cannot be put in, it fails with `some_are_there`: to tell
--   which costs time
local function insert(self, ordered, way, all_or_none)
  local there, why = look(self)
  if not there then return nil, why end
  local rows, fault, changed = list.over(self, all_or_none and way.sql or way.telling_sql, ordered,
    way.width, putter(self, way))
  if not rows then return nil, fault end
  if all_or_none and changed < #ordered then return nil, some_are_there end
  return without_forgotten(self, all_or_none and ordered or rows)
end

--- Inserts items whose keys are not there, or stand there in a condition that may be replaced.
-- @treturn table the set of the keys that were put in; or nil, message, "ledger"
function claim.insert(self, items, way)
  local ordered = list.ordered(items)
  local set, message = sql.transaction(self, function() return insert(self, ordered, way, true) end)
  if set then return set end
  if message ~= some_are_there then return sql.fail(self, message) end
  return sql.change(self, function() return insert(self, ordered, way) end)
end

local claimed = claim.way { state = "sending", columns = "run, lease",
  values = "{run}, " .. claim.lease_sql, replaces = "credential.state = 'rejected'", more = {} }

--- Claims all of some keys within a transaction; fails where one of them is there.
function claim.within(self, ordered)
  return insert(self, ordered, claimed, true)
end

--- Claims keys for this run: durable when it returns. A key that was rejected may be claimed again.
-- @tparam {table,...} items `key`, `campaign`, `once_per` (or the rest of the key), and where there
--   are any `external_id` (or `externalId`), `name`, `email`, `line`, `content` (the fingerprint of
--   the credential's JSON)
-- @treturn table key -> true for those that are this run's now; or nil, message, "ledger"
function claim.claim(self, items)
  return claim.insert(self, items, claimed)
end

local renew_sql = "UPDATE credential SET lease = " .. claim.lease_sql .. " WHERE key IN (SELECT"
  .. " c.key FROM credential AS c WHERE c.run = {run} AND c.lease IS NOT NULL {lock}) RETURNING key"

--- Renews the leases of all that this run is sending and publishing. To be called every minute or
-- so: a lease lasts 180 seconds, three times the client's timeout.
-- @return how many they are; or nil, message, "ledger"
function claim.renew(self)
  local rows, message, code = sql.change(self, function() return sql.rows_of(self, renew_sql) end)
  if not rows then return nil, message, code end
  return #rows
end

return claim
