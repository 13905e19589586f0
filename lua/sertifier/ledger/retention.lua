--- Forgets what is old, some keys at a time.

local forget = require "sertifier.ledger.forget"
local sql = require "sertifier.ledger.sql"

local retention = {}

local keys_at_once = 1000

local cutoff = "{now} - CAST(? AS DOUBLE PRECISION)"
local settled = "c.state IN ('issued', 'rejected', 'dropped')"
  .. " AND COALESCE(c.settled_at, c.claimed_at) < " .. cutoff

local function span(seconds)
  return ("%d"):format(seconds)
end

-- ---- counting ----

local count_sql = "SELECT c.state, COUNT(*) AS keys FROM credential AS c WHERE " .. settled
  .. " GROUP BY c.state UNION ALL SELECT 'runs', COUNT(*) FROM run AS c WHERE"
  .. " COALESCE(c.ended_at, c.started_at) < " .. cutoff
  .. " UNION ALL SELECT 'decisions', COUNT(*) FROM decision AS c WHERE c.at < " .. cutoff

--- How much a ledger holds that was settled so long ago; nothing is changed.
-- @tparam number seconds
-- @treturn table by state of keys; and `runs`, and `decisions` of people; or nil, message, "ledger"
function retention.count_older(self, seconds)
  local text = span(seconds)
  local rows, message = sql.rows_of(self, count_sql, text, text, text)
  if not rows then return sql.fail(self, message) end
  local counts = {}
  for _, row in ipairs(rows) do counts[row.state] = tonumber(row.keys) end
  return counts
end

-- ---- forgetting ----

local page_sql = "SELECT " .. forget.columns .. " FROM credential AS c WHERE " .. settled
  .. " AND c.key IN (SELECT c.key FROM credential AS c WHERE c.key > ? AND " .. settled
  .. (" ORDER BY c.key LIMIT %d) {lock}"):format(keys_at_once)

--- Of rows that are locked, those that may go, and their keys.
local function ripe(self, rows)
  local some, keys = {}, {}
  for _, row in ipairs(rows) do
    if not forget.hindrance(self, row) then
      some[#some + 1], keys[#keys + 1] = row, row.key
    end
  end
  return some, keys
end

--- Forgets some keys behind one, in a transaction.
-- @return the last of them, false where there are no more; or nil, message
local function forget_page(self, after, text, counts)
  local rows, message = sql.rows_of(self, page_sql, text, after, text)
  if not rows then return nil, message end
  local last = false
  for _, row in ipairs(rows) do last = last and last > row.key and last or row.key end
  local some, keys = ripe(self, rows)
  local ok, why = forget.rows(self, keys, some)
  if not ok then return nil, why end
  for state, keys_of_it in pairs(forget.count(some)) do
    counts[state] = (counts[state] or 0) + keys_of_it
  end
  return { last = last }
end

local function forget_keys(self, text, counts)
  local after = ""
  while after do
    local page, message, code = sql.change(self, function()
      return forget_page(self, after, text, counts)
    end)
    if not page then return nil, message, code end
    after = page.last
  end
  return true
end

local rest_sql = {
  runs = "DELETE FROM run WHERE COALESCE(ended_at, started_at) < " .. cutoff .. " RETURNING id",
  decisions = "DELETE FROM decision WHERE at < " .. cutoff .. " RETURNING key",
}

local function forget_rest(self, text, counts)
  for name, statement in pairs(rest_sql) do
    local rows, message = sql.rows_of(self, statement, text)
    if not rows then return nil, message end
    counts[name] = #rows
  end
  return true
end

--- Forgets keys that were settled so long ago, as `forget` does, with the runs and the words of
-- people that are as old. What is queued, under way, a draft or in doubt stays, however old it is;
-- so do the memories of triggers, which are the newest that is known of a record.
-- @tparam number seconds
-- @treturn table as `count_older`; or nil, message, "ledger": what was forgotten until then is
function retention.forget_older(self, seconds)
  local text, counts = span(seconds), {}
  local ok, message, code = forget_keys(self, text, counts)
  if ok then
    ok, message, code = sql.change(self, function() return forget_rest(self, text, counts) end)
  end
  if not ok then return nil, message, code end
  return forget.clean(self, counts)
end

return retention
