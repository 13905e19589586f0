--- What comes of requests: settled in the ledger, told, and where nothing was done tried again.

local claiming = require "sertifier.claiming"
local core = require "sertifier.core"
local ends = require "sertifier.ends"
local gathering = require "sertifier.gathering"
local hooks = require "sertifier.hooks"
local log = require "sertifier.log"

local landing = {}

local longest_pause = 60 -- seconds; a server that asks for more is asked again after that

--- The same items again, first of all, in as many requests as `parts`.
local function again(self, task, parts)
  local size = math.ceil(#task / parts)
  for first = 1 + size * (parts - 1), 1, -size do
    local numbers = {}
    for i = first, math.min(first + size - 1, #task) do numbers[#numbers + 1] = i end
    if #numbers > 0 then self.tasks:put_first(gathering.part(task, numbers)) end
  end
  gathering.close(task)
end

--- What the server's answer means for those that follow.
local function adapt(self, task, result, verdict)
  local asked = math.min(verdict.retry_after or 0, longest_pause)
  if result.status == 429 or result.status == 503 then
    self.pace:slow_down(task.sent_at)
    self.pace:pause(asked)
    log.limit(self, result, asked)
  end
  if verdict.action == "stop" then return ends.stop(self, verdict.message, verdict.code) end
  if verdict.class ~= "in_doubt" and verdict.action ~= "retry" then
    self.retries:came_through()
    return self.pace:speed_up()
  end
  local wait = self.retries:failed(task.sent_at, core.elapsed(), asked)
  if not wait then
    return ends.stop(self, ("%s (%d times in a row)"):format(verdict.message,
      self.retries.failures), verdict.code)
  end
  if verdict.action == "retry" then log.retry(self, verdict, result, wait) end
  self.not_before = math.max(self.not_before, core.elapsed() + wait)
end

local actions = {}

function actions.split(self, task)
  again(self, task, 2)
end

function actions.retry(self, task, verdict)
  if not self.stopped and not self.retries:spend() then
    ends.stop(self, verdict.message .. " (more often than requests came through)", verdict.code)
  end
  task.resends = (task.resends or 0) + 1
  again(self, task, 1)
end

function actions.stop(self, task, verdict)
  ends.give_up(self, { task }, verdict.message)
  gathering.close(task)
end

local function finisher(kind, state)
  return kind.finish and kind.finish[state] or ends.finish[state]
end

--- Items that were not applied go where the verdict says; the others end here.
local function conclude(self, task)
  local open, verdict = {}, task.verdict
  for i, item in ipairs(task) do
    local outcome = task.outcomes[i]
    if outcome.state == "not_applied" then
      open[#open + 1] = i
    else
      finisher(task.kind, outcome.state)(self, item, outcome)
    end
  end
  if #open > 0 then actions[verdict.action](self, gathering.part(task, open), verdict) end
  gathering.close(task)
end

--- What came of one request, for the flow's hook.
local function tell_batch(self, task)
  if not self.flow.on_batch then return end
  local list = {}
  for i, item in ipairs(task) do
    local outcome = task.outcomes[i]
    list[i] = { key = item.key, line = item.line, state = outcome.state, reason = outcome.reason,
      credential = outcome.credential }
  end
  hooks.call(self, "on_batch", list)
end

--- A request is under way no more.
-- @treturn table its task; or nil where it is not this run's
function landing.take(self, result)
  local task = self.flying[result.id]
  if not task then return nil end
  self.flying[result.id] = nil
  self.in_flight = self.in_flight - 1
  self.has_sent = self.has_sent or result.sent
  return task
end

--- Reads what came of a request, and adds its task to a list, with outcomes and verdict.
function landing.read(self, task, result, landed)
  log.batch(self, task, result)
  if result.status then self.latency:add(core.elapsed() - task.sent_at) end
  task.outcomes, task.verdict = task.kind.read(result, task, self.is_brief)
  if not task.verdict.action then gathering.close(task) end
  adapt(self, task, result, task.verdict)
  landed[#landed + 1] = task
end

--- What is to be settled of some tasks.
local function outcomes_of(landed)
  local list = {}
  for _, task in ipairs(landed) do
    for i = 1, task.kind.settles and #task or 0 do list[#list + 1] = task.outcomes[i] end
  end
  return list
end

--- The ledger wants keys in their order: so it finds them where the export has them in it.
local function is_before(one, other)
  return one[1].key < other[1].key
end

--- Settles what ended together in one durable transaction, which also claims tasks that go next;
-- and concludes it.
-- @treturn number how many credentials were settled
function landing.settle(self, landed, ahead)
  table.sort(landed, is_before)
  local list, ok, claimed, code = outcomes_of(landed), true, nil, nil
  if #list + #ahead > 0 then
    ok, claimed, code = self.ledger:settle_and_claim(list, claiming.items(ahead))
  end
  if not ok then ends.stop(self, claimed, code) end
  if ok and claimed then claiming.keep(self, ahead, claimed) end
  for _, task in ipairs(landed) do
    conclude(self, task)
    tell_batch(self, task)
  end
  return #list
end

return landing
