--- Reads ahead: a group of records at a time, and what the ledger knows of them.
--
-- The ledger is asked for a whole group at once, so that reading an export again costs little; what
-- it does not know goes on as full requests.

local core = require "sertifier.core"
local ends = require "sertifier.ends"
local later = require "sertifier.later"
local log = require "sertifier.log"
local sending = require "sertifier.sending"

-- Loaded where it is used:
local reshaping = later "sertifier.hooks.reshaping"

local reading = {}

-- Credentials that are looked up at once, and that are ready: more of them would take memory, and
-- keep answers waiting.
local group = 100
local most_waiting = 300
local rows_at_once = 20000 -- so that rows that do not qualify let answers through

local function note_problems(self, problems)
  for _, problem in ipairs(problems) do
    local text = problem.text:gsub("\n$", ""):gsub("\n", "; ")
    problem.record_id = self.export.by_id and self.export.faulty[problem.line]
    ends.note(self, "invalid", problem, text)
    ends.reject(self, "invalid", problem, text)
    log.outcome(self, "invalid", problem, text)
  end
end

--- One of the flow's functions failed: its record is not attempted, and the run ends.
local function fail(self, failure)
  local line, text = self.export:line(), self.rejects and self.export:text()
  ends.stop(self, ("%s:%d: %s"):format(self.export.name, line, failure), "hook")
  ends.tell(self, "not_attempted", { line = line, row = text })
end

--- Fills a batch and counts what did not get into it.
-- @return whether the export has ended, and as fourth the problems that came up; or nil, message,
--   code
function reading.fill(self, batch, most, rows)
  local known_ones = #batch
  local read, skipped, invalid, ended, failure =
    self.export:fill(self.plan, batch, most, rows or rows_at_once,
      self.with_records or self.rejects ~= nil)
  if not read then return nil, skipped, invalid end
  self.summary.read = self.summary.read + read
  if failure then fail(self, failure) end
  self.summary:count("skipped", skipped)
  self.summary:count("invalid", invalid)
  local problems = invalid > 0 and batch:problems() or {}
  if self.flow.before_issue and #batch > 0 then
    for _, problem in ipairs(reshaping.reshape(self, batch, known_ones)) do
      problems[#problems + 1] = problem
    end
  end
  note_problems(self, problems)
  return ended, nil, nil, problems
end

--- At the export's end: notes what was left out of it, and what looks cut off.
function reading.look_back(self)
  if not self.ended then return end
  self.summary.left_out, self.summary.warnings = self.export:oddities()
end

--- The record of a credential in the batch.
local function record_of(self, i)
  return self.records and self.records[i] or self.export:record(self.batch, i)
end

--- Gives a run what it reads into. Records that may come slowly are sent as soon as they fill a
-- request.
function reading.begin(self)
  self.batch = core.batch()
  self.group = self.export.is_slow and self.batch_size or math.max(group, self.batch_size)
end

-- ---- what the ledger does not know ----

--- What the run keeps of a credential in the batch, with room for its content. There are thousands
-- of these at once: a ninth field would take as much memory as the eight together.
local function item_of(self, i)
  local once_per, campaign, name, email, external_id, record_id, line = self.batch:get(i)
  local item = { line = line, key = campaign .. "/" .. once_per, campaign = campaign, name = name,
    email = email, externalId = external_id, record_id = record_id, content = nil }
  if self.rejects then item.row = self.batch:row(i) end
  return item
end

--- What it keeps in addition where that is to be sent.
local function complete(self, item, i)
  item.content = self.batch:fingerprint(i, self.ledger.secret)
  if self.with_records then item.record = record_of(self, i) end
end

--- A second record with the key of one that is under way shares its end.
local function is_twin(self, item)
  local twins = self.twins[item.key]
  if twins == nil then return false end
  self.twins[item.key] = twins or {}
  table.insert(self.twins[item.key], item)
  return true
end

local function is_over_limit(self, item)
  if not self.limit or self.admitted < self.limit then return false end
  self.summary:count("not_attempted", 1)
  ends.reject(self, "not_attempted", item, "beyond the run's limit")
  return true
end

local function admit(self, item, i, kind)
  if is_over_limit(self, item) then return end
  complete(self, item, i)
  self.twins[item.key] = false -- none so far
  self.admitted = self.admitted + 1
  sending.queue(self, item, kind, i)
end

local function place(self, item, entry, i)
  if is_twin(self, item) then return end
  if entry and entry.content then item.content = self.batch:fingerprint(i, self.ledger.secret) end
  local kind = entry and self.kind.resume and self.kind.resume(item, entry)
  if not kind and entry and ends.meets(self, item, entry) then return end
  admit(self, item, i, kind or self.kind)
end

-- ---- groups ----

local function look_up(self)
  local items, keys = {}, {}
  for i = 1, #self.batch do
    items[i] = item_of(self, i)
    keys[i] = items[i].key
  end
  local entries, message, code = self.ledger:look_up(keys)
  if not entries then ends.stop(self, message, code) end
  return items, entries
end

local function place_all(self)
  local items, entries = look_up(self)
  for i, item in ipairs(items) do
    if entries then
      place(self, item, entries[item.key], i)
    else
      ends.tell(self, "not_attempted", item)
    end
  end
end

--- Whether more may be read: there are always requests ready behind those in flight.
function reading.has_room(self)
  local most = math.min(self.concurrency, math.floor(most_waiting / self.batch_size))
  return not self.stopped and not self.ended and self.tasks.count <= most
end

--- Reads the next group and queues the credentials that nobody has issued yet.
local function read_on(self)
  self.batch:clear()
  local ended, message, code = reading.fill(self, self.batch, self.group)
  if ended == nil then return ends.stop(self, message, code) end
  self.ended = ended
  if self.max_invalid and self.summary.invalid > self.max_invalid then
    ends.stop(self, ("more than %d records are invalid"):format(self.max_invalid), "invalid")
  end
  if ended and self.summary.read == 0 then
    return ends.stop(self, self.export.name .. ": holds no records", "export")
  end
  if #self.batch > 0 then place_all(self) end
  if ended then sending.close(self) end
end

--- Reads on as long as there is room. Answers get their turn where that could take long: where
-- records come slowly, or few qualify, or where nothing is left to be sent of a group.
function reading.refill(self)
  while reading.has_room(self) do
    local before = self.tasks.count
    read_on(self)
    if self.export.is_slow or #self.batch < self.group then return end
    if self.tasks.count == before then return end
  end
end

--- Counts what is in the batch as not attempted.
local function leave(self)
  if not self.rejects then return self.summary:count("not_attempted", #self.batch) end
  for i = 1, #self.batch do ends.tell(self, "not_attempted", item_of(self, i)) end
end

--- After a stop, the rest of the export is still counted: as not attempted.
function reading.rest(self)
  while not self.ended and self.export.can_reread do
    self.batch:clear()
    local ended = reading.fill(self, self.batch, self.group)
    if ended == nil then return end
    leave(self)
    self.ended = ended
  end
end

return reading
