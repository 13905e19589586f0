--- One run: read, look up, claim, send, settle, write back; and count.

local api = require "sertifier.api"
local compile = require "sertifier.compile"
local core = require "sertifier.core"
local ends = require "sertifier.ends"
local export = require "sertifier.export"
local ledger = require "sertifier.ledger"
local nearest = require "sertifier.nearest"
local sending = require "sertifier.sending"
local summary = require "sertifier.summary"
local writeback = require "sertifier.writeback"

local run = {}

-- Rows read in one go: so that a run of rows that do not qualify lets answers through.
local rows_at_once = 20000

local types = {
  export = { string = true, ["function"] = true }, client = { table = true },
  ledger = { string = true, table = true }, write_back = { string = true },
  batch_size = { number = true }, concurrency = { number = true }, rate = { number = true },
  limit = { number = true }, progress = { ["function"] = true },
  interrupted = { ["function"] = true }, bodies = { table = true, userdata = true },
  records = { ["function"] = true },
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
    elseif type(value) == "number" and (value <= 0 or value ~= value) then
      error(("%s: a number above 0 is expected"):format(name), level + 1)
    end
  end
  if options.export == nil then error("export: a path or an iterator is expected", level + 1) end
end

--- Opens an export and compiles the flow for it.
function run.open(flow, source)
  local needs = compile.needs(flow)
  local opened, message, code = export.open(source, needs)
  if not opened then return nil, message, code end
  local plan, lacks = compile.plan(flow, opened.columns)
  if plan then return opened, plan end
  opened:close()
  return nil, ("%s: %s"):format(opened.name, lacks), "export"
end

local function note_problems(self, problems)
  for _, problem in ipairs(problems) do
    self.summary:problem("invalid", self.export.name, problem.line,
      (problem.text:gsub("\n$", ""):gsub("\n", "; ")))
  end
end

--- Fills a batch and counts what did not get into it.
-- @return whether the export has ended, and as fourth the problems that came up; or nil, message,
--   code
function run.fill(self, batch, most, rows)
  local read, skipped, invalid, ended =
    self.export:fill(self.plan, batch, most, rows or rows_at_once, self.with_records)
  if not read then return nil, skipped, invalid end
  self.summary.read = self.summary.read + read
  self.summary:count("skipped", skipped)
  self.summary:count("invalid", invalid)
  if invalid == 0 then return ended end
  local problems = batch:problems()
  note_problems(self, problems)
  return ended, nil, nil, problems
end

--- What the run keeps of a credential in a batch.
local function item_of(self, batch, i)
  local once_per, campaign, name, email, external_id, record_id, line = batch:get(i)
  return { batch = batch, index = i, line = line, where = ("%s:%d"):format(self.export.name, line),
    key = campaign .. "/" .. once_per, campaign = campaign, once_per = once_per, name = name,
    email = email, external_id = external_id, externalId = external_id, record_id = record_id }
end

--- Reads the next credentials and queues those that nobody has issued yet.
local function read_on(self)
  local batch = core.batch()
  local ended, message, code = run.fill(self, batch, self.batch_size)
  if ended == nil then return ends.stop(self, message, code) end
  self.ended = ended
  if ended and self.summary.read == 0 then
    return ends.stop(self, self.export.name .. ": holds no records", "export")
  end
  local items = {}
  for i = 1, #batch do items[i] = item_of(self, batch, i) end
  if #items > 0 then sending.queue(self, items) end
end

--- After a stop, the rest of the export is still counted: as not attempted.
local function count_rest(self)
  local batch = core.batch()
  while not self.ended and self.export.can_reread do
    batch:clear()
    local ended = run.fill(self, batch, self.batch_size)
    if ended == nil then return end
    self.summary:count("not_attempted", #batch)
    self.ended = ended
  end
end

local function work(self)
  while true do
    if self.interrupted and self.interrupted() then
      ends.stop(self, "interrupted", "interrupted")
    end
    while not self.stopped and not self.ended and sending.has_room(self) do read_on(self) end
    if not sending.turn(self) then return end
    self.summary.seconds = core.elapsed() - self.began
    if self.progress then self.progress(self.summary) end
  end
end

local function open_parts(self, flow, options)
  local message, code
  self.client = options.client
  if not self.client then self.client, message, code = api.open() end
  if not self.client then return nil, message, code end
  self.export, self.plan, code = run.open(flow, options.export)
  if not self.export then return nil, self.plan, code end
  self.ledger, message, code = ledger.open(options.ledger or "sertifier.db")
  if not self.ledger then return nil, message, code end
  if options.write_back then
    self.write_back, message, code = writeback.open(options.write_back, flow.write_back_parts)
    if not self.write_back then return nil, message, code end
  end
  return true
end

local function close_parts(self, options)
  if self.export then self.export:close() end
  if self.ledger then self.ledger:close() end
  if self.client and not options.client then self.client:close() end
end

--- Nothing was sent, and nothing had been before: the run did not happen.
local function is_void(self)
  return self.stopped and self.stopped.code ~= "interrupted" and not self.has_sent
    and self.summary.already_issued == 0
end

local function finish(self)
  count_rest(self)
  local ok, message, code = true, nil, nil
  self.summary.void = is_void(self)
  if self.write_back and self.summary.void then
    self.write_back:discard()
  elseif self.write_back then
    ok, message, code = self.write_back:close()
  end
  if not ok then ends.stop(self, message, code) end
  self.summary.seconds = core.elapsed() - self.began
  local stopped = self.stopped or {}
  self.summary.stopped = stopped.message
  if self.summary.read == 0 and stopped.message then return nil, stopped.message, stopped.code end
  return self.summary, stopped.message, stopped.code
end

--- Runs a flow.
-- @param flow what `flow.declare` gave
-- @tparam table options as `flow:run` takes them
-- @return the summary; where the run stopped early also why: message, code. Nil, message, code
--   where it could not start, and then nothing was sent.
function run.run(flow, options)
  local self = { flow = flow, summary = summary.new(), began = core.elapsed(),
    batch_size = options.batch_size or 20, concurrency = options.concurrency or 4,
    rate = options.rate, limit = options.limit, progress = options.progress,
    interrupted = options.interrupted }
  self.with_records = flow.on_issued or flow.on_rejected or flow.on_doubt
  sending.begin(self)
  local ok, message, code = open_parts(self, flow, options)
  if not ok then
    close_parts(self, options)
    return nil, message, code
  end
  work(self)
  local result, why, what = finish(self)
  close_parts(self, options)
  return result, why, what
end

return run
