--- A run without its network: what would be sent, and every fault.

local core = require "sertifier.core"
local run = require "sertifier.run"
local summary = require "sertifier.summary"

local check = {}

local function problems_of(batch)
  local list = {}
  for problem in batch:problems()[1].text:gmatch "[^\n]+" do list[#list + 1] = problem end
  return list
end

--- Tells one record's outcome; the batch holds it alone.
local function tell(batch, records, line)
  if #batch == 1 then
    records(select(7, batch:get(1)), "would_issue", batch:credential(1))
  elseif batch:problems()[1] then
    records(batch:problems()[1].line, "invalid", problems_of(batch))
  else
    records(line, "skipped")
  end
end

local function one_by_one(self, records)
  local batch = core.batch()
  repeat
    batch:clear()
    local before = self.summary.read
    local ended, message, code = run.fill(self, batch, 1, 1)
    if ended == nil then return nil, message, code end
    if self.summary.read > before then tell(batch, records, self.export:line()) end
    self.summary.would_issue = self.summary.would_issue + #batch
  until ended
  return true
end

local function by_batches(self, bodies)
  local batch = core.batch()
  repeat
    batch:clear()
    local ended, message, code = run.fill(self, batch, self.batch_size)
    if ended == nil then return nil, message, code end
    if bodies and #batch > 0 then
      local ok, why = batch:write(bodies)
      if not ok then return nil, "the bodies: " .. why, "io" end
    end
    self.summary.would_issue = self.summary.would_issue + #batch
  until ended
  return true
end

--- Checks an export against a flow.
-- @param flow what `flow.declare` gave
-- @tparam table options as `flow:check` takes them
-- @return the findings; or nil, message, code
function check.run(flow, options)
  local began = core.elapsed()
  local self = { flow = flow, summary = summary.new(), batch_size = options.batch_size or 20 }
  local code
  self.summary.would_issue = 0
  self.export, self.plan, code = run.open(flow, options.export)
  if not self.export then return nil, self.plan, code end
  local ok, message, why
  if options.records then
    ok, message, why = one_by_one(self, options.records)
  else
    ok, message, why = by_batches(self, options.bodies)
  end
  self.export:close()
  if ok and self.summary.read == 0 then
    return nil, self.export.name .. ": holds no records", "export"
  end
  self.summary.seconds = core.elapsed() - began
  if ok then return self.summary end
  return nil, message, why
end

return check
