--- One run: settle what is left, read, look up, claim, send, settle, write back; and count.

local adding = require "sertifier.adding"
local api = require "sertifier.api"
local attributes = require "sertifier.attributes"
local compile = require "sertifier.compile"
local core = require "sertifier.core"
local dates = require "sertifier.condition.dates"
local drafting = require "sertifier.publish.drafting"
local ends = require "sertifier.ends"
local export = require "sertifier.export"
local hooks = require "sertifier.hooks"
local ledger = require "sertifier.ledger"
local linking = require "sertifier.salesforce.linking"
local memory = require "sertifier.memory"
local leftovers = require "sertifier.lookup.leftovers"
local log = require "sertifier.log"
local outputs = require "sertifier.outputs"
local rejects = require "sertifier.rejects"
local reading = require "sertifier.reading"
local sending = require "sertifier.sending"
local summary = require "sertifier.summary"
local writeback = require "sertifier.writeback"

local run = {}

--- Opens an export and compiles the flow for it.
-- @tparam table options of the run, as far as they are about its export
-- @tparam[opt] number now seconds since 1970 that are taken for now
-- @return the export, the plan and its cells; or nil, message, code
function run.open(flow, options, now)
  local opened, message, code = export.open(options.export, compile.needs(flow), {
    object = flow.object, format = options.format, encoding = options.encoding,
    delimiter = options.delimiter, date_order = options.date_order, decimal = options.decimal,
    writes_back = options.write_back ~= nil })
  if not opened then return nil, message, code end
  local plan, cells = compile.plan(flow, opened.columns, now)
  local ok = plan ~= nil
  if plan then
    ok, message, code = opened:settle(cells)
  else
    message, code = ("%s: %s"):format(opened.header or opened.name, cells), "export"
  end
  if ok then return opened, plan, cells end
  opened:close()
  return nil, message, code
end

--- Reads an older export into a memory, for `memory.open`.
function run.previous(flow, options, now)
  return options.previous and function(native)
    local old, plan, cells = run.open(flow, setmetatable({ export = options.previous },
      { __index = options }), now)
    if not old then return nil, plan, cells end
    local ok, message, code = memory.read_export(native, old, plan, cells)
    old:close()
    return ok, message, code
  end
end

--- Opens the memory of earlier runs, where the flow asks for one.
-- @return true; or nil, message, code
function run.open_memory(self, flow, cells, options, now)
  if not memory.is_wanted(flow, cells) then return true end
  local message, code
  self.memory, message, code = memory.open(flow, self.plan, cells, { ledger = self.ledger,
    first_run = options.first_run, previous = run.previous(flow, options, now) })
  return self.memory, message, code
end

local function work(self)
  while true do
    if self.interrupted and self.interrupted() then
      ends.stop(self, "interrupted", "interrupted")
    end
    local reads_on = reading.has_room(self)
    if reads_on then reading.on(self) end
    if not sending.turn(self, reads_on) then return end
    self.summary.seconds = core.elapsed() - self.began
    self.summary.waiting = self.pace:paused()
    self.summary.share = self.export:share()
    if self.progress then self.progress(self.summary) end
  end
end

--- A ledger that the caller opened is the caller's to close.
local function open_ledger(self, given)
  if type(given) == "table" then
    self.ledger = given
    return true
  end
  local opened, message, code = ledger.open(given or "sertifier.db")
  self.ledger, self.own_ledger = opened, opened
  return opened, message, code
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

--- A file of the links, or the org itself.
local function open_write_back(self, place, flow)
  if type(place) == "string" then return writeback.open(place, flow.write_back_parts) end
  return linking.open(place, flow, self.ledger, self.summary)
end

local function open_parts(self, flow, options)
  local message, code = outputs.fault_of_run(options), nil
  if message then return nil, message, "usage" end
  self.client = options.client
  if not self.client then self.client, message, code = api.open() end
  if not self.client then return nil, message, code end
  local now
  now, message = dates.now(options.now)
  if not now then return nil, message, "usage" end
  flow, message, code = attributes.resolve(flow, self.client)
  if not flow then return nil, message, code end
  self.summary.notes[1] = message
  local cells
  self.export, self.plan, cells = run.open(flow, options, now)
  if not self.export then return nil, self.plan, cells end
  local opened
  opened, message, code = open_ledger(self, options.ledger)
  if opened then
    opened, message, code = self.ledger:begin_run { flow = flow.name, export = self.export.name }
  end
  if not opened then return nil, message, code end
  opened, message, code = run.open_memory(self, flow, cells, options, now)
  if not opened then return nil, message, code end
  if options.write_back then
    self.write_back, message, code = open_write_back(self, options.write_back, flow)
    if not self.write_back then return nil, message, code end
  end
  if options.rejects then
    self.rejects, message, code = rejects.open(options.rejects, self.export)
    if not self.rejects then return nil, message, code end
  end
  return true
end

local function close_parts(self, options)
  if self.export then self.export:close() end
  if self.own_ledger then self.own_ledger:close() end
  if self.client and not options.client then self.client:close() end
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

local function finish(self)
  if self.stopped then reading.rest(self) end
  end_rejects(self)
  end_run(self)
  reading.look_back(self)
  local ok, message, code = true, nil, nil
  self.summary.void = is_void(self)
  if self.write_back and self.summary.void then
    self.write_back:discard()
  elseif self.write_back then
    ok, message, code = self.write_back:close()
  end
  if not ok then ends.stop(self, message, code) end
  if self.memory and self.keeps_memory and not self.summary.void
    and self.memory:is_whole(self.stopped, self.summary.not_attempted) then
    ok, message, code = self.memory:save()
    if not ok then ends.stop(self, message, code) end
  end
  self.summary.seconds = core.elapsed() - self.began
  log.ended(self)
  hooks.call(self, "on_finish", self.summary)
  if not self.stopped then return self.summary end
  self.summary.stopped = why_stopped(self)
  return self.summary.read > 0 and self.summary or nil, self.summary.stopped, self.stopped.code
end

--- Runs a flow.
-- @param flow what `flow.declare` gave
-- @tparam table options as `flow:run` takes them
-- @return the summary; where the run stopped early also why: message, code. Nil, message, code
--   where it could not start, and then nothing was sent.
function run.run(flow, options)
  local self = { flow = flow, summary = summary.new(), began = core.elapsed(),
    batch_size = options.batch_size or 20, concurrency = options.concurrency or 4,
    limit = options.limit, progress = options.progress, log = options.log,
    interrupted = options.interrupted, delete_surplus = options.delete_surplus,
    max_invalid = options.max_invalid, keeps_memory = options.keeps_memory ~= false,
    kind = flow.publish and drafting or adding }
  self.with_records = flow.on_issued or flow.on_rejected or flow.on_doubt or flow.before_issue
  sending.begin(self, options)
  local ok, message, code = open_parts(self, flow, options)
  if not ok then
    close_parts(self, options)
    return nil, message, code
  end
  reading.begin(self)
  leftovers.settle(self)
  self.summary.description = self.export.description
  log.started(self)
  local started = { flow = flow.name, export = self.export.name }
  if hooks.call(self, "on_start", started) then work(self) end
  local result, why, what = finish(self)
  close_parts(self, options)
  return result, why, what
end

return run
