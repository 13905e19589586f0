--- `sertifier watch`.

local common = require "sertifier.cli.common"
local core = require "sertifier.core"
local watch = require "sertifier.salesforce.watching"

local watching = {}

local told = { { "issued", "issued" }, { "invalid", "invalid" }, { "rejected", "rejected" },
  { "in_doubt", "in doubt" }, { "not_attempted", "not attempted" }, { "written", "links written" },
  { "unwritten", "links not written" } }

local function say(text)
  io.stderr:write(os.date "!%Y-%m-%dT%H:%M:%SZ ", text, "\n")
end

--- A line for what happened, none where nothing did.
local function tell(summary)
  local parts = {}
  for _, one in ipairs(told) do
    local count = summary[one[1]] or 0
    if count > 0 then parts[#parts + 1] = ("%d %s"):format(count, one[2]) end
  end
  if #parts > 0 then say(table.concat(parts, ", ")) end
end

--- One look at the org.
-- @return true; or nil, message
local function once(place)
  local export, message = place.watch:changes()
  if not export then return not message or nil, message end
  local summary, why = place.flow:run { export = export, client = place.client,
    ledger = place.args.ledger, write_back = place.args.write_back and place.org,
    first_run = place.args.first_run, interrupted = core.interrupted }
  if not summary then return nil, why end
  tell(summary)
  if why then return nil, why end
  place.watch:done()
  return true
end

local function check(args)
  if #args.files ~= 1 or not args.files[1]:find "%.lua$" then
    common.fail "watch takes a flow: sertifier watch FLOW.lua"
  elseif not (args.every and args.every > 0 and args.overlap and args.overlap >= 0) then
    common.fail "--every and --overlap take seconds"
  end
  local flow = common.load_flow(args.files[1])
  local ok, message = pcall(flow.soql, flow)
  if not ok then common.fail((tostring(message):gsub("^.-: ", "", 1))) end
  return flow
end

--- Runs the command until it is interrupted.
-- @treturn number 0; a first look that fails ends it with 1
function watching.main(args)
  local flow = check(args)
  local org = common.org(args)
  org.keeps_written = true -- a link that is written again is a change that is seen again
  local place = { args = args, flow = flow, org = org, client = common.client(),
    watch = watch.new(flow, org, args.overlap) }
  core.catch_interrupts()
  local ok, message = once(place)
  if not ok and not core.interrupted() then common.fail(message) end
  while not core.interrupted() do
    common.wait(args.every)
    if core.interrupted() then break end
    ok, message = once(place)
    if not ok then say(message) end
  end
  place.client:close()
  org:close()
  return 0
end

return watching
