--- Claims what goes next, in one durable transaction before the first byte of any of it leaves.

local ends = require "sertifier.ends"

--- Keeps the items that the ledger let this run claim; the others are somebody else's now.
local function keep_claimed(task, claimed, lost)
  for i = #task, 1, -1 do
    if not claimed[task[i].key] then table.insert(lost, table.remove(task, i)) end
  end
end

local function meet_lost(self, lost)
  local keys = {}
  for i, item in ipairs(lost) do keys[i] = item.key end
  local entries = self.ledger:look_up(keys) or {}
  for _, item in ipairs(lost) do
    ends.lost(self, item, entries[item.key] or { state = "sending" })
  end
end

--- Takes out of tasks what this run may not send; all of it where the ledger fails.
-- @tparam table self the run
-- @tparam {table,...} tasks
-- @tparam function claim is given all their items; gives the set of keys that it claimed, or nil,
--   message, code
return function(self, tasks, claim)
  local items, lost = {}, {}
  for _, task in ipairs(tasks) do
    for _, item in ipairs(task) do items[#items + 1] = item end
  end
  local claimed, message, code = claim(items)
  if not claimed then
    ends.stop(self, message, code)
    return ends.give_up(self, tasks, message)
  end
  for _, task in ipairs(tasks) do keep_claimed(task, claimed, lost) end
  if #lost > 0 then meet_lost(self, lost) end
end
