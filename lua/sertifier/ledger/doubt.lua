--- What people ask of a ledger, and what settles a key in doubt.

local forgotten = require "sertifier.ledger.forgotten"
local list = require "sertifier.ledger.list"
local sql = require "sertifier.ledger.sql"

local doubt = {}

local expired = "CASE WHEN state IN ('sending', 'publishing') AND COALESCE(lease, 0) < {now}"
  .. " THEN 1 ELSE 0 END AS expired"
local in_doubt = "(state = 'in_doubt' OR (state = 'sending' AND lease < {now}))"

local ended = "the run that sent it ended before the answer came"

local is_over_sql = "CASE WHEN state = 'sending' AND lease < {now} THEN '%s' ELSE %s END"

--- The state of a row, and its reason, as others see them.
doubt.state, doubt.reason = is_over_sql:format("in_doubt", "state"),
  is_over_sql:format(ended, "reason")

--- A row as others see it: an expired claim is in doubt.
local function see(row)
  local is_over = row.expired == 1
  row.expired = is_over or nil
  if is_over and row.state == "sending" then
    row.state, row.reason = "in_doubt", ended
  end
  return row
end

local look_up_sql = "SELECT key, state, credential_id, link, reason, line, run, content,"
  .. " claimed_at, settled_at, " .. expired
  .. " FROM credential WHERE key IN (SELECT column1 FROM {list})"

--- Adds those of the other keys that were forgotten. They are looked for last: a key that another
-- program forgets meanwhile is then found in one place or the other.
local function add_forgotten(self, keys, known)
  local others = {}
  for _, key in ipairs(keys) do
    if not known[key] then others[#others + 1] = key end
  end
  if #others == 0 then return known end
  local rows, message = forgotten.keys(self, others)
  if not rows then return sql.fail(self, message) end
  for key, row in pairs(rows) do known[key] = row end
  return known
end

--- What the ledger knows of some keys.
-- @tparam {string,...} keys
-- @treturn table key -> `{ state, credential_id, link, reason, line, run, content, claimed_at,
--   settled_at, expired }`; or nil, message, "ledger". Times are seconds since 1970. `expired` is
--   true where a run that was sending or publishing ended without a word. A key that was forgotten
--   has `state` ("issued" or "dropped") and `forgotten` only
function doubt.look_up(self, keys)
  local rows, message = list.over(self, look_up_sql, keys, 1, list.put_key)
  if not rows then return sql.fail(self, message) end
  local known = {}
  for _, row in ipairs(rows) do known[row.key] = see(row) end
  return add_forgotten(self, keys, known)
end

--- How many keys are in each state.
-- @treturn table state -> number, those that were forgotten under "forgotten"; or nil, message,
--   "ledger"
function doubt.counts(self)
  local rows, message = sql.rows_of(self, "SELECT " .. doubt.state .. " AS state,"
    .. " COUNT(*) AS keys FROM credential GROUP BY 1")
  local gone, why = forgotten.count(self)
  if not rows or not gone then return sql.fail(self, message or why) end
  local counts = { forgotten = gone > 0 and gone or nil }
  for _, row in ipairs(rows) do counts[row.state] = tonumber(row.keys) end
  return counts
end

--- The keys that are in doubt, the oldest first: each with what a look-up at the server needs.
-- @treturn {table,...} `key`, `campaign`, `once_per`, `external_id`, `name`, `email`, `claimed_at`
--   (seconds since 1970), `reason`, `line`, `run`, `content`; or nil, message, "ledger"
function doubt.in_doubt(self)
  local rows, message = sql.rows_of(self, "SELECT key, state, campaign, once_per, external_id,"
    .. " name, email, claimed_at, reason, line, run, content, " .. expired
    .. " FROM credential WHERE " .. in_doubt .. " ORDER BY claimed_at, key")
  if not rows then return sql.fail(self, message) end
  for _, row in ipairs(rows) do see(row) end
  return rows
end

-- ---- settling ----

local open = "(" .. in_doubt .. " OR (state = 'publishing' AND COALESCE(lease, 0) < {now}))"

local found = {
  issued = "UPDATE credential SET state = 'issued', name = NULL, email = NULL,",
  draft = "UPDATE credential SET state = 'draft',",
}

--- Settles a key in doubt, or whose publishing is, by what the server has: durable when it returns.
-- @tparam string key
-- @tparam table outcome `state` ("issued" or "draft"), and `credential`: `id`, `verificationLink`
-- @return true; or nil, message, "ledger"
function doubt.settle_doubt(self, key, outcome)
  if not found[outcome.state] then error(tostring(outcome.state) .. ": no such outcome", 2) end
  local text = found[outcome.state] .. " credential_id = ?, link = ?, reason = NULL, lease = NULL,"
    .. " body = NULL, settled_at = {now} WHERE key = ? AND " .. open .. " RETURNING key"
  return sql.change(self, function()
    local rows, message = sql.rows_of(self, text, list.text(outcome.credential.id),
      list.text(outcome.credential.verificationLink), key)
    if not rows then return nil, message end
    if #rows == 1 then return true end
    return nil, key .. " is not in doubt"
  end)
end

local words = {
  -- It may be sent again, and mail again: the person knows that it was not issued.
  release = "DELETE FROM credential WHERE key = ? AND (state = 'dropped' OR " .. in_doubt .. ")",
  -- It is never to be sent: the person knows that it was issued, or does not want it. A draft whose
  -- record no run reads any more ends so, too.
  drop = "UPDATE credential SET state = 'dropped', name = NULL, email = NULL, body = NULL,"
    .. " lease = NULL, settled_at = {now} WHERE key = ? AND (state = 'draft' OR " .. open .. ")",
}

--- Carries out a word; one that was dropped may have been forgotten since.
-- @return the rows that it was about; or nil, message
local function carry_out(self, key, word)
  local rows, message = sql.rows_of(self, words[word] .. " RETURNING key", key)
  if rows and #rows == 0 and word == "release" then return forgotten.release(self, key) end
  return rows, message
end

--- Why a word about a key cannot be carried out.
local function why_not(self, key)
  local rows, message = sql.rows_of(self, "SELECT " .. doubt.state .. " AS state FROM credential"
    .. " WHERE key = ?", key)
  if not rows then return message end
  if not rows[1] then return key .. " is not in it" end
  return ("%s is not in doubt, but %s"):format(key, rows[1].state)
end

--- A person's word about a key in doubt, or a draft that is not wanted, kept with its time.
-- @tparam string key
-- @tparam string word "release": it may be sent again; "drop": it never is
-- @tparam string by_whom who says so
-- @return true; or nil, message, "ledger"
function doubt.decide(self, key, word, by_whom)
  if not words[word] then error(tostring(word) .. ": no such word", 2) end
  return sql.change(self, function()
    local rows, message = carry_out(self, key, word)
    if not rows then return nil, message end
    if #rows ~= 1 then return nil, why_not(self, key) end
    rows, message = sql.rows_of(self, "INSERT INTO decision (key, word, by_whom, at)"
      .. " VALUES (?, ?, ?, {now})", key, word, by_whom)
    return rows and true, message
  end)
end

return doubt
