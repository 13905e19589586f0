--- How a record's way through a run ends: counted, told to its hook, written back.

local log = require "sertifier.log"

local ends = {}

--- Ends the run as soon as what is in flight has come back.
function ends.stop(self, message, code)
  self.stopped = self.stopped or { message = message, code = code }
end

--- Notes something of a record that counts elsewhere.
function ends.note(self, outcome, item, reason)
  self.summary:problem(outcome, self.export.name, item.line, reason,
    self.export.by_id and item.record_id)
end

--- The ends that leave nothing to be done when the record is seen again.
local settled = { issued = true, already_issued = true, in_doubt = true }

--- Puts a record that was not issued among the rejects, where the run keeps them.
-- @tparam table record `line`, and `row`, its text
function ends.reject(self, outcome, record, reason)
  if not self.rejects then return end
  local ok, message, code =
    self.rejects:add(outcome, record, reason or self.stopped and self.stopped.message)
  if not ok then ends.stop(self, message, code) end
end

--- Counts an end, and notes why.
function ends.tell(self, outcome, item, reason)
  self.summary:count(outcome, 1)
  ends.reject(self, outcome, item, reason)
  log.outcome(self, outcome, item, reason)
  if self.memory and settled[outcome] then self.memory:done(item.record_id) end
  if reason then ends.note(self, outcome, item, reason) end
end

local function where(self, item)
  if self.export.by_id and item.record_id then return "record:" .. item.record_id end
  return ("%s:%d"):format(self.export.name, item.line)
end

local function hook(self, name, item, argument)
  local call = self.flow[name]
  if not call then return end
  local ok, message = pcall(call, argument, item.record)
  if not ok then
    ends.stop(self, ("%s: %s failed: %s"):format(where(self, item), name, tostring(message)),
      "hook")
  end
end

local function write_back(self, item, credential)
  if not self.write_back then return end
  local ok, message, code = self.write_back:add(item.record_id, credential, item.key)
  if not ok then ends.stop(self, message, code) end
end

-- ---- what the ledger already knows ----

local same_as = "the same record as line %d"

--- Whether this very run has dealt with an entry's key: the export holds it twice.
local function is_ours(self, entry)
  return entry.run == self.ledger.run
end

--- Already issued; what has changed since is told, and not issued again.
local function note_change(self, item, entry)
  if not entry.content or entry.content == item.content then return end
  self.summary.changed = self.summary.changed + 1
  ends.note(self, "already_issued", item, "changed since it was issued; it is not issued again")
end

--- By the state in which the ledger has the record's key: each ends the record.
local known = {}

function known.issued(self, item, entry)
  ends.tell(self, "already_issued", item, is_ours(self, entry) and same_as:format(entry.line))
  note_change(self, item, entry)
  if entry.forgotten then return end -- its link, too
  write_back(self, item, { id = entry.credential_id, verificationLink = entry.link })
end

function known.in_doubt(self, item, entry)
  local reason = is_ours(self, entry) and same_as:format(entry.line)
    or "an earlier request for it has no answer: " .. (entry.reason or "")
  ends.tell(self, "in_doubt", item, reason)
end

function known.sending(self, item)
  ends.tell(self, "in_doubt", item, "another run is sending it now")
end

function known.publishing(self, item, entry)
  ends.tell(self, "in_doubt", item, entry.expired
    and "an earlier request to publish its draft has no known end: run it with --two-phase"
    or "another run is publishing it now")
end

function known.draft(self, item)
  ends.tell(self, "not_attempted", item, "a draft of it stands: --two-phase publishes it")
end

function known.queued(self, item)
  ends.tell(self, "in_doubt", item, "it waits in a queue, from where it will be sent")
end

function known.dropped(self, item)
  ends.tell(self, "rejected", item, "a person dropped it from the ledger")
end

--- Ends a record whose key the ledger knows.
-- @treturn boolean whether it did; one that was rejected in an earlier run may be sent again
function ends.meets(self, item, entry)
  if entry.state == "rejected" then
    if is_ours(self, entry) then ends.tell(self, "rejected", item, same_as:format(entry.line)) end
    return is_ours(self, entry)
  end
  known[entry.state](self, item, entry)
  return true
end

-- ---- the end of an item ----

--- The twins of an item end as it did; of one that was issued, they already were. Those that are
-- another record get the link, too.
local function end_twins(self, item, outcome, credential)
  local twins = self.twins[item.key]
  self.twins[item.key] = nil
  if not twins then return end
  for _, twin in ipairs(twins) do
    ends.tell(self, outcome == "issued" and "already_issued" or outcome, twin,
      same_as:format(item.line))
    if credential and twin.record_id ~= item.record_id then write_back(self, twin, credential) end
  end
end

--- By what came of sending it.
local finish = {}
ends.finish = finish

function finish.issued(self, item, outcome)
  ends.tell(self, "issued", item)
  write_back(self, item, outcome.credential)
  end_twins(self, item, "issued", outcome.credential)
  hook(self, "on_issued", item, outcome.credential)
end

local function problem_of(self, item, reason)
  return { key = item.key, line = item.line, where = where(self, item), reason = reason }
end

function finish.rejected(self, item, outcome)
  ends.tell(self, "rejected", item, outcome.reason)
  end_twins(self, item, "rejected")
  hook(self, "on_rejected", item, problem_of(self, item, outcome.reason))
end

function finish.in_doubt(self, item, outcome)
  ends.tell(self, "in_doubt", item, outcome.reason)
  end_twins(self, item, "in_doubt")
  hook(self, "on_doubt", item, problem_of(self, item, outcome.reason))
end

function finish.not_applied(self, item, outcome)
  ends.tell(self, "not_attempted", item, outcome.reason)
  end_twins(self, item, "not_attempted")
end

--- An item that another run claimed first: it ends as the ledger has it, and its twins with it.
function ends.lost(self, item, entry)
  local twins = self.twins[item.key] or {}
  self.twins[item.key] = nil
  table.insert(twins, 1, item)
  for _, one in ipairs(twins) do
    if not ends.meets(self, one, entry) then known.sending(self, one) end
  end
end

--- None of these tasks was sent; they hold nothing afterwards. Items are told in their order.
-- @tparam table self the run
-- @tparam {table,...} tasks
-- @tparam[opt] string reason
-- @tparam[opt] string state how their items end, where it is not as their kind says
function ends.give_up(self, tasks, reason, state)
  for _, task in ipairs(tasks) do
    local left = finish[state or task.kind.left or "not_applied"]
    for i = 1, #task do
      local item = task[i]
      task[i] = nil
      left(self, item, { reason = item.doubt or reason })
    end
  end
end

return ends
