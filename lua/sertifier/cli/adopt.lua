--- `sertifier adopt`.

local adopt = require "sertifier.adopt"
local common = require "sertifier.cli.common"
local envelope = require "sertifier.envelope"
local ledgers = require "sertifier.ledger"
local telling = require "sertifier.cli.telling"

local adopting = {}

local most_told = 20 -- credentials that are not matched, without --json

--- The campaign, and where exports are given their records.
local function target(args)
  if #args.files == 0 then return args.campaign end
  local flow, exports = common.flow(args)
  for i, path in ipairs(exports) do
    exports[i] = { export = path, format = args.format, encoding = args.encoding,
      delimiter = args.delimiter, date_order = args.date_order,
      decimal = args.decimal }
  end
  local index, message = adopt.index(flow, exports)
  if not index then common.fail(message) end
  return flow.campaign, index
end

local function fault_of(campaign, given)
  if given then
    return ("--campaign %s: is not a campaign's ID; it stands in Sertifier under Advanced > "
      .. "Integrations"):format(given)
  end
  return "--campaign ID is expected: " .. (campaign and "the flow has one for each record"
    or "it stands in Sertifier under Advanced > Integrations")
end

local function check_campaign(client, campaign, given)
  if not envelope.is_id(campaign) then common.fail(fault_of(campaign, given)) end
  local found, message, code = client:campaign(campaign)
  -- That call is not in Sertifier's guide: only its plain no counts.
  if not found and (code == "rejected" or code == "auth") then
    common.fail(("campaign %s: %s"):format(campaign, message))
  end
end

local function tell(counts)
  io.stderr:write(("%8d adopted\n%8d in the ledger already\n%8d not matched\n"):format(
    counts.adopted, counts.known, #counts.not_matched))
  for i = 1, math.min(#counts.not_matched, most_told) do
    print(("%s: %s"):format(counts.not_matched[i].id, counts.not_matched[i].reason))
  end
  local more = #counts.not_matched - most_told
  if more > 0 then io.stderr:write(("and %d more: --json lists them all\n"):format(more)) end
  if #counts.not_matched > 0 then
    io.stderr:write "\nWhat is not matched may be issued again: the ledger does not know it.\n"
  end
end

local function tell_json(counts)
  local list = {}
  for i, one in ipairs(counts.not_matched) do
    list[i] = ('{"id":%s,"reason":%s}'):format(telling.quote(one.id), telling.quote(one.reason))
  end
  print(('{"adopted":%d,"known":%d,"not_matched":[%s]}'):format(counts.adopted, counts.known,
    table.concat(list, ",")))
end

--- Runs the command.
-- @treturn number 0, or 3 where some credentials are nobody's that the ledger could know
function adopting.main(args)
  common.spare(args.ledger, "the ledger", args.files)
  local client = common.client()
  local campaign, index = target(args)
  check_campaign(client, campaign, args.campaign)
  local ledger, why = ledgers.open(args.ledger or "sertifier.db")
  if not ledger then common.fail(why) end
  local counts, message = adopt.run(ledger, client, campaign, index)
  ledger:close()
  client:close()
  if not counts then common.fail(message) end
  if args.json then tell_json(counts) else tell(counts) end
  return #counts.not_matched > 0 and 3 or 0
end

return adopting
