--- `sertifier issue`.

local common = require "sertifier.cli.common"
local core = require "sertifier.core"
local later = require "sertifier.later"
local summaries = require "sertifier.summary"

-- Loaded where they are used: most of them at the end.
local ending = later "sertifier.cli.ending"
local logging = later "sertifier.cli.logging"
local progress = later "sertifier.cli.progress"
local telling = later "sertifier.cli.telling"

local issue = {}

local json_names = { "read", "skipped", "invalid", "issued", "already_issued", "rejected",
  "in_doubt", "not_attempted", "requests", "seconds" }

--- Tells how it goes, unless that is not wanted.
local function open_progress(args)
  local wanted = args.progress or (args.quiet or args.log) and "none"
  if wanted == "none" then return nil end
  local mode = progress.mode(wanted, core.isatty(2), os.getenv "TERM")
  return mode and progress.new(mode, io.stderr)
end

--- Whether the links go to the org itself.
local function writes_to_org(args)
  return args.write_back == "salesforce"
end

--- One export's run; with several exports, each has a write-back of its own only if there is one.
local function run_one(flow, export, args, client, org)
  local line = open_progress(args)
  if org and not args.quiet and not args.log then
    org.say = function(text)
      if line then line:finish() end
      io.stderr:write(text, "\n")
    end
  end
  local summary, message = flow:run {
    export = export, client = client, ledger = args.ledger,
    write_back = writes_to_org(args) and org or args.write_back,
    rejects = args.rejects, batch_size = args.batch_size, concurrency = args.concurrency,
    rate = args.rate, limit = args.limit, now = args.now, first_run = args.first_run,
    previous = args.previous, expect = args.expect, max_new = args.max_new, canary = args.canary,
    interrupted = core.interrupted, delete_surplus = args.delete_surplus,
    format = args.format, encoding = args.encoding, delimiter = args.delimiter,
    date_order = args.date_order, decimal = args.decimal, strict = args.strict,
    max_invalid = args.max_invalid, log = args.log and logging.write,
    progress = line and function(summary) line:update(summary) end,
  }
  if line then line:finish() end
  if not summary then common.fail(message) end
  return summary
end

local function tell(summary, args)
  if args.json then print(telling.json(summary, json_names)) end
  if args.quiet or args.log then return end -- the log's last line has the counts
  for _, line in ipairs(ending.lines(summary, args)) do io.stderr:write(line, "\n") end
end

--- Runs the command.
-- @treturn number the exit status
function issue.main(args)
  common.save_memory()
  local flow, exports = common.flow(args)
  if (args.write_back or args.rejects) and #exports > 1 then
    common.fail("--write-back and --rejects take one export at a time")
  end
  if args.delete_surplus and not flow.publish then
    common.fail("--delete-surplus goes with --two-phase, or with publish in the flow")
  end
  common.spare(args.ledger, "the ledger", args.files)
  common.spare(not writes_to_org(args) and args.write_back, "the links", args.files)
  common.spare(args.rejects, "the rejects", args.files)
  local org = (args.query or writes_to_org(args)) and common.org(args)
  local query = args.query == "flow" and common.soql(flow) or args.query
  if query then exports = { org:query(query) } end
  local client = common.client()
  core.catch_interrupts()
  local total = summaries.new()
  for _, export in ipairs(exports) do
    local one = run_one(flow, export, args, client, org)
    telling.add(total, one)
    if total.stopped then break end
  end
  client:close()
  if org then org:close() end
  tell(total, args)
  return total:status()
end

return issue
