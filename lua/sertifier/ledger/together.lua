--- Many threads of one process on one SQLite ledger: one writes at a time, and one flush to the
-- disk is for all who wait for theirs.
--
-- SQLite lets writers wait by sleeping, the longer the more often they looked, and a commit that
-- flushes keeps all others waiting for the disk. Here a commit is written at once, in turn, and is
-- on the disk when `transaction` returns, as everywhere; but the flush is shared.

local core = require "sertifier.core"
local sql = require "sertifier.ledger.sql"

local together = {}

local settings = {
  "PRAGMA synchronous = NORMAL", -- a commit is not flushed by itself
  "PRAGMA wal_autocheckpoint = 0",
}

local often = 1000 -- transactions of the process between two checkpoints

--- Moves what was committed into the database's own file: most of it beside the writers, and the
-- rest while there is none, so that SQLite's log begins anew.
local function checkpoint(self)
  self:tidy()
  self.commits:enter()
  self:tidy()
  self.commits:leave()
end

local function in_turn(self, work)
  self.commits:enter()
  local called, done, why = pcall(sql.alone, self, work)
  if not called then sql.rows_of(self, "ROLLBACK") end
  self.commits:leave()
  if called then return done, why end
  error(done, 0)
end

local function transaction(self, work)
  local done, why = in_turn(self, work)
  if not done then return nil, why end
  local flushes, problem = self.commits:flush()
  if not flushes then return nil, problem end
  if flushes % often == 0 then checkpoint(self) end
  return done
end

--- Lets this thread's ledger write together with those of the others.
-- @tparam table ledger just opened; one on PostgreSQL, which does all this itself, stays as it is
-- @return true; or nil, message
function together.join(ledger)
  if not ledger.engine.is_file then return true end
  for _, text in ipairs(settings) do
    local ok, message = sql.rows_of(ledger, text)
    if not ok then return nil, message end
  end
  ledger.commits = core.commits(ledger.name .. "-wal")
  ledger.transaction = transaction
  return true
end

return together
