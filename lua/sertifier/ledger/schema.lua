--- The tables of a ledger. How one of an earlier version gets them, lifting.lua knows.

local core = require "sertifier.core"
local later = require "sertifier.later"
local lifting = later "sertifier.ledger.lifting"
local person = require "sertifier.ledger.person"
local sql = require "sertifier.ledger.sql"

local schema = {}

local version_now = 6

-- What makes the tables of a new ledger, beside `meta`.
local statements = {
  [[CREATE TABLE decision (key TEXT NOT NULL, word TEXT NOT NULL, by_whom TEXT NOT NULL,
    at DOUBLE PRECISION NOT NULL)]],
  [[CREATE TABLE credential (key TEXT PRIMARY KEY, state TEXT NOT NULL, campaign TEXT NOT NULL,
    once_per TEXT NOT NULL, external_id TEXT, name TEXT, email TEXT, line BIGINT, run TEXT,
    lease DOUBLE PRECISION, claimed_at DOUBLE PRECISION, settled_at DOUBLE PRECISION,
    credential_id TEXT, link TEXT, reason TEXT, person TEXT, content TEXT, body TEXT)]],
  "CREATE INDEX credential_run ON credential (run) WHERE lease IS NOT NULL",
  "CREATE INDEX credential_queued ON credential (claimed_at) WHERE state = 'queued'",
  [[CREATE INDEX credential_person ON credential (person)
    WHERE state IN ('in_doubt', 'dropped')]], -- of all keys, it would cost most of a claim's time
  [[CREATE TABLE run (id TEXT PRIMARY KEY, flow TEXT, export TEXT, counts TEXT,
    started_at DOUBLE PRECISION NOT NULL, ended_at DOUBLE PRECISION)]],
  [[CREATE TABLE write_back (key TEXT NOT NULL, record_id TEXT NOT NULL, object TEXT NOT NULL,
    fields TEXT NOT NULL, link TEXT, run TEXT, reason TEXT, PRIMARY KEY (key, record_id))]],
  "CREATE INDEX write_back_open ON write_back (object, record_id) WHERE link IS NULL",
  [[CREATE TABLE forgotten (fingerprint TEXT PRIMARY KEY, state TEXT NOT NULL,
    credential TEXT)]],
  [[CREATE INDEX forgotten_credential ON forgotten (credential)
    WHERE credential IS NOT NULL]],
  "CREATE TABLE write_job (id TEXT PRIMARY KEY, object TEXT NOT NULL)",
}

--- @return the version, 0 where there is no ledger yet, and the secret; or nil, message
local function found(self)
  local rows, message = sql.rows_of(self, "SELECT name, value FROM meta")
  if not rows then return nil, message end
  local meta = {}
  for _, row in ipairs(rows) do meta[row.name] = row.value end
  return tonumber(meta.version) or 0, meta.secret
end

--- Makes the tables of this version, and the secret that fingerprints are made with.
-- @return true; or nil, message
local function create(self)
  local ok, message = sql.each_of(self, statements)
  if not ok then return nil, message end
  return sql.rows_of(self, "INSERT INTO meta (name, value) VALUES ('version', ?), ('secret', ?)",
    tostring(version_now), core.random())
end

--- Goes from the version that is there to this one. Where many open a new ledger at the same time,
-- all but the first find nothing to do.
local function lift(self)
  local ok, message = sql.each_of(self, { self.engine.alone,
    "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)" })
  if not ok then return nil, message end
  local version, why = found(self)
  if not version then return nil, why end
  if version == 0 then return create(self) end
  return version >= version_now or lifting.lift(self, version, version_now)
end

local function newer(version)
  return nil, ("it was written by a newer sertifier (its version is %d, this one reads %d); "
    .. "update sertifier"):format(version, version_now)
end

--- Looks at the tables, which stay as they are.
-- @return true, false where there are none; or nil, message
function schema.look(self)
  local tables, message = sql.rows_of(self, "{table}", "meta")
  if not tables then return nil, message end
  if not tables[1] then return false end
  local version, secret = found(self)
  if not version then return nil, secret end
  if version > version_now then return newer(version) end
  if version < version_now then
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
  local version, secret
  if not self.is_new then version, secret = found(self) end
  if not version or version < version_now then
    local ok, message = lift_or_create(self, version)
    if not ok then return nil, message end
    version, secret = found(self)
  end
  if not version then return nil, secret end
  if version > version_now then return newer(version) end
  self.secret = person.key(secret)
  return true
end

return schema
