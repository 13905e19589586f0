--- The kind of request that looks at one credential: before it is published, where a search did not
-- show it, and after that, where it is in doubt whether it was.
--
-- A draft that stands some minutes after a publish without an answer may be published again; sooner
-- that request might still be under way.

local core = require "sertifier.core"
local ends = require "sertifier.ends"
local publishing = require "sertifier.publish.publishing"
local read_harmless = require "sertifier.publish.reading_only"
local rows = require "sertifier.answer.row"
local sending = require "sertifier.sending"
local status = require "sertifier.publish.status"

local confirming = { size = 1, finish = {}, left = "in_doubt" }

local long_enough = 180 -- seconds; the lease of a request, three times what it may take

function confirming.claim() end

function confirming.send(self, task)
  return self.client:submit("GET", "/credential/" .. task[1].credential.id)
end

local function read_row(task, body)
  local row = rows.read(body.data) or rows.read(body)
  local is_it = row and row.id == task[1].credential.id
  return { { state = "shown", row = is_it and row or nil } }, { class = "applied" }
end

function confirming.read(result, task)
  if result.status == 404 then return { { state = "shown" } }, { class = "applied" } end
  return read_harmless(result, task, read_row)
end

-- ---- after a publish ----

--- A publish without an answer is looked at before anything else.
function publishing.finish.in_doubt(self, item, outcome)
  item.doubt, item.doubted_at = outcome.reason, core.now()
  sending.queue(self, item, confirming)
end

--- Settles a publish in doubt by what the server shows.
local function settle(self, item, state)
  local ok, message, code = self.ledger:settle_doubt(item.key, { state = state,
    credential = item.credential })
  if not ok then ends.stop(self, message, code) end
  return ok
end

local shows = { draft = "; Sertifier shows that it is a draft still, which may change",
  published = "; Sertifier shows that it is published" }

local function stays_in_doubt(self, item, stands)
  ends.finish.in_doubt(self, item, { reason = item.doubt
    .. (shows[stands] or "; Sertifier does not show whether it is published") })
end

local function settle_doubt(self, item, stands)
  local is_old = core.now() - item.doubted_at >= long_enough
  local state = stands == "published" and "issued" or stands == "draft" and is_old and "draft"
  if not state or not settle(self, item, state) then return stays_in_doubt(self, item, stands) end
  if state == "issued" then return ends.finish.issued(self, item, item) end
  item.doubt, item.stands = nil, stands
  sending.queue(self, item, publishing)
end

function confirming.finish.shown(self, item, outcome)
  if item.doubt then return settle_doubt(self, item, status.of(outcome.row)) end
  item.stands = status.before(outcome.row)
  sending.queue(self, item, publishing)
end

return confirming
