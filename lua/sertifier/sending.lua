--- The way of a credential through a run: looked up, claimed, sent, settled.

local answer = require "sertifier.answer"
local core = require "sertifier.core"
local ends = require "sertifier.ends"

local sending = {}

local most_tries = 5
local longest_wait = 60 -- seconds; a server that asks for more is asked again after that

--- Gives a run its queue.
function sending.begin(self)
  self.tasks, self.flying, self.in_flight, self.twins, self.sent = {}, {}, 0, {}, 0
  self.next_send = 0
end

--- A second record with the key of one that is under way shares its end.
local function is_twin(self, item)
  local twins = self.twins[item.key]
  if not twins then return false end
  twins[#twins + 1] = item
  return true
end

local function is_over_limit(self, item)
  if not self.limit or self.sent < self.limit then return false end
  ends.tell(self, "not_attempted", item)
  self.over_limit = true
  return true
end

local function look_up(self, items)
  local keys = {}
  for i, item in ipairs(items) do keys[i] = item.key end
  local entries, message, code = self.ledger:look_up(keys)
  if not entries then ends.stop(self, message, code) end
  return entries
end

local function admit(self, item, entry, task)
  if is_twin(self, item) then return end
  local known = entry and ends.known[entry.state]
  if known then return known(self, item, entry) end
  if is_over_limit(self, item) then return end
  self.twins[item.key] = {}
  self.sent = self.sent + 1
  task[#task + 1] = item
end

--- Queues the items that the ledger does not know, as one request.
function sending.queue(self, items)
  local entries = look_up(self, items)
  local task = { tries = 0, not_before = 0 }
  for _, item in ipairs(items) do
    if entries then
      admit(self, item, entries[item.key], task)
    else
      ends.tell(self, "not_attempted", item)
    end
  end
  if #task > 0 then table.insert(self.tasks, task) end
end

--- Whether more may be read: there is always one request ready behind those in flight.
function sending.has_room(self)
  return #self.tasks + self.in_flight <= self.concurrency
end

-- ---- sending ----

local function body_of(task)
  local indices = {}
  for i, item in ipairs(task) do indices[i] = item.index end
  return task[1].batch:body(indices)
end

--- Keeps the items that the ledger let this run claim; the others are somebody else's now.
local function claim(self, task)
  local claimed, message, code = self.ledger:claim(task)
  if not claimed then
    ends.stop(self, message, code)
    return ends.give_up(self, task, message)
  end
  local lost, entries = {}, nil
  for i = #task, 1, -1 do
    if not claimed[task[i].key] then table.insert(lost, table.remove(task, i)) end
  end
  if #lost > 0 then entries = look_up(self, lost) or {} end
  for _, item in ipairs(lost) do
    self.twins[item.key] = nil
    local entry = entries[item.key] or { state = "sending" }
    ends.known[ends.known[entry.state] and entry.state or "sending"](self, item, entry)
  end
  return #task > 0
end

local function send(self, task)
  if not claim(self, task) then return end
  local id = self.client:send(body_of(task))
  self.flying[id] = task
  self.in_flight = self.in_flight + 1
  self.summary.requests = self.summary.requests + 1
  if self.rate then
    self.next_send = math.max(self.next_send, core.elapsed()) + 1 / self.rate
  end
end

--- The first task whose time has come.
local function take_due(self, now)
  if now < self.next_send then return nil end
  for i, task in ipairs(self.tasks) do
    if task.not_before <= now then return table.remove(self.tasks, i) end
  end
end

-- ---- answers ----

--- The same items again, in as many requests as `parts`.
local function again(self, task, parts, not_before)
  local size = math.ceil(#task / parts)
  for first = 1, #task, size do
    local piece = { tries = task.tries + (parts == 1 and 1 or 0), not_before = not_before }
    for i = first, math.min(first + size - 1, #task) do piece[#piece + 1] = task[i] end
    table.insert(self.tasks, piece)
  end
end

--- Full jitter over an interval that doubles; never shorter than what the server asked for.
local function wait_of(task, verdict)
  local wait = math.random() * math.min(longest_wait, 0.5 * 2 ^ task.tries)
  return math.max(wait, math.min(verdict.retry_after or 0, longest_wait))
end

local actions = {}

function actions.split(self, task)
  again(self, task, 2, 0)
end

function actions.retry(self, task, verdict)
  if task.tries + 1 >= most_tries or self.stopped then
    ends.stop(self, verdict.message, verdict.code)
    return ends.give_up(self, task, verdict.message)
  end
  again(self, task, 1, core.elapsed() + wait_of(task, verdict))
end

function actions.stop(self, task, verdict)
  ends.stop(self, verdict.message, verdict.code)
  ends.give_up(self, task, verdict.message)
end

local function settlement(item, outcome)
  local credential = outcome.credential or {}
  return { key = item.key, state = outcome.state, reason = outcome.reason,
    credential_id = credential.id, link = credential.verificationLink }
end

local function settle(self, task, outcomes)
  local list = {}
  for i, item in ipairs(task) do list[i] = settlement(item, outcomes[i]) end
  local ok, message, code = self.ledger:settle(list)
  if not ok then ends.stop(self, message, code) end
end

--- Items that were not applied go where the verdict says; the others end here.
local function conclude(self, task, outcomes, verdict)
  local open = { tries = task.tries }
  for i, item in ipairs(task) do
    local outcome = outcomes[i]
    if outcome.state == "not_applied" then
      open[#open + 1] = item
    else
      ends.finish[outcome.state](self, item, outcome)
    end
  end
  if verdict.action == "stop" then ends.stop(self, verdict.message, verdict.code) end
  if #open > 0 then actions[verdict.action or "stop"](self, open, verdict) end
end

local function receive(self, result)
  local task = self.flying[result.id]
  if not task then return end
  self.flying[result.id] = nil
  self.in_flight = self.in_flight - 1
  self.has_sent = self.has_sent or result.sent
  local outcomes, verdict = answer.read(result, task)
  settle(self, task, outcomes)
  conclude(self, task, outcomes, verdict)
end

--- One turn: sends what may go, and takes in what has come.
-- @treturn boolean whether there was, or is, anything to do
function sending.turn(self)
  local now = core.elapsed()
  while not self.stopped and self.in_flight < self.concurrency do
    local task = take_due(self, now)
    if not task then break end
    send(self, task)
  end
  if self.stopped then
    while #self.tasks > 0 do ends.give_up(self, table.remove(self.tasks)) end
  end
  if self.in_flight == 0 and #self.tasks == 0 then return not (self.stopped or self.ended) end
  for _, result in ipairs(self.client:poll(0.1)) do receive(self, result) end
  return true
end

return sending
