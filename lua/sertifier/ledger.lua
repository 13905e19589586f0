--- The states of a key, in SQL.
--
-- A key is a campaign and what a flow issues once per. It is claimed here, durably, before the
-- first byte of its request leaves, and settled after the answer: `sending` becomes `issued`,
-- `rejected` or `in_doubt`, or the row goes where the server is proven not to have issued. A key
-- that is still `sending` when its lease is over belongs to a run that died: it is in doubt.

local core = require "sertifier.core"
local doubt = require "sertifier.ledger.doubt"
local sql = require "sertifier.ledger.sql"

local execute, fail, rows_of, transaction = sql.execute, sql.fail, sql.rows_of, sql.transaction

local ledger = {}
ledger.__index = ledger

local lease = 600 -- seconds; far more than a request may take
local schema_version = 1

local schema = {
  [[CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)]],
  [[CREATE TABLE IF NOT EXISTS decision (
    key TEXT NOT NULL, word TEXT NOT NULL, by_whom TEXT NOT NULL, at REAL NOT NULL)]],
  [[CREATE TABLE IF NOT EXISTS credential (
    key TEXT PRIMARY KEY, state TEXT NOT NULL, campaign TEXT NOT NULL, once_per TEXT NOT NULL,
    external_id TEXT, name TEXT, email TEXT, line INTEGER, run TEXT, lease REAL, claimed_at REAL,
    settled_at REAL, credential_id TEXT, link TEXT, reason TEXT)]],
}

local columns = { "key", "campaign", "once_per", "external_id", "name", "email", "line" }

local function marks(count, mark)
  return (mark .. ","):rep(count):sub(1, -2)
end

-- ---- opening ----

local function check_version(self)
  local rows, message = rows_of(self, "SELECT value FROM meta WHERE name = 'version'")
  if not rows then return nil, message end
  local found = rows[1] and tonumber(rows[1].value)
  if not found then
    return execute(self, "INSERT INTO meta (name, value) VALUES ('version', ?)",
      tostring(schema_version))
  end
  if found <= schema_version then return true end
  return nil, ("it was written by a newer sertifier (its version is %d, this one reads %d); "
    .. "update sertifier"):format(found, schema_version)
end

local function prepare_schema(self)
  return transaction(self, function()
    for _, statement in ipairs(schema) do
      local ok, message = execute(self, statement)
      if not ok then return nil, message end
    end
    return check_version(self)
  end)
end

--- Opens a ledger; a file that is not there is made, readable by its owner only.
-- @tparam string name a path
-- @return the ledger; or nil, message, "ledger"
function ledger.open(name)
  local engine = require "sertifier.ledger.sqlite"
  local self = setmetatable({ name = name, engine = engine, statements = {} }, ledger)
  self.run = ("%d-%.6f"):format(core.pid(), core.now())
  local connection, message = engine.connect(name)
  if not connection then return fail(self, message) end
  self.connection = connection
  self.identity = core.file_id(name)
  local ok, why = prepare_schema(self)
  if ok then return self end
  self:close()
  return fail(self, why)
end

--- Closes it; a second call does nothing.
function ledger:close()
  if not self.connection then return end
  for _, statement in pairs(self.statements) do statement:close() end
  self.connection:close()
  self.connection, self.statements = nil, {}
end

-- ---- looking up ----

--- What the ledger knows of some keys.
-- @tparam {string,...} keys
-- @treturn table key -> `{ state, credential_id, link, reason, line, run }`; or nil, message, code
function ledger:look_up(keys)
  if #keys == 0 then return {} end
  local rows, message = rows_of(self, ("SELECT key, state, credential_id, link, reason, line, run,"
    .. " lease FROM credential WHERE key IN (%s)"):format(marks(#keys, "?")),
    (table.unpack or unpack)(keys))
  if not rows then return fail(self, message) end
  local known, now = {}, core.now()
  for _, row in ipairs(rows) do known[row.key] = doubt.see(row, now) end
  return known
end

-- ---- claiming and settling ----

--- A ledger that was deleted under a run would take claims that nobody sees.
local function still_there(self)
  if core.file_id(self.name) == self.identity then return true end
  return nil, "the file was moved or deleted while it was in use"
end

local function claim_sql(count)
  local one = ("(%s,'sending',?,?,?)"):format(marks(#columns, "?"))
  return ("INSERT INTO credential (%s, state, run, lease, claimed_at) VALUES %s"
    .. " ON CONFLICT (key) DO UPDATE SET state = 'sending', run = excluded.run,"
    .. " lease = excluded.lease, claimed_at = excluded.claimed_at, line = excluded.line,"
    .. " name = excluded.name, email = excluded.email, external_id = excluded.external_id,"
    .. " reason = NULL WHERE credential.state = 'rejected' RETURNING key")
    :format(table.concat(columns, ", "), marks(count, one))
end

local function claim_values(self, items, now)
  local values, n = {}, 0
  for _, item in ipairs(items) do
    for i, column in ipairs(columns) do values[n + i] = item[column] end
    n = n + #columns
    values[n + 1], values[n + 2], values[n + 3] = self.run, now + lease, now
    n = n + 3
  end
  return values, n
end

--- Claims keys for this run: durable when it returns. A key that was rejected may be claimed again.
-- @tparam {table,...} items `key`, `campaign`, `once_per`, `external_id`, `name`, `email`, `line`
-- @treturn table key -> true for those that are this run's now; or nil, message, "ledger"
function ledger:claim(items)
  local there, why = still_there(self)
  if not there then return fail(self, why) end
  local claimed = {}
  local values, count = claim_values(self, items, core.now())
  local rows, message = transaction(self, function()
    return rows_of(self, claim_sql(#items), (table.unpack or unpack)(values, 1, count))
  end)
  if not rows then return fail(self, message) end
  for _, row in ipairs(rows) do claimed[row.key] = true end
  return claimed
end

local settle_sql = "UPDATE credential SET state = ?, credential_id = ?, link = ?, reason = ?,"
  .. " settled_at = ?, name = NULL, email = NULL WHERE key = ? AND run = ? AND state = 'sending'"
local doubt_sql = "UPDATE credential SET state = 'in_doubt', reason = ?, settled_at = ?"
  .. " WHERE key = ? AND run = ? AND state = 'sending'"
local drop_sql = "DELETE FROM credential WHERE key = ? AND run = ? AND state = 'sending'"

local function settle_one(self, one, now)
  if one.state == "not_applied" then return execute(self, drop_sql, one.key, self.run) end
  if one.state == "in_doubt" then
    return execute(self, doubt_sql, one.reason or "", now, one.key, self.run)
  end
  return execute(self, settle_sql, one.state, one.credential_id, one.link, one.reason, now, one.key,
    self.run)
end

--- Settles keys of this run: durable when it returns, and all of them or none.
-- @tparam {table,...} outcomes `key`, `state` (issued, rejected, in_doubt, or not_applied: the key
--   is free again), and `credential_id`, `link`, `reason`
-- @return true; or nil, message, "ledger"
function ledger:settle(outcomes)
  local now = core.now()
  local ok, message = transaction(self, function()
    for _, one in ipairs(outcomes) do
      local statement, why = settle_one(self, one, now)
      if not statement then return nil, why end
      if statement:affected() ~= 1 then return nil, one.key .. " is not claimed by this run" end
    end
    return true
  end)
  if ok then return true end
  return fail(self, message)
end

ledger.counts, ledger.in_doubt, ledger.decide = doubt.counts, doubt.in_doubt, doubt.decide

return ledger
