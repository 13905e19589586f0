--- `sertifier status`.

local common = require "sertifier.cli.common"
local telling = require "sertifier.cli.telling"

local status = {}

local states = { "queued", "sending", "draft", "publishing", "issued", "rejected", "in_doubt",
  "dropped", "forgotten" }
local most_keys = 20 -- of those in doubt that are listed without being asked for

local function words_of(state)
  return (state:gsub("_", " "))
end

local function text_of(entry)
  local reason = entry.reason and entry.reason ~= "" and ": " .. entry.reason or ""
  return ("%s, for %s%s"):format(entry.key, telling.age(entry.claimed_at), reason)
end

-- ---- the counts ----

local function tell(counts, doubtful)
  for _, state in ipairs(states) do
    local oldest = state == "in_doubt" and doubtful[1]
    if counts[state] then
      print(("%8d %s%s"):format(counts[state], words_of(state),
        oldest and ", the oldest for " .. telling.age(oldest.claimed_at) or ""))
    end
  end
  for i = 1, math.min(#doubtful, most_keys) do print("  " .. text_of(doubtful[i])) end
  if #doubtful > most_keys then
    print(("  and %d more: sertifier status --state in_doubt"):format(#doubtful - most_keys))
  end
  if #doubtful > 0 then
    print "\nsertifier resolve asks Sertifier about them."
    io.stdout:write(telling.doubt_help)
  end
end

--- Reasons of doubt, the oldest first, each with its count.
local function reasons_of(doubtful)
  local list, by_reason = {}, {}
  for _, entry in ipairs(doubtful) do
    local reason = entry.reason or ""
    local one = by_reason[reason]
    if not one then
      one = { reason = reason, keys = 0, oldest = entry.claimed_at }
      by_reason[reason], list[#list + 1] = one, one
    end
    one.keys = one.keys + 1
  end
  return list
end

local function tell_json(counts, doubtful)
  local parts, reasons = {}, {}
  for i, state in ipairs(states) do parts[i] = ('"%s":%d'):format(state, counts[state] or 0) end
  for i, one in ipairs(reasons_of(doubtful)) do
    reasons[i] = ('{"reason":%s,"keys":%d,"oldest":%.3f}'):format(telling.quote(one.reason),
      one.keys, one.oldest)
  end
  print(("{%s,\"reasons\":[%s]}"):format(table.concat(parts, ","), table.concat(reasons, ",")))
end

-- ---- the keys of one state ----

local function key_json(entry, state)
  return ('{"key":%s,"state":"%s","since":%.3f,"reason":%s}'):format(telling.quote(entry.key),
    state, entry.claimed_at, telling.quote(entry.reason or ""))
end

local function list(ledger, state, is_json)
  local count, message = ledger:each(state, function(entry)
    print(is_json and key_json(entry, state) or text_of(entry))
  end)
  ledger:close()
  if not count then common.fail(message) end
  return state == "in_doubt" and count > 0 and 3 or 0
end

local function check_state(state)
  if state == "forgotten" then common.fail "--state forgotten: their keys are known no more" end
  for _, one in ipairs(states) do
    if one == state then return end
  end
  common.fail(("--state %s: one of %s is expected"):format(state,
    table.concat(states, ", ", 1, #states - 1)))
end

--- Runs the command.
-- @treturn number 0, or 3 where some are in doubt
function status.main(args)
  if args.state then check_state(args.state) end
  local ledger = common.ledger(args)
  if args.state then return list(ledger, args.state, args.json) end
  local counts, message = ledger:counts()
  local doubtful, why = ledger:in_doubt()
  ledger:close()
  if not counts or not doubtful then common.fail(message or why) end
  if args.json then tell_json(counts, doubtful) else tell(counts, doubtful) end
  return #doubtful > 0 and 3 or 0
end

return status
