--- Takes in answers: how long they are waited for, what goes before they are read, and what is
-- claimed with what is settled.

local claiming = require "sertifier.claiming"
local core = require "sertifier.core"
local ends = require "sertifier.ends"
local landing = require "sertifier.landing"
local sending = require "sertifier.sending"

local receiving = {}

local between_renewals = 60 -- seconds; a lease lasts far longer
local most_landed = 1000 -- credentials whose answers are settled together
local much = 1000 -- credentials that were settled since the ledger was tidied
local longest_poll = 0.1 -- seconds; then an interrupt is looked for

local function renew_leases(self)
  local now = core.elapsed()
  if now - self.renewed < between_renewals then return end
  self.renewed = now
  local ok, message, code = self.ledger:renew()
  if not ok then ends.stop(self, message, code) end
end

--- Whether what goes next could be claimed meanwhile, and was not tried.
local function is_unclaimed(self)
  local first = self.tasks:at(1)
  return first and first.kind.expect and not first.claimed_at and not first.was_tried
    and not sending.wait(self, self.in_flight)
end

local function poll_time(self, reads_on)
  if reads_on(self) or not self.stopped and is_unclaimed(self) then return 0 end
  local wait = self.tasks.count > 0 and not self.stopped and sending.wait(self, self.in_flight)
  return math.min(wait or longest_poll, longest_poll)
end

--- Whether few answers came in: to settle them takes less time than another commit.
local function is_few(self, landed)
  return #landed > 0 and #landed * self.batch_size <= claiming.portion(self)
end

--- What is claimed with what is settled: some of what waits for nothing but an answer, and where
-- few came in, what may go now.
local function claimed_with(self, landed)
  local wait = sending.wait(self, self.in_flight)
  if self.stopped or wait and (wait > 0 or not is_few(self, landed)) then return {} end
  return claiming.ahead(self, self.pace:free(self.in_flight))
end

--- Whether answers are to be settled before more are taken in.
local function is_enough(self, landed)
  return #landed >= math.min(self.concurrency, math.ceil(most_landed / self.batch_size))
end

--- Takes in what has come. Where all seems well, what is claimed is under way before it is read.
local function take(self, results, landed)
  local tasks, is_well = {}, true
  for i, result in ipairs(results) do
    tasks[i] = landing.take(self, result) or false
    is_well = is_well and result.status == 200
  end
  if is_well and sending.send_due(self, true) then self.client:start() end
  for i, result in ipairs(results) do
    if tasks[i] then landing.read(self, tasks[i], result, landed) end
  end
  return #results > 0
end

--- Has the ledger do, while there is nothing to do but to wait, what it would else do in the middle
-- of work. Where it cannot, nothing is lost: what was committed is on the disk.
local function tidy(self)
  if self.untidy < much then return end
  self.untidy = 0
  self.ledger:tidy()
end

--- Takes in answers.
-- @treturn {table,...} their tasks
local function receive(self, seconds)
  local landed, enough = {}, false
  while not enough and take(self, self.client:poll(seconds), landed) do
    enough, seconds = is_enough(self, landed), 0
    if sending.send_due(self, is_few(self, landed)) and enough then self.client:start() end
  end
  return landed
end

--- One turn: sends what may go, and takes in what has come. Where an answer is in, the next request
-- goes first: it is under way while more is read, and while the answer is settled, together with
-- those that came meanwhile.
-- @tparam table self the run
-- @tparam function reads_on whether there is more to be read at once, given the run
-- @treturn table|nil what is to be settled; nil where there is nothing left to do
function receiving.turn(self, reads_on)
  sending.send_due(self)
  if self.stopped then sending.give_up(self) end
  -- At the end, or where nothing else can fill them, requests go that are not full.
  if sending.is_idle(self) and self.ended then sending.close(self) end
  if sending.is_idle(self) then return not (self.stopped or self.ended) and {} or nil end
  renew_leases(self)
  local seconds = poll_time(self, reads_on)
  if seconds > 0 then tidy(self) end
  return receive(self, seconds)
end

--- Settles what came in, and claims what goes next.
function receiving.settle(self, landed)
  self.untidy = self.untidy + landing.settle(self, landed, claimed_with(self, landed))
end

return receiving
