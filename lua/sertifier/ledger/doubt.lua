--- What people ask of a ledger, and what they decide about keys in doubt.

local core = require "sertifier.core"
local sql = require "sertifier.ledger.sql"

local doubt = {}

--- A row as others see it: an expired claim is in doubt.
function doubt.see(row, now)
  if row.state == "sending" and (row.lease or 0) < now then
    row.state, row.reason = "in_doubt", "the run that sent it ended before the answer came"
  end
  return row
end

--- How many keys are in each state.
-- @treturn table state -> number; or nil, message, "ledger"
function doubt.counts(self)
  local rows, message = sql.rows_of(self, "SELECT CASE WHEN state = 'sending' AND lease < ?"
    .. " THEN 'in_doubt' ELSE state END AS state, COUNT(*) AS keys FROM credential GROUP BY 1",
    core.now())
  if not rows then return sql.fail(self, message) end
  local counts = {}
  for _, row in ipairs(rows) do counts[row.state] = tonumber(row.keys) end
  return counts
end

--- The keys that are in doubt, the oldest first: each with its `reason`, `claimed_at` (seconds
-- since 1970) and `line`.
-- @treturn {table,...} or nil, message, "ledger"
function doubt.in_doubt(self)
  local now = core.now()
  local rows, message = sql.rows_of(self, "SELECT key, state, reason, line, lease, claimed_at"
    .. " FROM credential WHERE state = 'in_doubt' OR (state = 'sending' AND lease < ?)"
    .. " ORDER BY claimed_at, key", now)
  if not rows then return sql.fail(self, message) end
  for _, row in ipairs(rows) do doubt.see(row, now) end
  return rows
end

local words = {
  -- It may be sent again, and mail again: the person knows that it was not issued.
  release = "DELETE FROM credential WHERE key = ? AND"
    .. " (state IN ('in_doubt', 'dropped') OR (state = 'sending' AND lease < ?))",
  -- It is never to be sent: the person knows that it was issued, or does not want it.
  drop = "UPDATE credential SET state = 'dropped', name = NULL, email = NULL WHERE key = ? AND"
    .. " (state = 'in_doubt' OR (state = 'sending' AND lease < ?))",
}

--- A person's word about a key in doubt, kept with its time.
-- @tparam string key
-- @tparam string word "release": it may be sent again; "drop": it never is
-- @tparam string by_whom who says so
-- @return true; or nil, message, "ledger"
function doubt.decide(self, key, word, by_whom)
  local now = core.now()
  local ok, message = sql.transaction(self, function()
    local statement, why = sql.execute(self, words[word], key, now)
    if not statement then return nil, why end
    if statement:affected() ~= 1 then return nil, key .. " is not in doubt" end
    return sql.execute(self, "INSERT INTO decision (key, word, by_whom, at) VALUES (?, ?, ?, ?)",
      key, word, by_whom, now)
  end)
  if ok then return true end
  return sql.fail(self, message)
end

return doubt
