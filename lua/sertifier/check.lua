--- A run without its network: what would be sent, and every fault.

local core = require "sertifier.core"
local reading = require "sertifier.reading"
local run = require "sertifier.run"
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
    self.summary.would_issue = self.summary.would_issue + #batch
  until ended
  return true
end

local function write(self, batch, bodies)
  self.summary.would_issue = self.summary.would_issue + #batch
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
    if ended or #batch == most then
      local ok, why, what = write(self, batch, bodies)
      if not ok then return nil, why, what end
      batch:clear()
    end
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
  self.export, self.plan, code = run.open(flow, options)
  if not self.export then return nil, self.plan, code end
  self.summary.description = self.export.description
  local ok, message, why
  if options.records then
    ok, message, why = one_by_one(self, options.records)
  else
    ok, message, why = by_batches(self, options.bodies)
  end
  self.ended = ok
  reading.look_back(self)
  self.export:close()
  if ok and self.summary.read == 0 then
    return nil, self.export.name .. ": holds no records", "export"
  end
  self.summary.seconds = core.elapsed() - began
  if ok then return self.summary end
  return nil, message, why
end

return check
