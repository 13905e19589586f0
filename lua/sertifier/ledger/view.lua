--- What reports and the status page ask of a ledger.

local core = require "sertifier.core"
local doubt = require "sertifier.ledger.doubt"
local sql = require "sertifier.ledger.sql"

local view = {}

local rows_at_once = 5000

local state, reason = doubt.state, doubt.reason

local columns = "key, campaign, once_per, external_id, " .. state .. " AS state, " .. reason
  .. " AS reason, line, credential_id, link, name, email, claimed_at, settled_at"

--- How many keys each campaign has in each state.
-- @treturn {table,...} `campaign`, `state`, `keys`; or nil, message, "ledger"
function view.campaigns(self)
  return sql.told(self, sql.rows_of(self, "SELECT campaign, " .. state .. " AS state,"
    .. " COUNT(*) AS keys FROM credential GROUP BY 1, 2 ORDER BY 1, 2"))
end

local function examples(self, group)
  return sql.rows_of(self, "SELECT key, line FROM credential WHERE " .. reason .. " = ? AND "
    .. state .. " = ? ORDER BY claimed_at DESC LIMIT 5", group.reason, group.state)
end

--- Why keys are not issued: the most frequent reasons, each with some keys.
-- @treturn {table,...} `reason`, `state`, `keys`, `examples` (each `key`, `line`); or nil, message,
--   "ledger"
function view.reasons(self, limit)
  local rows, message = sql.rows_of(self, "SELECT " .. reason .. " AS reason, " .. state
    .. " AS state, COUNT(*) AS keys FROM credential WHERE state <> 'issued' AND " .. reason
    .. " <> '' GROUP BY 1, 2 ORDER BY 3 DESC, 1 LIMIT CAST(? AS BIGINT)", ("%d"):format(limit))
  for _, group in ipairs(rows or {}) do
    group.examples, message = examples(self, group)
    if not group.examples then return sql.fail(self, message) end
  end
  return sql.told(self, rows, message)
end

local issued = " FROM credential WHERE state = 'issued' AND settled_at IS NOT NULL"

--- Empty stretches from the first to the last credential.
local function stretches(first, last, number)
  if not first then return { counts = {} } end
  local line = { from = first, seconds = math.ceil((last - first + 1) / number), counts = {} }
  for i = 1, number do line.counts[i] = 0 end
  line.to = first + number * line.seconds
  return line
end

--- How many were issued in equal stretches of time.
-- @tparam number number of stretches
-- @treturn table `counts` of the stretches, none where nothing was issued; `from`, `to` and
--   `seconds` (of a stretch); or nil, message, "ledger"
function view.timeline(self, number)
  local range, message = sql.rows_of(self, "SELECT MIN(settled_at) AS first,"
    .. " MAX(settled_at) AS last" .. issued)
  if not range then return sql.fail(self, message) end
  local line = stretches(range[1].first, range[1].last, number)
  if not line.from then return line end
  local rows, why = sql.rows_of(self, "SELECT {stretch} AS stretch, COUNT(*) AS keys" .. issued
    .. " GROUP BY 1", ("%.6f"):format(line.from), ("%d"):format(line.seconds))
  for _, row in ipairs(rows or {}) do
    local i = math.min(math.max(tonumber(row.stretch), 0) + 1, #line.counts)
    line.counts[i] = line.counts[i] + tonumber(row.keys)
  end
  return sql.told(self, rows and line, why)
end

--- The keys that are not issued, and then the newest.
-- @treturn {table,...} or nil, message, "ledger"
function view.newest(self, limit)
  return sql.told(self, sql.rows_of(self, "SELECT " .. columns .. " FROM credential ORDER BY"
    .. " CASE WHEN state = 'issued' THEN 1 ELSE 0 END, claimed_at DESC, key"
    .. " LIMIT CAST(? AS BIGINT)", ("%d"):format(limit)))
end

local find_sql = "SELECT key, " .. state .. " AS state, " .. reason .. " AS reason,"
  .. " credential_id, link, claimed_at, settled_at FROM credential WHERE key = ? OR once_per = ?"
  .. " OR external_id = ? ORDER BY key LIMIT CAST(? AS BIGINT)"

--- The keys of one record; one that was forgotten is found by all of its key only.
-- @tparam string wanted a key, an Id, or an external id
-- @treturn {table,...} or nil, message, "ledger"
function view.find(self, wanted, limit)
  local rows, message = sql.rows_of(self, find_sql, wanted, core.widen_id(wanted), wanted,
    ("%d"):format(limit))
  if not rows or #rows > 0 then return sql.told(self, rows, message) end
  local entries, why, code = self:look_up { wanted }
  if not entries then return nil, why, code end
  return { entries[wanted] }
end

--- Calls `visit(row)` for every key, in the order of the keys.
-- @return true; or nil, message, "ledger"
function view.all(self, visit)
  local last = ""
  repeat
    local rows, message = sql.rows_of(self, "SELECT " .. columns .. " FROM credential WHERE key > ?"
      .. " ORDER BY key LIMIT " .. rows_at_once, last)
    if not rows then return sql.fail(self, message) end
    for _, row in ipairs(rows) do visit(row) end
    last = rows[1] and rows[#rows].key
  until #rows < rows_at_once
  return true
end

return view
