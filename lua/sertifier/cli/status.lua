--- `sertifier status`.

local common = require "sertifier.cli.common"

local status = {}

local states = { "issued", "rejected", "sending", "in_doubt", "dropped" }

local function tell(counts, doubtful)
  for _, state in ipairs(states) do
    if counts[state] then print(("%8d %s"):format(counts[state], (state:gsub("_", " ")))) end
  end
  for _, entry in ipairs(doubtful) do
    local since = os.date("%Y-%m-%d %H:%M", math.floor(entry.claimed_at))
    print(("  %s since %s: %s"):format(entry.key, since, entry.reason))
  end
  if #doubtful > 0 then
    print("\nLook these up in Sertifier, then say for each:\n"
      .. "  sertifier resolve --drop KEY     it was issued: it is never sent again\n"
      .. "  sertifier resolve --release KEY  it was not: the next run may send it")
  end
end

local function tell_json(counts)
  local parts = {}
  for i, state in ipairs(states) do parts[i] = ('"%s":%d'):format(state, counts[state] or 0) end
  print("{" .. table.concat(parts, ",") .. "}")
end

--- Runs the command.
-- @treturn number 0, or 3 where some are in doubt
function status.main(args)
  local ledger = common.ledger(args)
  local counts, message = ledger:counts()
  local doubtful, why = ledger:in_doubt()
  ledger:close()
  if not counts or not doubtful then common.fail(message or why) end
  if args.json then tell_json(counts) else tell(counts, doubtful) end
  return #doubtful > 0 and 3 or 0
end

return status
