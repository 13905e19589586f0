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

local adoption = require "sertifier.ledger.adoption"
local claim = require "sertifier.ledger.claim"
local core = require "sertifier.core"
local doubt = require "sertifier.ledger.doubt"
local drafts = require "sertifier.ledger.drafts"
local forget = require "sertifier.ledger.forget"
local listing = require "sertifier.ledger.listing"
local queue = require "sertifier.ledger.queue"
local retention = require "sertifier.ledger.retention"
local runs = require "sertifier.ledger.runs"
local schema = require "sertifier.ledger.schema"
local sql = require "sertifier.ledger.sql"
local writes = require "sertifier.ledger.writes"

local ledger = {}
ledger.__index = ledger

local function engine_of(name)
  if name:find "^postgres[q]?l?:" then return require "sertifier.ledger.postgres" end
  return require "sertifier.ledger.sqlite"
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

--- Closes it; a second call does nothing.
function ledger:close()
  if not self.connection then return end
  if self.commits then self.commits:close() end
  sql.close(self)
end

ledger.look_up, ledger.counts, ledger.each = doubt.look_up, doubt.counts, listing.each
ledger.claim, ledger.settle, ledger.renew = claim.claim, claim.settle, claim.renew
ledger.claim_drafts, ledger.drafts = drafts.claim, drafts.list
ledger.enqueue, ledger.take_queued = queue.enqueue, queue.take
ledger.in_doubt, ledger.settle_doubt, ledger.decide =
  doubt.in_doubt, doubt.settle_doubt, doubt.decide
ledger.has_credential, ledger.adopt, ledger.by_person =
  adoption.has_credential, adoption.adopt, adoption.by_person
ledger.forget, ledger.count_older, ledger.forget_older =
  forget.forget, retention.count_older, retention.forget_older
ledger.begin_run, ledger.end_run, ledger.runs = runs.begin, runs.finish, runs.list
ledger.expect_writes, ledger.unwritten, ledger.settle_writes, ledger.left_unwritten =
  writes.expect, writes.unwritten, writes.settle, writes.left
ledger.unwritten_of, ledger.count_unwritten = writes.unwritten_of, writes.count_unwritten
ledger.note_job, ledger.forget_job, ledger.jobs = writes.note_job, writes.forget_job, writes.jobs

return ledger
