--- `sertifier resolve`.

local common = require "sertifier.cli.common"

local resolve = {}

local function decide(ledger, keys, word)
  local by_whom = os.getenv "USER" or os.getenv "LOGNAME" or "unknown"
  for _, key in ipairs(keys) do
    local ok, message = ledger:decide(key, word, by_whom)
    if not ok then
      ledger:close()
      common.fail(message)
    end
    io.stderr:write(word == "drop" and "dropped " or "released ", key, "\n")
  end
end

--- Runs the command.
-- @treturn number the exit status
function resolve.main(args)
  if #args.release + #args.drop == 0 then
    common.fail "--release KEY or --drop KEY is expected; `sertifier status` lists the keys"
  end
  local ledger = common.ledger(args)
  decide(ledger, args.drop, "drop")
  decide(ledger, args.release, "release")
  ledger:close()
  return 0
end

return resolve
