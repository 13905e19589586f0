--- `sertifier watch`.

local common = require "sertifier.cli.common"
local core = require "sertifier.core"
local summaries = require "sertifier.summary"
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
  for _, group in ipairs(summary.problems) do
    say(("%s: %s: %s"):format(group.outcome, summaries.where(group), group.text))
  end
  for _, note in ipairs(summary.notes) do say(note) end
end

--- One look at the org.
-- @treturn number the exit status that it calls for, 1 where nothing could be sent; and a message
--   where it did not come to its end
local function look(place)
  local export, message = place.watch:changes()
  if not export then return message and 1 or 0, message end
  local summary, why = place.flow:run { export = export, client = place.client,
    ledger = place.args.ledger, write_back = place.args.write_back and place.org,
    first_run = place.args.first_run, interrupted = core.interrupted }
  if not summary then return 1, why end
  tell(summary)
  if not why then place.watch:done() end
  return summary:status(), why
end

local function check(args)
  if #args.files ~= 1 or not args.files[1]:find "%.lua$" then
    common.fail "watch takes a flow: sertifier watch FLOW.lua"
  end
  local flow = common.load_flow(args.files[1])
  common.soql(flow) -- where it is no query, that is told before anything is opened
  return flow
end

--- Looks until it is interrupted.
local function go_on(place)
  while not core.interrupted() do
    common.wait(place.args.every)
    if core.interrupted() then break end
    local _, message = look(place)
    if message then say(message) end
  end
end

--- Runs the command: until it is interrupted, or with --once for one look.
-- @treturn number the exit status of one look, or 0; a first look that can send nothing fails
function watching.main(args)
  common.save_memory()
  local flow = check(args)
  local org = common.org(args)
  org.keeps_written = true -- a link that is written again is a change that is seen again
  local place = { args = args, flow = flow, org = org, client = common.client(),
    watch = watch.new(flow, org, args.overlap) }
  core.catch_interrupts()
  local status, message = look(place)
  if status == 1 and not core.interrupted() then common.fail(message) end
  if message then say(message) end
  if not args.once then go_on(place) end
  place.client:close()
  org:close()
  return args.once and status or 0
end

return watching
