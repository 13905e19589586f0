--- How long answers took: in constant memory, each to within 5 %.

local latency = {}
latency.__index = latency

local step = math.log(1.1) -- a class holds what is up to a tenth longer than its start
local shortest = 0.0001 -- seconds

--- No answer yet.
function latency.new()
  return setmetatable({ count = 0, classes = {}, last = 0 }, latency)
end

--- Counts one answer.
function latency:add(seconds)
  local class = math.floor(math.log(math.max(seconds, shortest) / shortest) / step)
  self.classes[class] = (self.classes[class] or 0) + 1
  self.count, self.last = self.count + 1, math.max(self.last, class)
end

local function quantile(self, share)
  local left = share * self.count
  for class = 0, self.last do
    left = left - (self.classes[class] or 0)
    if left <= 0 then return shortest * math.exp((class + 0.5) * step) end
  end
end

--- What most and nearly all of them took.
-- @treturn table|nil `median` and `p99` in seconds, `count`; nil where there was no answer
function latency:told()
  if self.count == 0 then return nil end
  return { median = quantile(self, 0.5), p99 = quantile(self, 0.99), count = self.count }
end

return latency
