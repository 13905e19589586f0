--- What others have issued already, taken into the ledger.

local claim = require "sertifier.ledger.claim"
local forgotten = require "sertifier.ledger.forgotten"
local list = require "sertifier.ledger.list"
local person = require "sertifier.ledger.person"
local sql = require "sertifier.ledger.sql"

local adoption = {}

--- Made where somebody first looks for credentials: their ids come in no order, and to keep them
-- indexed is half of what settling costs.
local index_sql = "CREATE INDEX IF NOT EXISTS credential_credential_id ON credential"
  .. " (credential_id) WHERE credential_id IS NOT NULL"

local function index(self)
  if self.is_indexed or self.reads_only then return true end
  local ok, message = sql.transaction(self, function()
    local alone, why = sql.rows_of(self, self.engine.alone)
    if not alone then return nil, why end
    return sql.rows_of(self, index_sql)
  end)
  self.is_indexed = ok ~= nil
  return ok, message
end

local known_sql = "SELECT credential_id AS key FROM credential"
  .. " WHERE credential_id IN (SELECT column1 FROM {list})"

--- Which credentials the ledger knows.
-- @tparam {string,...} ids credential ids
-- @treturn table id -> true for those that are in it; or nil, message, "ledger"
function adoption.has_credential(self, ids)
  local rows, message = index(self)
  if rows then rows, message = list.over(self, known_sql, ids, 1, list.put_key) end
  if not rows then return sql.fail(self, message) end
  local known, why = forgotten.credentials(self, ids)
  if not known then return sql.fail(self, why) end
  for _, row in ipairs(rows) do known[row.key] = true end
  return known
end

local adopted = claim.way { state = "issued", columns = "settled_at", values = "{now}",
  replaces = "(credential.state IN ('in_doubt', 'rejected')"
    .. " OR (credential.state = 'sending' AND credential.lease < {now}))",
  more = { "credential_id", "link" } }

--- Takes in credentials that were issued: durable when it returns. A key that is there already
-- stays as it is, but for one in doubt, and for one that was rejected: the server has it all the
-- same.
-- @tparam {table,...} credentials `key`, `campaign`, `once_per`, `credential_id`, `link`, and where
--   there are any `external_id`, `email` (kept as a fingerprint only), `content`
-- @return how many were taken in; or nil, message, "ledger"
function adoption.adopt(self, credentials)
  local items, text = {}, list.text
  for i, one in ipairs(credentials) do
    items[i] = { key = text(one.key), campaign = one.campaign, once_per = text(one.once_per),
      external_id = text(one.external_id), content = one.content, link = text(one.link),
      credential_id = text(one.credential_id), person = person.of(self, one.email) }
  end
  local set, message, code = claim.insert(self, items, adopted)
  if not set then return nil, message, code end
  local count = 0
  for _ in pairs(set) do count = count + 1 end
  return count
end

-- In two parts, each with an index of its own that holds few keys.
local person_sql = "SELECT key, state, once_per, external_id, credential_id, line, run, claimed_at"
  .. " FROM credential WHERE %s AND {who} AND campaign = ?"
person_sql = person_sql:format "state IN ('in_doubt', 'dropped')" .. " UNION ALL "
  .. person_sql:format "lease IS NOT NULL AND state = 'sending'" .. " ORDER BY claimed_at, key"

local by_email_sql = person_sql:gsub("{who}", "person = ?")
-- A key that was dropped has no name any more: it may be anybody's.
local by_name_sql = person_sql:gsub("{who}", "person IS NULL AND (name IS NULL"
  .. " OR LOWER(TRIM(name)) = LOWER(TRIM(CAST(? AS TEXT))))")

--- As `by_person`, of one whose fingerprint is known.
-- @return its rows; or nil, message
function adoption.of_person(self, campaign, fingerprint)
  return sql.rows_of(self, by_email_sql, fingerprint, campaign, fingerprint, campaign)
end

--- The keys of a person that may have a credential of which the ledger does not know: those that
-- are being sent, in doubt, or dropped.
-- @tparam string campaign
-- @tparam string email in any case
-- @tparam[opt] string name whom a person without an e-mail is known by, in any case
-- @treturn {table,...} entries, the oldest first; or nil, message, "ledger"
function adoption.by_person(self, campaign, email, name)
  local fingerprint, rows, message = person.of(self, email), {}, nil
  if fingerprint then
    rows, message = adoption.of_person(self, campaign, fingerprint)
  elseif name and name ~= "" then
    rows, message = sql.rows_of(self, by_name_sql, name, campaign, name, campaign)
  end
  return sql.told(self, rows, message)
end

return adoption
