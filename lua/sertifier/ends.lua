--- How a record's way through a run ends: counted, told to its hook, written back.

local ends = {}

--- Ends the run as soon as what is in flight has come back.
function ends.stop(self, message, code)
  self.stopped = self.stopped or { message = message, code = code }
end

--- Counts an end, and notes why.
function ends.tell(self, outcome, item, reason)
  self.summary:count(outcome, 1)
  if reason then self.summary:problem(outcome, self.export.name, item.line, reason) end
end

local function record_of(self, item)
  return self.export:record(item.batch, item.index)
end

local function hook(self, name, item, argument)
  local call = self.flow[name]
  if not call then return end
  local ok, message = pcall(call, argument, record_of(self, item))
  if not ok then
    ends.stop(self, ("%s: %s failed: %s"):format(item.where, name, tostring(message)), "hook")
  end
end

local function write_back(self, item, credential)
  if not self.write_back then return end
  local ok, message, code = self.write_back:add(item.record_id, credential)
  if not ok then ends.stop(self, message, code) end
end

-- ---- what the ledger already knows ----

--- By the state in which the ledger has the record's key.
local known = {}
ends.known = known

function known.issued(self, item, entry)
  ends.tell(self, "already_issued", item)
  write_back(self, item, { id = entry.credential_id, verificationLink = entry.link })
end

function known.in_doubt(self, item, entry)
  local reason = "an earlier request for it has no answer: " .. (entry.reason or "")
  ends.tell(self, "in_doubt", item, reason)
end

function known.sending(self, item)
  ends.tell(self, "in_doubt", item, "another run is sending it now")
end

function known.dropped(self, item)
  ends.tell(self, "rejected", item, "a person dropped it from the ledger")
end

-- ---- the end of an item ----

--- The twins of an item end as it did; of one that was issued, they already were.
local function end_twins(self, item, outcome, credential)
  for _, twin in ipairs(self.twins[item.key] or {}) do
    local reason = "the same credential as line " .. item.line
    ends.tell(self, outcome == "issued" and "already_issued" or outcome, twin, reason)
    if credential then write_back(self, twin, credential) end
  end
  self.twins[item.key] = nil
end

--- By what came of sending it.
local finish = {}
ends.finish = finish

function finish.issued(self, item, outcome)
  ends.tell(self, "issued", item)
  write_back(self, item, outcome.credential)
  end_twins(self, item, "issued")
  hook(self, "on_issued", item, outcome.credential)
end

local function problem_of(item, reason)
  return { key = item.key, line = item.line, where = item.where, reason = reason }
end

function finish.rejected(self, item, outcome)
  ends.tell(self, "rejected", item, outcome.reason)
  end_twins(self, item, "rejected")
  hook(self, "on_rejected", item, problem_of(item, outcome.reason))
end

function finish.in_doubt(self, item, outcome)
  ends.tell(self, "in_doubt", item, outcome.reason)
  end_twins(self, item, "in_doubt")
  hook(self, "on_doubt", item, problem_of(item, outcome.reason))
end

function finish.not_applied(self, item, outcome)
  ends.tell(self, "not_attempted", item, outcome.reason)
  end_twins(self, item, "not_attempted")
end

--- None of a task's items was sent.
function ends.give_up(self, task, reason)
  for _, item in ipairs(task) do finish.not_applied(self, item, { reason = reason }) end
end

return ends
