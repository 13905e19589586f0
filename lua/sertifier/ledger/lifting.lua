--- Gives a ledger of an earlier version the tables of this one, which schema.lua has.

local core = require "sertifier.core"
local list = require "sertifier.ledger.list"
local person = require "sertifier.ledger.person"
local sql = require "sertifier.ledger.sql"

local lifting = {}

-- What leads from each version to the next.
local steps = {
  {
    "ALTER TABLE credential ADD COLUMN person TEXT",
    "ALTER TABLE credential ADD COLUMN content TEXT",
    "ALTER TABLE credential ADD COLUMN body TEXT",
    "UPDATE credential SET lease = NULL WHERE state <> 'sending'",
    "CREATE INDEX credential_run ON credential (run) WHERE lease IS NOT NULL",
    "CREATE INDEX credential_queued ON credential (claimed_at) WHERE state = 'queued'",
    [[CREATE INDEX credential_person ON credential (person)
      WHERE state IN ('in_doubt', 'dropped')]],
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

local function add_secret(self)
  local secret = core.random()
  self.secret = person.key(secret)
  local ok, message =
    sql.rows_of(self, "INSERT INTO meta (name, value) VALUES ('secret', ?)", secret)
  if not ok then return nil, message end
  return note_people(self)
end

--- Goes from one version to another.
-- @tparam table self the ledger, within a transaction
-- @tparam number version 1 or more
-- @tparam number wanted the one that schema.lua has
-- @return true; or nil, message
function lifting.lift(self, version, wanted)
  local ok, message = true, nil
  for step = version, wanted - 1 do
    if ok then ok, message = sql.each_of(self, steps[step]) end
  end
  if ok and version < with_secret then ok, message = add_secret(self) end
  if not ok then return nil, message end
  return sql.rows_of(self, "UPDATE meta SET value = ? WHERE name = 'version'", tostring(wanted))
end

return lifting
