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
local memory = require "sertifier.memory"
local leftovers = require "sertifier.lookup.leftovers"
local nearest = require "sertifier.nearest"
local outputs = require "sertifier.outputs"
local reading = require "sertifier.reading"
local sending = require "sertifier.sending"
local summary = require "sertifier.summary"
local writeback = require "sertifier.writeback"

local run = {}

local types = {
  now = { number = true, string = true }, previous = { string = true },
  first_run = { string = true },
  export = { string = true, ["function"] = true }, client = { table = true },
  ledger = { string = true, table = true }, write_back = { string = true },
  batch_size = { number = true }, concurrency = { number = true }, rate = { number = true },
  limit = { number = true }, expect = { number = true }, max_new = { number = true },
  canary = { number = true }, sample = { number = true }, progress = { ["function"] = true },
  interrupted = { ["function"] = true }, delete_surplus = { boolean = true },
  bodies = { table = true, userdata = true }, records = { ["function"] = true },
  format = { string = true }, encoding = { string = true }, delimiter = { string = true },
  date_order = { string = true }, strict = { boolean = true }, max_invalid = { number = true },
}

--- Checks the options of a run at its caller's line.
-- @tparam table options
-- @tparam {string,...} names those that this kind of run has
function run.check_options(options, names, level)
  if type(options) ~= "table" then error("a table of options is expected", level + 1) end
  local known = {}
  for _, name in ipairs(names) do known[name] = true end
  for name, value in pairs(options) do
    if not known[name] then
      local near = nearest(tostring(name), names)
      error(("%s: no such option%s"):format(tostring(name),
        near and ("; did you mean %s?"):format(near) or ""), level + 1)
    elseif not types[name][type(value)] then
      error(("%s: got a %s"):format(name, type(value)), level + 1)
    elseif name == "max_invalid" and value == 0 then
      known[name] = true -- none may be invalid
    elseif type(value) == "number" and (value <= 0 or value ~= value) then
      error(("%s: a number above 0 is expected"):format(name), level + 1)
    elseif type(value) == "number" and value % 1 ~= 0 and name ~= "rate" then
      error(("%s: a whole number is expected"):format(name), level + 1)
    end
  end
  local first = options.first_run
  if first and first ~= "issue" and first ~= "remember" then
    error('first_run: "issue" or "remember" is expected', level + 1)
  end
  if options.export == nil then error("export: a path or an iterator is expected", level + 1) end
  local fault = export.fault(options)
  if fault then error(fault, level + 1) end
end

--- Opens an export and compiles the flow for it.
-- @tparam table options of the run, as far as they are about its export
-- @tparam[opt] number now seconds since 1970 that are taken for now
-- @return the export, the plan and its cells; or nil, message, code
function run.open(flow, options, now)
  local opened, message, code = export.open(options.export, compile.needs(flow), {
    object = flow.object, format = options.format, encoding = options.encoding,
    delimiter = options.delimiter, date_order = options.date_order,
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
local function previous(flow, options, now)
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
    first_run = options.first_run, previous = previous(flow, options, now) })
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
  local ok, message, code = self.ledger:end_run(counts)
  if not ok then ends.stop(self, message, code) end
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
    self.write_back, message, code = writeback.open(options.write_back, flow.write_back_parts)
    if not self.write_back then return nil, message, code end
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

local function finish(self)
  if self.stopped then reading.rest(self) end
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
  if self.memory and not self.summary.void and not (self.stopped and self.memory.remembers) then
    ok, message, code = self.memory:save()
    if not ok then ends.stop(self, message, code) end
  end
  self.summary.seconds = core.elapsed() - self.began
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
    limit = options.limit, progress = options.progress,
    interrupted = options.interrupted, delete_surplus = options.delete_surplus,
    max_invalid = options.max_invalid,
    kind = flow.publish and drafting or adding }
  self.with_records = flow.on_issued or flow.on_rejected or flow.on_doubt or flow.before_issue
  sending.begin(self, options)
  reading.begin(self, type(options.export) == "function")
  local ok, message, code = open_parts(self, flow, options)
  if not ok then
    close_parts(self, options)
    return nil, message, code
  end
  leftovers.settle(self)
  self.summary.description = self.export.description
  local started = { flow = flow.name, export = self.export.name }
  if hooks.call(self, "on_start", started) then work(self) end
  local result, why, what = finish(self)
  close_parts(self, options)
  return result, why, what
end

return run
