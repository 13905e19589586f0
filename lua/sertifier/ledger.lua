--- The ledger: what is known of each key, so that nothing is sent twice.
--
-- A key is a campaign and what a flow issues once per. It is claimed here, durably, before the
-- first byte of its request leaves, and settled after the answer:
--
--   queued --> sending --> issued | rejected | in_doubt --> issued | dropped
--                 |------> draft --> publishing --> issued
--
-- or the row goes where the server is proven not to have issued. A key that is still `sending` when
-- its lease is over belongs to a run that died: it is in doubt. No clock ever frees a key. One that
-- was forgotten has no row any more, but a fingerprint that holds it.

local claim = require "sertifier.ledger.claim"
local core = require "sertifier.core"
local doubt = require "sertifier.ledger.doubt"
local runs = require "sertifier.ledger.runs"
local schema = require "sertifier.ledger.schema"
local sql = require "sertifier.ledger.sql"
local sqlite = require "sertifier.ledger.sqlite"

local ledger = {}
ledger.__index = ledger

local function engine_of(name)
  if name:find "^postgres[q]?l?:" then return require "sertifier.ledger.postgres" end
  return sqlite
end

--- Whether a ledger of this name may be there; of a PostgreSQL, opening it tells.
function ledger.exists(name)
  return engine_of(name).exists(name)
end

--- A connected ledger, or nil, message, "ledger".
local function connect(name, reads_only)
  local engine = engine_of(name)
  local self = setmetatable({ name = name, shown = engine.shown(name), engine = engine,
    statements = {}, run = core.random(), reads_only = reads_only }, ledger)
  local ok, message = sql.connect(self)
  if not ok then return sql.fail(self, message) end
  return self
end

--- Opens a ledger; a file that is not there is made, readable by its owner only.
-- @tparam string name a path, or `postgres://user:password@host:port/database`
-- @return the ledger, with `secret`, the 16 bytes that its fingerprints are made with; or nil,
--   message, "ledger"
function ledger.open(name)
  local self, message, code = connect(name)
  if not self then return nil, message, code end
  self.identity = self.engine.identity(name)
  local ok, why = schema.prepare(self)
  if ok then return self end
  self:close()
  return sql.fail(self, why)
end

--- Opens a ledger that is only read.
-- @return the ledger; false where nothing is there yet; or nil, message, "ledger"
function ledger.open_to_read(name)
  if not ledger.exists(name) then return false end
  local self, message, code = connect(name, true)
  if not self then return nil, message, code end
  local is_there, why = schema.look(self)
  if is_there then return self end
  self:close()
  if is_there == false then return false end
  return sql.fail(self, why)
end

--- Does what a commit would else do now and then, where somebody has time for it.
-- @return true; or nil, message, "ledger"
function ledger:tidy()
  if not self.engine.tidy then return true end
  local ok, message = self.engine.tidy(self)
  if ok then return true end
  return sql.fail(self, message)
end

--- Closes it; a second call does nothing.
function ledger:close()
  if not self.connection then return end
  if self.is_held then error("a run uses the ledger; close it after the run", 2) end
  if self.commits then self.commits:close() end
  sql.close(self)
end

ledger.look_up, ledger.counts = doubt.look_up, doubt.counts
ledger.in_doubt, ledger.settle_doubt, ledger.decide =
  doubt.in_doubt, doubt.settle_doubt, doubt.decide
ledger.claim, ledger.renew, ledger.is_there = claim.claim, claim.renew, claim.is_there
ledger.begin_run, ledger.end_run, ledger.runs = runs.begin, runs.finish, runs.list

-- ---- what few programs ask for, or not at first: loaded when one does ----

-- By method: the file that has it, and what it is called there.
local elsewhere = {
  settle = "settling settle", settle_and_claim = "settling settle_and_claim",
  each = "listing each",
  claim_drafts = "drafts claim", drafts = "drafts list",
  enqueue = "queue enqueue", take_queued = "queue take",
  has_credential = "adoption has_credential", adopt = "adoption adopt",
  by_person = "adoption by_person",
  forget = "forget forget", count_older = "retention count_older",
  forget_older = "retention forget_older",
  expect_writes = "writes expect", unwritten = "writes unwritten", settle_writes = "writes settle",
  left_unwritten = "writes left", unwritten_of = "writes unwritten_of",
  count_unwritten = "writes count_unwritten", note_job = "writes note_job",
  forget_job = "writes forget_job", jobs = "writes jobs",
}

local function method_of(_, name)
  local file, called = (elsewhere[name] or ""):match "(%S+) (%S+)"
  if not file then return nil end
  ledger[name] = require("sertifier.ledger." .. file)[called]
  return ledger[name]
end

return setmetatable(ledger, { __index = method_of })
