--- Claims what goes next, in one durable transaction before the first byte of any of it leaves; and
-- lets go of what does not go.
--
-- While requests are under way, some of those behind them are claimed already: these go as soon as
-- an answer is in. They are few, as a run that is killed leaves them in doubt.

local core = require "sertifier.core"
local ends = require "sertifier.ends"
local gathering = require "sertifier.gathering"

local claiming = {}

local least_portion = 100 -- credentials
local longest_ahead = 60 -- seconds; a lease lasts far longer

--- How many credentials are claimed ahead, or at once where there is more to claim: few beside what
-- may be under way. One request may have more.
function claiming.portion(self)
  return math.max(least_portion, self.batch_size * self.concurrency / 8)
end

--- The items of some tasks.
function claiming.items(tasks)
  local items = {}
  for _, task in ipairs(tasks) do
    for _, item in ipairs(task) do items[#items + 1] = item end
  end
  return items
end

-- ---- what was claimed ----

--- Takes out of a task what somebody else has claimed.
local function take_out(task, claimed, lost)
  local kept = {}
  for i, item in ipairs(task) do
    if claimed[item.key] then kept[#kept + 1] = i else lost[#lost + 1] = item end
  end
  gathering.keep(task, kept)
end

local function is_whole(task, claimed)
  for _, item in ipairs(task) do
    if not claimed[item.key] then return false end
  end
  return true
end

local function meet_lost(self, lost)
  local keys = {}
  for i, item in ipairs(lost) do keys[i] = item.key end
  local entries = self.ledger:look_up(keys) or {}
  for _, item in ipairs(lost) do
    ends.lost(self, item, entries[item.key] or { state = "sending" })
  end
end

--- Takes out of tasks what this run could not claim.
-- @tparam table self the run
-- @tparam {table,...} tasks
-- @tparam table claimed the set of the keys that it did claim
function claiming.keep(self, tasks, claimed)
  local lost = {}
  for _, task in ipairs(tasks) do
    task.claimed_at = core.elapsed()
    if not is_whole(task, claimed) then take_out(task, claimed, lost) end
  end
  if #lost > 0 then meet_lost(self, lost) end
end

--- Takes out of tasks what this run may not send; all of it where the ledger fails.
-- @tparam table self the run
-- @tparam {table,...} tasks
-- @tparam function claim is given all their items; gives the set of keys that it claimed, or nil,
--   message, code
function claiming.claim(self, tasks, claim)
  local claimed, message, code = claim(claiming.items(tasks))
  if claimed then return claiming.keep(self, tasks, claimed) end
  ends.stop(self, message, code)
  ends.give_up(self, tasks, message)
end

-- ---- ahead ----

--- The tasks that are to be claimed: those that may go now, and behind them, with those that are
-- claimed, no more than go at once.
local function next_ones(self, free)
  local ahead, room = {}, claiming.portion(self)
  for i = 1, math.min(self.tasks.count, free + self.concurrency) do
    local task = self.tasks:at(i)
    if not task.kind.expect or i > free + 1 and #task > room then break end
    if i > free then room = room - #task end
    if not task.claimed_at then ahead[#ahead + 1] = task end
    task.was_tried = true
  end
  return ahead
end

--- What goes next, where what is to be written back of it is in the ledger.
-- @tparam table self the run
-- @tparam number free how many requests may go now
-- @treturn {table,...} tasks, which the ledger may be asked for now
function claiming.ahead(self, free)
  local tasks = next_ones(self, free)
  local ok, message, code = true, nil, nil
  if #tasks > 0 then ok, message, code = tasks[1].kind.expect(self, claiming.items(tasks)) end
  if ok then return tasks end
  ends.stop(self, message, code)
  return {}
end

local function claimed_of(tasks)
  local claimed = {}
  for _, task in ipairs(tasks) do
    if task.claimed_at then claimed[#claimed + 1] = task end
    task.claimed_at = nil
  end
  return claimed
end

--- Lets go of what was claimed and is not sent. Where the ledger cannot, whoever looks there finds
-- it in doubt.
function claiming.give_back(self, tasks)
  local claimed, list = claimed_of(tasks), {}
  for i, item in ipairs(claiming.items(claimed)) do
    list[i] = { key = item.key, state = "not_applied" }
  end
  local ok, message, code = true, nil, nil
  if #list > 0 then ok, message, code = self.ledger:settle(list) end
  if ok then return end
  ends.stop(self, message, code)
  if not self.ledger:is_there() then return end -- what went away with it was let go of there
  ends.give_up(self, claimed, "it was not sent, but the ledger keeps it claimed: " .. message,
    "in_doubt")
end

--- Of tasks that are to go now, those that are not claimed. A claim that has waited for long, as
-- where this machine slept, may be in doubt for others, and is not relied on.
function claiming.open(self, tasks)
  local open, old, now = {}, {}, core.elapsed()
  for _, task in ipairs(tasks) do
    local is_old = task.claimed_at and now - task.claimed_at > longest_ahead
    if is_old then old[#old + 1] = task end
    if is_old or not task.claimed_at then open[#open + 1] = task end
  end
  if #open < #tasks then
    local there, message, code = self.ledger:is_there()
    if not there then ends.stop(self, message, code) end
  end
  claiming.give_back(self, old)
  return open
end

return claiming
