--- Which requests wait, and when they go.
--
-- A task is a list of items that go in one request, and the kind of request that it is. A kind has
--
--   size                of a task, where it is not the run's batch size
--   claim(self, tasks)  takes out of the tasks what this run may not send
--   expect(self, items) for a kind that may be claimed ahead: what comes before the claim
--   send(self, task)    gives the request's id
--   read(result, task)  gives an outcome for each item, and a verdict, as answer.lua does; as third
--                       it is given whether ids and links are all that is wanted
--   settles             whether the outcomes are settled in the ledger
--   finish              by an outcome's state, what becomes of an item; else as in ends.lua
--   issues              whether its requests hold the items' credentials
--   left                how an item ends when a stop leaves it: not applied, if not said
--
-- What ended is taken in by receiving.lua.

local claiming = require "sertifier.claiming"
local core = require "sertifier.core"
local ends = require "sertifier.ends"
local gathering = require "sertifier.gathering"
local latency = require "sertifier.latency"
local pace = require "sertifier.pace"
local queue = require "sertifier.queue"
local retries = require "sertifier.retries"

local sending = {}

--- Gives a run its queue.
-- @tparam table options `concurrency`, `rate`; `pace` and `chance`, for specs
function sending.begin(self, options)
  self.tasks, self.filling, self.flying, self.in_flight = queue.new(), {}, {}, 0
  self.twins, self.admitted = {}, 0
  self.pace = options.pace or pace.shared()
  self.pace:allow(self.concurrency, options.rate)
  self.retries = retries.new(self.concurrency, options.chance)
  self.not_before, self.renewed, self.untidy = 0, core.elapsed(), 0
  self.latency = latency.new()
end

-- ---- the queue ----

local function close(self, kind, campaign)
  self.tasks:put(self.filling[kind][campaign])
  self.filling[kind][campaign] = nil
end

--- Puts all that is being gathered behind the requests that wait.
function sending.close(self)
  for kind, by_campaign in pairs(self.filling) do
    for campaign in pairs(by_campaign) do close(self, kind, campaign) end
  end
end

--- Puts an item into the request of its kind and campaign that is being gathered.
-- @tparam table self the run
-- @tparam table item
-- @tparam table kind
-- @tparam[opt] number i where its credential is in the batch, for a kind that issues
function sending.queue(self, item, kind, i)
  self.filling[kind] = self.filling[kind] or {}
  local task = self.filling[kind][item.campaign] or gathering.new(kind)
  self.filling[kind][item.campaign] = task
  gathering.add(task, item, self.batch, i)
  if #task >= (kind.size or self.batch_size) then close(self, kind, item.campaign) end
end

-- ---- sending ----

--- Seconds until a request may go, or nil, as `pace:wait`.
function sending.wait(self, in_flight)
  local wait = self.pace:wait(in_flight)
  return wait and math.max(wait, self.not_before - core.elapsed())
end

--- The tasks that may go now; all are of one kind. On request only those that are claimed. Others
-- are few, for they wait until all of them are claimed; those that follow are answered later, too.
local function take_due(self, claimed_only)
  local due, room = {}, claiming.portion(self)
  while self.tasks.count > 0 and sending.wait(self, self.in_flight + #due) == 0 do
    local first = self.tasks:at(1)
    if due[1] and due[1].kind ~= first.kind or claimed_only and not first.claimed_at then break end
    if not first.claimed_at then room = room - #first end
    if due[1] and room < 0 then break end
    due[#due + 1] = self.tasks:take()
    self.pace:sent()
  end
  return due
end

local function send(self, task)
  task.sent_at = core.elapsed()
  self.flying[task.kind.send(self, task)] = task
  self.in_flight = self.in_flight + 1
  self.summary.requests = self.summary.requests + 1
end

--- What cannot be sent after all stays in the queue.
local function send_some(self, due)
  local open = claiming.open(self, due)
  if #open > 0 and not self.stopped then open[1].kind.claim(self, open) end
  for _, task in ipairs(due) do
    if self.stopped then
      self.tasks:put(task)
    elseif #task > 0 then
      send(self, task)
    end
  end
end

--- Sends what may go now.
-- @tparam table self the run
-- @tparam[opt] boolean claimed_only only what is claimed
-- @treturn boolean whether any went
function sending.send_due(self, claimed_only)
  local before = self.summary.requests
  repeat
    local due = self.stopped and {} or take_due(self, claimed_only)
    if #due > 0 then send_some(self, due) end
  until #due == 0
  return self.summary.requests > before
end

--- None of what waits is sent any more.
function sending.give_up(self)
  sending.close(self)
  local tasks = self.tasks:take_all()
  claiming.give_back(self, tasks)
  ends.give_up(self, tasks)
end

--- Whether nothing waits, and nothing is under way.
function sending.is_idle(self)
  return self.in_flight == 0 and self.tasks.count == 0
end

return sending
