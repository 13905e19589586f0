--- Sends what is queued. Any number of programs may drain one ledger: each takes its own.

local core = require "sertifier.core"
local delivery = require "sertifier.delivery"

local drain = {}

--- What the ledger gave, as a delivery takes it.
local function as_sent(items)
  for _, item in ipairs(items) do
    item.json, item.body, item.externalId = item.body, nil, item.external_id
  end
  return items
end

local longest_wait = 60 -- seconds; a server that asks for more is asked again after that

--- Why it stops early, and how long it then waits.
local function stopped_by(verdict)
  verdict.retry_after = verdict.retry_after and math.min(verdict.retry_after, longest_wait)
  return verdict
end

local function count(counts, outcomes)
  for _, one in pairs(outcomes) do counts[one.state] = (counts[one.state] or 0) + 1 end
end

local function add_times(times, more)
  for name, seconds in pairs(more) do times[name] = (times[name] or 0) + seconds end
end

--- Sends request after request, until the queue is empty or nothing more may be sent now.
-- @tparam table place `ledger` and `client`
-- @tparam table options `batch_size` (20 credentials a request), `seconds` (no new request is begun
--   after them), `interrupted()` (true: stop)
-- @treturn table `counts` by outcome: what was not applied is queued again; `requests`; `times`;
--   where it stopped early `verdict`: `code`, `message`, `retry_after`; where the ledger could not
--   be written after sending `fault`
function drain.run(place, options)
  local total = { counts = {}, requests = 0, times = {} }
  local until_ = options.seconds and core.elapsed() + options.seconds or math.huge
  while core.elapsed() < until_ and not (options.interrupted and options.interrupted()) do
    local items, message = place.ledger:take_queued(options.batch_size or 20)
    if not items then
      total.verdict = { code = "ledger", message = message }
      return total
    end
    if #items == 0 then return total end
    local done = delivery.send(place, as_sent(items))
    count(total.counts, done.outcomes)
    add_times(total.times, done.times)
    total.requests, total.fault = total.requests + done.requests, total.fault or done.fault
    if done.verdict.action or done.fault then
      total.verdict = stopped_by(done.verdict)
      return total
    end
  end
  return total
end

return drain
