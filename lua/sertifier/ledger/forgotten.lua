--- What is known of keys that were forgotten: by their fingerprints, that they are not to be sent.
--
-- A fingerprint is keyed with the ledger's secret, so who has only the fingerprint can test nothing
-- with it. 64 bits are enough: a key that nobody has issued is taken for one of a million
-- forgotten ones with a chance of one in 18 million million, and nobody without the secret can
-- look for one that is.

local core = require "sertifier.core"
local list = require "sertifier.ledger.list"
local sql = require "sertifier.ledger.sql"

local forgotten = {}

--- Whether there are any, or nil, message. Most ledgers have none: then nothing has to be hashed.
function forgotten.has_any(self)
  local rows, message = sql.rows_of(self, "SELECT fingerprint FROM forgotten LIMIT 1")
  return rows and rows[1] ~= nil, message
end

--- The rows of some texts.
-- @tparam string column where their fingerprints stand
-- @return text -> row; or nil, message
local function rows_by(self, column, texts)
  local any, message = forgotten.has_any(self)
  if not any then return any == false and {} or nil, message end
  local fingerprints, text_of, known = {}, {}, {}
  for i, text in ipairs(texts) do
    fingerprints[i] = core.fingerprint(self.secret, text)
    text_of[fingerprints[i]] = text
  end
  local rows, why = list.over(self, ("SELECT %s AS fingerprint, state FROM forgotten WHERE %s IN"
    .. " (SELECT column1 FROM {list})"):format(column, column), fingerprints, 1, list.put_key)
  for _, row in ipairs(rows or {}) do known[text_of[row.fingerprint]] = row end
  return rows and known, why
end

--- What is left of some keys.
-- @tparam {string,...} keys
-- @treturn table key -> `{ key, state, forgotten = true }`, `state` being "issued" or "dropped"; or
--   nil, message
function forgotten.keys(self, keys)
  local rows, message = rows_by(self, "fingerprint", keys)
  for key, row in pairs(rows or {}) do
    rows[key] = { key = key, state = row.state, forgotten = true }
  end
  return rows, message
end

--- Which credentials were those of forgotten keys.
-- @tparam {string,...} ids
-- @treturn table id -> something; or nil, message
function forgotten.credentials(self, ids)
  return rows_by(self, "credential", ids)
end

--- How many keys were forgotten; or nil, message.
function forgotten.count(self)
  local rows, message = sql.rows_of(self, "SELECT COUNT(*) AS keys FROM forgotten")
  return rows and tonumber(rows[1].keys), message
end

local add_sql = "INSERT INTO forgotten (fingerprint, state, credential) SELECT column1, column2,"
  .. " column3 FROM {list} WHERE column1 IS NOT NULL ON CONFLICT (fingerprint) DO NOTHING"
  .. " RETURNING fingerprint"

--- Keeps of keys what the promise asks for.
-- @tparam {table,...} rows `key`, `state`, `credential_id`
-- @return its rows; or nil, message
function forgotten.add(self, rows)
  return list.over(self, add_sql, rows, 3, function(values, n, row)
    values[n + 1], values[n + 2] = core.fingerprint(self.secret, row.key), row.state
    values[n + 3] = row.credential_id and core.fingerprint(self.secret, row.credential_id)
  end)
end

--- Lets a key be issued that a person had dropped.
-- @return the rows, of which there is one where it was so; or nil, message
function forgotten.release(self, key)
  return sql.rows_of(self, "DELETE FROM forgotten WHERE fingerprint = ? AND state = 'dropped'"
    .. " RETURNING fingerprint", core.fingerprint(self.secret, key))
end

return forgotten
