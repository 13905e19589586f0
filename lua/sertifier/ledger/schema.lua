--- The tables of a ledger, and how one of an earlier version becomes one of this.

local core = require "sertifier.core"
local list = require "sertifier.ledger.list"
local person = require "sertifier.ledger.person"
local sql = require "sertifier.ledger.sql"

local schema = {}

-- What leads from each version to the next; a new ledger goes through all of them.
local steps = {
  {
    [[CREATE TABLE decision (key TEXT NOT NULL, word TEXT NOT NULL, by_whom TEXT NOT NULL,
      at DOUBLE PRECISION NOT NULL)]],
    [[CREATE TABLE credential (key TEXT PRIMARY KEY, state TEXT NOT NULL, campaign TEXT NOT NULL,
      once_per TEXT NOT NULL, external_id TEXT, name TEXT, email TEXT, line BIGINT, run TEXT,
      lease DOUBLE PRECISION, claimed_at DOUBLE PRECISION, settled_at DOUBLE PRECISION,
      credential_id TEXT, link TEXT, reason TEXT)]],
    "INSERT INTO meta (name, value) VALUES ('version', '1')",
  },
  {
    "ALTER TABLE credential ADD COLUMN person TEXT",
    "ALTER TABLE credential ADD COLUMN content TEXT",
    "ALTER TABLE credential ADD COLUMN body TEXT",
    "UPDATE credential SET lease = NULL WHERE state <> 'sending'",
    "CREATE INDEX credential_run ON credential (run) WHERE lease IS NOT NULL",
    "CREATE INDEX credential_queued ON credential (claimed_at) WHERE state = 'queued'",
    [[CREATE INDEX credential_person ON credential (person)
      WHERE state IN ('in_doubt', 'dropped')]], -- of all keys, it would cost most of a claim's time
    [[CREATE TABLE run (id TEXT PRIMARY KEY, flow TEXT, export TEXT, counts TEXT,
      started_at DOUBLE PRECISION NOT NULL, ended_at DOUBLE PRECISION)]],
  },
  {
    [[CREATE TABLE write_back (key TEXT NOT NULL, record_id TEXT NOT NULL, object TEXT NOT NULL,
      fields TEXT NOT NULL, link TEXT, run TEXT, reason TEXT, PRIMARY KEY (key, record_id))]],
    "CREATE INDEX write_back_open ON write_back (object, record_id) WHERE link IS NULL",
  },
  {
    [[CREATE TABLE forgotten (fingerprint TEXT PRIMARY KEY, state TEXT NOT NULL,
      credential TEXT)]],
    [[CREATE INDEX forgotten_credential ON forgotten (credential)
      WHERE credential IS NOT NULL]],
  },
  { "CREATE TABLE write_job (id TEXT PRIMARY KEY, object TEXT NOT NULL)" },
  { "DROP INDEX IF EXISTS credential_credential_id" }, -- adoption.lua makes it where it is used
}

local with_secret = 2 -- the first version that has one

--- @return the version, 0 where there is no ledger yet, and the secret; or nil, message
local function found(self)
  local rows, message = sql.rows_of(self, "SELECT name, value FROM meta")
  if not rows then return nil, message end
  local meta = {}
  for _, row in ipairs(rows) do meta[row.name] = row.value end
  return tonumber(meta.version) or 0, meta.secret
end

local function execute_all(self, statements)
  for _, text in ipairs(statements) do
    local ok, message = sql.rows_of(self, text)
    if not ok then return nil, message end
  end
  return true
end

--- The people of a ledger that had no fingerprints, as far as it still knows them.
local function note_people(self)
  local rows, message = sql.rows_of(self, "SELECT key, email FROM credential"
    .. " WHERE email IS NOT NULL ORDER BY key")
  if not rows then return nil, message end
  return list.over(self, "UPDATE credential SET person = item.column2 FROM {list}"
    .. " WHERE key = item.column1 RETURNING key", rows, 2, function(values, n, row)
    values[n + 1], values[n + 2] = row.key, person.of(self, row.email)
  end)
end

local function note_secret(self)
  local secret = core.random()
  self.secret = person.key(secret)
  return sql.rows_of(self, "INSERT INTO meta (name, value) VALUES ('secret', ?)", secret)
end

--- Goes from the version that is there to this one. Where many open a new ledger at the same time,
-- all but the first find nothing to do.
local function lift(self)
  local ok, message = execute_all(self, { self.engine.alone,
    "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)" })
  local version = ok and found(self) or 0
  for step = version + 1, #steps do
    if ok then ok, message = execute_all(self, steps[step]) end
  end
  if not ok or version >= #steps then return ok, message end
  if version < with_secret then
    ok, message = note_secret(self)
    if ok then ok, message = note_people(self) end
  end
  if not ok then return nil, message end
  return sql.rows_of(self, "UPDATE meta SET value = ? WHERE name = 'version'", tostring(#steps))
end

local function newer(version)
  return nil, ("it was written by a newer sertifier (its version is %d, this one reads %d); "
    .. "update sertifier"):format(version, #steps)
end

--- Looks at the tables, which stay as they are.
-- @return true, false where there are none; or nil, message
function schema.look(self)
  local tables, message = sql.rows_of(self, "{table}", "meta")
  if not tables then return nil, message end
  if not tables[1] then return false end
  local version, secret = found(self)
  if not version then return nil, secret end
  if version > #steps then return newer(version) end
  if version < #steps then
    return nil, "it is of an earlier sertifier, and a check changes nothing; `sertifier status` "
      .. "brings it to this version"
  end
  self.secret = person.key(secret)
  return true
end

local function lift_or_create(self, version)
  local function make()
    return sql.transaction(self, function() return lift(self) end)
  end
  if version then return make() end
  return self.engine.create(self, make)
end

--- Makes the tables, or brings them to this version.
-- @return true; or nil, message
function schema.prepare(self)
  local version, secret = found(self)
  if not version or version < #steps then
    local ok, message = lift_or_create(self, version)
    if not ok then return nil, message end
    version, secret = found(self)
  end
  if not version then return nil, secret end
  if version > #steps then return newer(version) end
  self.secret = person.key(secret)
  return true
end

return schema
