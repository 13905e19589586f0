--- Credentials that the ledger has given to this run: sent in one request or in parts, and settled.

local answer = require "sertifier.answer"
local core = require "sertifier.core"

local request = {}

-- Together with the client's timeout, less than a claim in the ledger lasts.
local longest = 100 -- seconds for one caller, beside what a request that is under way still takes

--- What is done for one caller.
-- @tparam table place `ledger` and `client`
-- @treturn table as `delivery.issue` gives it, empty
function request.begin(place)
  return { ledger = place.ledger, client = place.client, outcomes = {}, times = {}, requests = 0,
    verdict = {}, until_ = core.elapsed() + longest }
end

--- Adds the seconds since `began` to those of a part of the work.
function request.note_time(self, name, began)
  self.times[name] = (self.times[name] or 0) + core.elapsed() - began
end

local function body_of(items)
  local bodies = {}
  for i, item in ipairs(items) do bodies[i] = item.json end
  return '{"credentials":[' .. table.concat(bodies, ",") .. "]}"
end

local function post(self, items)
  local began = core.elapsed()
  local id = self.client:send(body_of(items))
  local found
  repeat
    for _, result in ipairs(self.client:poll(1)) do
      if result.id == id then found = result end
    end
  until found
  request.note_time(self, "api", began)
  self.requests = self.requests + 1
  return found
end

--- Writes down what came of it; where that fails, the keys are in doubt once their lease is over.
local function settle(self, outcomes)
  local began = core.elapsed()
  local ok, message = self.ledger:settle(outcomes)
  request.note_time(self, "settle", began)
  if not ok then self.fault = message end
end

local function keep(self, items, outcomes)
  for i, item in ipairs(items) do self.outcomes[item.key] = outcomes[i] end
end

local function slice(items, first, last)
  local part = {}
  for i = first, last do part[#part + 1] = items[i] end
  return part
end

local function give_back(self, items)
  local outcomes = {}
  for i, item in ipairs(items) do
    outcomes[i] = { key = item.key, state = "not_applied", reason = self.verdict.message }
  end
  settle(self, outcomes)
  keep(self, items, outcomes)
end

--- Sends, and sends halves of what was refused as a whole, until the one at fault stands alone.
function request.send(self, items)
  if self.verdict.action == "stop" then return give_back(self, items) end
  local outcomes, verdict = answer.read(post(self, items), items)
  if verdict.action == "split" and core.elapsed() < self.until_ then
    local half = math.ceil(#items / 2)
    request.send(self, slice(items, 1, half))
    return request.send(self, slice(items, half + 1, #items))
  end
  if verdict.action then self.verdict = verdict end
  settle(self, outcomes)
  keep(self, items, outcomes)
end

return request
