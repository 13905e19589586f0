--- How fast requests may be sent: so many at once, so many a second.
--
-- How many at once is halved where the server has too much to do (429, 503), and grows back by one
-- with each round of answers. There is one pace for a Lua state: its runs share it, whatever client
-- they use. (nginx's pool threads are Lua states of their own, each with a pace of its own.)

local core = require "sertifier.core"

local pace = {}
pace.__index = pace

--- A new pace; for specs, which give it a clock.
-- @tparam[opt] function clock seconds, as `core.elapsed`
function pace.new(clock)
  return setmetatable({ clock = clock or core.elapsed, most = 1, limit = math.huge,
    next_token = 0, paused_until = 0, halved_at = -math.huge }, pace)
end

local shared

--- The pace of this Lua state; what earlier runs learned of the server holds for the next.
function pace.shared()
  shared = shared or pace.new()
  return shared
end

--- What a run asks for.
-- @tparam number most requests at once
-- @tparam number|nil rate requests a second
function pace:allow(most, rate)
  self.most, self.rate = most, rate
end

--- How many requests may be under way now.
function pace:window()
  return math.max(1, math.floor(math.min(self.most, self.limit)))
end

--- How long until the next request may go.
-- @tparam number in_flight requests that are under way
-- @treturn number|nil seconds, 0 for at once; nil: not before one of those has ended
function pace:wait(in_flight)
  if in_flight >= self:window() then return nil end
  local at = self.rate and math.max(self.paused_until, self.next_token) or self.paused_until
  return math.max(0, at - self.clock())
end

--- How many requests may go now, with so many under way.
function pace:free(in_flight)
  if self:wait(in_flight) ~= 0 then return 0 end
  return self.rate and 1 or self:window() - in_flight
end

--- A request goes: with a rate, it takes the bucket's one token.
function pace:sent()
  if self.rate then self.next_token = math.max(self.next_token, self.clock()) + 1 / self.rate end
end

--- Nobody sends for so many seconds.
function pace:pause(seconds)
  self.paused_until = math.max(self.paused_until, self.clock() + seconds)
end

--- How many seconds nobody sends any more.
function pace:paused()
  return math.max(0, self.paused_until - self.clock())
end

--- The server has too much to do. Those that were under way together tell it once.
-- @tparam number sent_at when the request that was told so went, on the pace's clock
function pace:slow_down(sent_at)
  if sent_at < self.halved_at then return end
  self.limit = math.max(1, math.min(self.most, self.limit) / 2)
  self.halved_at = self.clock()
end

--- A request came through.
function pace:speed_up()
  if self.limit == math.huge then return end
  self.limit = self.limit + 1 / self:window()
  if self.limit >= self.most then self.limit = math.huge end
end

return pace
