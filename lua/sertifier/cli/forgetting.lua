--- `sertifier forget`.

local common = require "sertifier.cli.common"

local forgetting = {}

local told = { { "issued", "issued" }, { "dropped", "dropped" }, { "rejected", "rejected" },
  { "queued", "queued, and not sent any more" }, { "runs", "runs" },
  { "decisions", "words of people" } }

local function tell(counts)
  for _, one in ipairs(told) do
    local count = counts[one[1]] or 0
    if count > 0 then io.stderr:write(("%8d %s\n"):format(count, one[2])) end
  end
end

local function check(args)
  if args.older_than and #args.keys > 0 then
    common.fail "a KEY or --older-than is expected, not both"
  end
  if not args.older_than and #args.keys == 0 then
    common.fail "a KEY or --older-than is expected; try `sertifier forget --help`"
  end
end

--- What the ledger does, by how it is asked.
local function act(ledger, args)
  if not args.older_than then return ledger:forget(args.keys) end
  if not args.yes then return ledger:count_older(args.older_than) end
  return ledger:forget_older(args.older_than)
end

--- Runs the command.
-- @treturn number the exit status
function forgetting.main(args)
  check(args)
  local ledger = common.ledger(args)
  local counts, message = act(ledger, args)
  ledger:close()
  if not counts then common.fail(message) end
  tell(counts)
  local is_counted = args.older_than and not args.yes
  io.stderr:write(is_counted and "counted only; with --yes they are forgotten\n" or "forgotten\n")
  return 0
end

return forgetting
