--- The runs that used a ledger: when, of what, and what came of them.

local cjson = require "cjson"
local core = require "sertifier.core"
local list = require "sertifier.ledger.list"
local sql = require "sertifier.ledger.sql"

local runs = {}

--- Of a run that claims nothing nothing has to be known after a power cut: that it began is on the
-- disk with its first claim. Threads that share their flushes do so here, too.
local function unhurried(self, note)
  if self.transaction or not self.engine.unhurried then return note() end
  return self.engine.unhurried(self, note)
end

--- Notes that a run begins; from now on claims are its own.
-- @tparam table run `flow` (its name) and `export`, where there are any
-- @return its id; or nil, message, "ledger"
function runs.begin(self, run)
  sql.forget_all(self)
  self.run = core.random()
  local ok, message = unhurried(self, function()
    return sql.transaction(self, function()
      return sql.rows_of(self, "INSERT INTO run (id, flow, export, started_at)"
        .. " VALUES ({run}, ?, ?, {now})", list.text(run.flow), list.text(run.export))
    end)
  end)
  if not ok then return sql.fail(self, message) end
  return self.run
end

--- Notes that it ended.
-- @tparam table counts a number by outcome
-- @return true; or nil, message, "ledger"
function runs.finish(self, counts)
  local ok, message, code = sql.change(self, function()
    return sql.rows_of(self, "UPDATE run SET ended_at = {now}, counts = ? WHERE id = {run}",
      cjson.encode(counts))
  end)
  return ok and true, message, code
end

--- The last runs, the newest first.
-- @tparam number limit how many
-- @treturn {table,...} `id`, `flow`, `export`, `started_at`, `ended_at` (seconds since 1970; nil
--   where it never said that it ended) and `counts`; or nil, message, "ledger"
function runs.list(self, limit)
  local rows, message = sql.rows_of(self, "SELECT id, flow, export, started_at, ended_at, counts"
    .. " FROM run ORDER BY started_at DESC, id LIMIT CAST(? AS BIGINT)", ("%d"):format(limit))
  if not rows then return sql.fail(self, message) end
  for _, row in ipairs(rows) do row.counts = row.counts and cjson.decode(row.counts) end
  return rows
end

return runs
