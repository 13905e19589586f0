--- Explains the record on a line of an export as a check sees it: dates in the export's order, and
-- what the record was before.

local compile = require "sertifier.compile"
local core = require "sertifier.core"
local dates = require "sertifier.condition.dates"
local explain = require "sertifier.explain"
local ledgers = require "sertifier.ledger"
local memory = require "sertifier.memory"
local opening = require "sertifier.opening"

local line = {}

--- A flow that asks for nothing but a part of the conditions. The memory keeps a record's fields in
-- the order in which the whole flow compares them.
local function flow_of(self, condition)
  local priors = {}
  for i, prior in ipairs(self.cells.priors) do priors[i] = prior.name end
  return { condition = condition, fields = { explain.something }, object = self.flow.object,
    priors = priors }
end

local function remember(self, plan, cells, trigger)
  if not compile.asks_memory(self.flow, self.cells) then return true end
  return memory.open(self.flow, plan, cells, { ledger = self.ledger, first_run = "issue",
    previous = opening.previous(self.flow, self.options, self.now), trigger = trigger })
end

--- Reads up to the wanted line.
-- @return the truth of its row, and why where it is unknown; and its record where it is true; or
--   nil, message
local function reach(self, opened, plan)
  local batch = core.batch()
  repeat
    batch:clear()
    local read, skipped, invalid, ended, failure = opened:fill(plan, batch, 1, 1, true)
    if not read then return nil, skipped end
    if read == 1 and opened:line() == self.line then
      local truth, why = explain.truth(batch, skipped, invalid, failure)
      return truth, why, truth == "true" and opened:record(batch, 1)
    end
  until ended or failure
  return nil, ("%s: no record starts on line %d"):format(opened.name, self.line)
end

--- What `reach` finds for a part of the conditions, with a trigger.
local function test(self, condition, trigger)
  local opened, plan, cells = opening.export(flow_of(self, condition), self.options, self.now)
  if not opened then return nil, plan end
  local ok, message = remember(self, plan, cells, trigger)
  local truth, why, record = nil, message, nil
  if ok then truth, why, record = reach(self, opened, plan) end
  opened:close()
  return truth, why, record
end

local function open(self)
  local problem
  self.now, problem = dates.now(self.options.now)
  if not self.now then return nil, problem end
  local opened, plan, cells = opening.export(self.flow, self.options, self.now)
  if not opened then return nil, plan end
  opened:close()
  self.cells = cells
  local ledger, message = ledgers.open_to_read(self.options.ledger)
  if ledger == nil then return nil, message end
  self.ledger = ledger or nil
  return true
end

local function tell(self)
  local truth, why, record = test(self, nil, "meets")
  if truth ~= "true" then return nil, why end
  local text = explain.by(self.flow, record, function(part)
    local one, reason = test(self, part, "meets")
    return one or "unknown", reason
  end)
  if self.flow.trigger == "meets" then return text end
  local fires = test(self, self.flow.condition, self.flow.trigger)
  return ("%s\n%-7s  the trigger %q fires"):format(text, fires or "unknown", self.flow.trigger)
end

--- @param flow what `flow.declare` gave
-- @tparam number number of the line
-- @tparam table options as `flow:check` takes them; `export` is a file's name, which is read once
--   for each part of the conditions
-- @treturn string a line for each part of the conditions; or nil, message
function line.explain(flow, number, options)
  local self = { flow = flow, line = number, options = options }
  local text, message
  if options.export == "-" then return nil, "--explain takes a file: it is read more than once" end
  text, message = open(self)
  if text then text, message = tell(self) end
  if self.ledger then self.ledger:close() end
  return text, message
end

return line
