--- The timer that sends what is queued, in a thread of the pool.

local journal = require "sertifier.nginx.journal"
local metrics = require "sertifier.nginx.metrics"

local draining = {}

local longest = 30 -- seconds in which a thread goes on, before it is free for a caller

local next_look

--- Notes what one drain did; gives the seconds until the next.
local function conclude(settings, total)
  local verdict = total.verdict or {}
  local fault = total.message or total.fault or verdict.message
  if fault then journal.note("drain", fault) end
  if total.counts and next(total.counts) then metrics.note_drain(total) end
  return math.max(settings.every, verdict.retry_after or 0)
end

local function look(premature, settings)
  if premature then return end
  settings.seconds = longest
  local ok, total = ngx.run_worker_thread(settings.pool, "sertifier.worker", "drain", settings)
  -- With all threads at work for callers, the queue waits.
  local wait = ok and conclude(settings, total) or settings.every
  next_look(wait, settings)
end

function next_look(seconds, settings)
  local ok, message = ngx.timer.at(seconds, look, settings)
  if not ok and message ~= "process exiting" then journal.note("drain", message) end
end

--- Begins, in a worker of nginx that has just started.
-- @tparam table settings as for worker.drain, and `pool`, `every` (seconds)
function draining.begin(settings)
  next_look(0, settings)
end

return draining
