--- A run without its network: what would be sent, and every fault.

local cjson = require "cjson"
local core = require "sertifier.core"
local dates = require "sertifier.condition.dates"
local ledgers = require "sertifier.ledger"
local opening = require "sertifier.opening"
local outputs = require "sertifier.outputs"
local reading = require "sertifier.reading"
local summary = require "sertifier.summary"

local check = {}

local requests_at_once = 50

local function lines_of(text)
  local list = {}
  for line in text:gmatch "[^\n]+" do list[#list + 1] = line end
  return list
end

--- Tells one record's outcome; the batch holds it alone.
local function tell(batch, records, line, problem)
  if #batch == 1 then
    records(line, "would_issue", batch:credential(1))
  elseif problem then
    records(line, "invalid", lines_of(problem.text))
  else
    records(line, "skipped")
  end
end

--- Counts what a ledger has already, in whatever state but rejected.
local function count_known(self, batch)
  if not self.ledger then return true end
  local keys = {}
  for i = 1, #batch do
    local once_per, campaign = batch:get(i)
    keys[i] = campaign .. "/" .. once_per
  end
  local entries, message, code = self.ledger:look_up(keys)
  if not entries then return nil, message, code end
  for _, key in ipairs(keys) do
    local entry = entries[key]
    if entry and entry.state ~= "rejected" then self.summary.known = self.summary.known + 1 end
  end
  return true
end

--- Takes in what a batch would issue.
local function take(self, batch)
  self.summary.would_issue = self.summary.would_issue + #batch
  for i = 1, math.min(#batch, self.sample - #self.summary.sample) do
    table.insert(self.summary.sample, cjson.decode(batch:credential(i)))
  end
  return count_known(self, batch)
end

local function one_by_one(self, records)
  local batch = core.batch()
  repeat
    batch:clear()
    local before = self.summary.read
    local ended, message, code, problems = reading.fill(self, batch, 1, 1)
    if ended == nil then return nil, message, code end
    if self.summary.read > before then
      tell(batch, records, self.export:line(), problems and problems[1])
    end
    local ok, why, what = take(self, batch)
    if not ok then return nil, why, what end
  until ended or self.stopped
  return true
end

local function write(self, batch, bodies)
  if not bodies or #batch == 0 then return true end
  local ok, message = batch:write(bodies, self.batch_size)
  if not ok then return nil, "the bodies: " .. message, "io" end
  return true
end

--- Many requests' credentials at once; each body is what `issue` would send all the same.
local function by_batches(self, bodies)
  local batch, most = core.batch(), self.batch_size * requests_at_once
  repeat
    local ended, message, code = reading.fill(self, batch, most)
    if ended == nil then return nil, message, code end
    if ended or self.stopped or #batch == most then
      local ok, why, what = take(self, batch)
      if ok then ok, why, what = write(self, batch, bodies) end
      if not ok then return nil, why, what end
      batch:clear()
    end
  until ended or self.stopped
  return true
end

-- ---- opening ----

--- The ledger, where there is one already: none is made, and none changed.
local function open_ledger(self, given)
  if type(given) == "table" then
    self.ledger = given
    return true
  end
  if not given then return true end
  local opened, message, code = ledgers.open_to_read(given)
  if opened == nil then return nil, message, code end
  self.ledger = opened or nil
  self.own_ledger = self.ledger
  return true
end

local function open(self, options)
  local wrong
  self.now, wrong = dates.now(options.now)
  wrong = wrong or outputs.fault_of_run { export = options.export, ledger = options.ledger }
  if wrong then return nil, wrong, "usage" end
  self.export, self.plan, self.cells = opening.export(self.flow, options, self.now)
  if not self.export then return nil, self.plan, self.cells end
  local ok, message, code = open_ledger(self, options.ledger)
  if not ok then return nil, message, code end
  ok, message, code = opening.memory(self,
    setmetatable({ first_run = options.first_run or "issue" }, { __index = options }))
  -- A run would ask this first.
  if self.memory and not options.first_run then self.summary.notes[1] = self.memory.fault end
  return ok, message, code
end

local function look_back(self, ended)
  self.summary.description, self.ended = self.export.description, ended
  reading.look_back(self)
end

--- Checks an export against a flow.
-- @param flow what `flow.declare` gave
-- @tparam table options as `flow:check` takes them
-- @return the findings; or nil, message, code
function check.run(flow, options)
  local began = core.elapsed()
  local self = { flow = flow, summary = summary.new(), batch_size = options.batch_size or 20,
    with_records = flow.before_issue ~= nil, sample = options.sample or 0 }
  self.summary.would_issue, self.summary.known, self.summary.sample = 0, 0, {}
  local ok, message, code = open(self, options)
  if ok and options.records then
    ok, message, code = one_by_one(self, options.records)
  elseif ok then
    ok, message, code = by_batches(self, options.bodies)
  end
  if self.export then look_back(self, ok) end
  opening.close(self)
  if ok and self.stopped then return nil, self.stopped.message, self.stopped.code end
  if ok and self.summary.read == 0 then
    return nil, self.export.name .. ": holds no records", "export"
  end
  self.summary.seconds = core.elapsed() - began
  if ok then return self.summary end
  return nil, message, code
end

return check
