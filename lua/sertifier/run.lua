--- One run: settle what is left, read, look up, claim, send, settle, write back; and count.

local adding = require "sertifier.adding"
local core = require "sertifier.core"
local credential = require "sertifier.credential"
local ends = require "sertifier.ends"
local hooks = require "sertifier.hooks"
local leftovers = require "sertifier.lookup.leftovers"
local log = require "sertifier.log"
local opening = require "sertifier.opening"
local reading = require "sertifier.reading"
local receiving = require "sertifier.receiving"
local sending = require "sertifier.sending"
local summary = require "sertifier.summary"

local run = {}

--- One turn: sends, takes in what has come, reads, and settles.
-- @treturn boolean whether there was, or is, anything to do
local function turn(self)
  -- What comes slowly is not waited for before answers are settled.
  if self.export.is_slow then reading.refill(self) end
  local landed = receiving.turn(self, reading.has_room)
  if not landed then return false end
  if not self.export.is_slow then reading.refill(self) end
  receiving.settle(self, landed)
  return true
end

local function work(self)
  repeat
    if self.interrupted and self.interrupted() then
      ends.stop(self, "interrupted", "interrupted")
    end
    local goes_on = turn(self)
    self.summary.seconds = core.elapsed() - self.began
    self.summary.waiting = self.pace:paused()
    self.summary.share = self.export:share()
    if self.progress then self.progress(self.summary) end
  until not goes_on
end

--- Says in the ledger what came of the run.
local function end_run(self)
  local counts = { read = self.summary.read }
  for _, outcome in ipairs(summary.outcomes) do counts[outcome] = self.summary[outcome] end
  counts.latency = self.latency:told()
  self.summary.latency = counts.latency
  local ok, message, code = self.ledger:end_run(counts)
  if not ok then ends.stop(self, message, code) end
end

--- Nothing was sent, and nothing had been before: the run did not happen.
local function is_void(self)
  return self.stopped and self.stopped.code ~= "interrupted" and not self.has_sent
    and self.summary.already_issued == 0
end

--- Why the run stopped, what is left, and what to do about it.
local function why_stopped(self)
  local left, message = self.summary.not_attempted, self.stopped.message
  if self.summary.read == 0 or self.ended and left == 0 then return message end
  return ("%s; nothing is lost: %s, and the same run again goes on from here"):format(message,
    not self.ended and "the export was not read to its end"
      or left == 1 and "1 record is left" or ("%d records are left"):format(left))
end

--- The rejects are kept even where nothing was sent: they say why.
local function end_rejects(self)
  if not self.rejects then return end
  local ok, message, code = self.rejects:close()
  self.summary.rejects = self.rejects.count
  if not ok then ends.stop(self, message, code) end
end

--- Links of a run that did not happen would replace those of one that did.
local function end_write_back(self)
  if not self.write_back then return end
  if self.summary.void then return self.write_back:discard() end
  local ok, message, code = self.write_back:close()
  if not ok then ends.stop(self, message, code) end
end

--- Where it would not be whole, the older one stays.
local function end_memory(self)
  if not (self.memory and self.keeps_memory) or self.summary.void
    or not self.memory:is_whole(self.stopped, self.summary.not_attempted) then return end
  local ok, message, code = self.memory:save()
  if not ok then ends.stop(self, message, code) end
end

local function finish(self)
  if self.stopped then reading.rest(self) end
  end_rejects(self)
  end_run(self)
  reading.look_back(self)
  self.summary.void = is_void(self)
  end_write_back(self)
  end_memory(self)
  self.summary.seconds = core.elapsed() - self.began
  log.ended(self)
  hooks.call(self, "on_finish", self.summary)
  if not self.stopped then return self.summary end
  self.summary.stopped = why_stopped(self)
  return self.summary.read > 0 and self.summary or nil, self.summary.stopped, self.stopped.code
end

--- How its credentials are issued: drafts first, if so declared.
local function kind_of(flow)
  return flow.publish and require "sertifier.publish.drafting" or adding
end

--- Whether nobody sees more of an answer than what the ledger keeps: no hook, and no template.
local function is_brief(flow)
  if flow.on_issued or flow.on_batch then return false end
  for _, parts in pairs(flow.write_back_parts) do
    for _, part in ipairs(parts) do
      if part[2] ~= "l" and not credential.kept[part[1]] then return false end
    end
  end
  return true
end

local function carry_out(self, options)
  local ok, message, code = opening.all(self, options)
  if not ok then return nil, message, code end
  reading.begin(self)
  leftovers.settle(self)
  self.summary.description = self.export.description
  log.started(self)
  local started = { flow = self.flow.name, export = self.export.name }
  if hooks.call(self, "on_start", started) then work(self) end
  return finish(self)
end

--- A fault of ours, with its place, which is gone once the run's parts are closed.
local function with_place(problem)
  return type(problem) == "string" and debug.traceback(problem, 2) or problem
end

--- Runs a flow.
-- @param flow what `flow.declare` gave
-- @tparam table options as `flow:run` takes them
-- @return the summary; where the run stopped early also why: message, code. Nil, message, code
--   where it could not start, and then nothing was sent.
function run.run(flow, options)
  local self = { flow = flow, summary = summary.new(), began = core.elapsed(),
    batch_size = options.batch_size or 20, concurrency = options.concurrency or 4,
    limit = options.limit, delete_surplus = options.delete_surplus,
    max_invalid = options.max_invalid, keeps_memory = options.keeps_memory ~= false,
    kind = kind_of(flow), is_brief = is_brief(flow) }
  for _, name in ipairs { "progress", "log", "interrupted" } do
    self[name] = hooks.guarded(self, name, options[name])
  end
  self.with_records = flow.on_issued or flow.on_rejected or flow.on_doubt or flow.before_issue
  sending.begin(self, options)
  local ok, result, why, what = xpcall(function() return carry_out(self, options) end, with_place)
  opening.close(self)
  if not ok then error(result, 0) end
  return result, why, what
end

return run
