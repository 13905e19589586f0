--- When requests that failed are followed by more, and when a run gives up.
--
-- Waits grow exponentially, with full jitter, and are never shorter than what the server asked for.
-- Requests that were under way together fail together: that counts as one failure.

local core = require "sertifier.core"

local retries = {}
retries.__index = retries

local first_wait, longest_wait = 0.5, 60 -- seconds
local most_failures = 6 -- in a row

--- Not math.random: its sequence is the user's, and unseeded it is the same on every machine.
local function random()
  return tonumber(core.random():sub(1, 8), 16) / 2 ^ 32
end

--- The retries of one run: for each request that comes through one may be sent again, and at first
-- as many as all those under way can become.
-- @tparam number at_once requests that are under way together, at the most
-- @tparam[opt] function chance gives a number from 0 to 1 a call; for specs
function retries.new(at_once, chance)
  return setmetatable({ chance = chance or random, failures = 0, failed_at = -math.huge,
    budget = most_failures * at_once }, retries)
end

--- A request got an answer that says what became of it.
function retries:came_through()
  self.failures = 0
  self.budget = self.budget + 1
end

--- Notes a failure.
-- @tparam number sent_at when the request went
-- @tparam number now on the same clock
-- @tparam[opt] number asked seconds that the server asked to wait; more than a minute is not waited
-- @treturn number|nil seconds to wait before the next request; nil: give up
function retries:failed(sent_at, now, asked)
  if sent_at >= self.failed_at then
    self.failures, self.failed_at = self.failures + 1, now
  end
  if self.failures >= most_failures then return nil end
  local longest = math.min(longest_wait, first_wait * 2 ^ (self.failures - 1))
  return math.max(self.chance() * longest, math.min(asked or 0, longest_wait))
end

--- Takes one retry from the budget.
-- @treturn boolean whether there was one left
function retries:spend()
  self.budget = self.budget - 1
  return self.budget >= 0
end

return retries
