--- What the commands share: the flow they are given, and how they tell counts and problems.

local cjson = require "cjson"
local core = require "sertifier.core"
local flow_file = require "sertifier.flow_file"
local ledgers = require "sertifier.ledger"
local outputs = require "sertifier.outputs"
local sertifier = require "sertifier"
local summaries = require "sertifier.summary"

local common = {}

--- Ends the command with a message for its user.
function common.fail(message)
  error({ user = message }, 0)
end

--- The user's flow file.
function common.load_flow(path)
  local flow, message = flow_file.load(path)
  if not flow then common.fail(message) end
  return flow
end

--- `name=… email=…` of --map.
local function map_of(pairs_given)
  if #pairs_given == 0 then return nil end
  local map = {}
  for _, text in ipairs(pairs_given) do
    local field, template = text:match "^([^=]+)=(.*)$"
    if not field then common.fail("--map " .. text .. ": FIELD=TEMPLATE is expected") end
    local attribute = field:match "^attributes%.(.+)$"
    if attribute then
      map.attributes = map.attributes or {}
      map.attributes[attribute] = template
    else
      if template == "true" or template == "false" then template = template == "true" end
      map[field] = template
    end
  end
  return map
end

--- A flow from the command line's options alone, or from a file with the options laid over it.
local function declare(args, path)
  local declaration = {}
  if path then
    for name, value in pairs(common.load_flow(path).declaration) do declaration[name] = value end
  end
  local map = map_of(args.map)
  declaration.campaign = args.campaign or declaration.campaign
  declaration.when = args.when or declaration.when
  declaration.map = map or declaration.map
  declaration.once_per = args.once_per or declaration.once_per
  declaration.publish = args.two_phase and "after check" or declaration.publish
  local ok, flow = pcall(sertifier.flow, declaration)
  if ok then return flow end
  -- The place in our own file means nothing to the user.
  common.fail((path and path .. ": " or "") .. tostring(flow):gsub("^.-: ", "", 1))
end

local function is_flow_file(name)
  return name:match "%.lua$" ~= nil
end

--- The flow, and the exports, of a command line.
function common.flow(args)
  local exports, path = {}, nil
  for _, name in ipairs(args.files) do
    if is_flow_file(name) and not path then path = name else exports[#exports + 1] = name end
  end
  if args.query and #exports > 0 then common.fail("--query stands in place of an export") end
  if not args.query and #exports == 0 then
    common.fail("an export is missing; try `sertifier --help`")
  end
  return declare(args, path), exports
end

--- Ends the command where an output would be written over an export, the flow or the ledger.
function common.spare(output, what, exports, ledger)
  local message = outputs.fault(output, what, exports, ledger)
  if message then common.fail(message) end
end

--- The ledger of a command that needs one to be there already.
function common.ledger(args)
  local path = args.ledger or "sertifier.db"
  if not ledgers.exists(path) then common.fail("ledger " .. path .. ": there is none") end
  local opened, message = ledgers.open(path)
  if not opened then common.fail(message) end
  return opened
end

--- The command's one client. Nothing else needs the key: nobody finds it in the environment.
function common.client()
  local client, message = sertifier.client()
  if not client then common.fail(message) end
  core.hide_key()
  return client
end

--- The command's org, to be opened before the client hides what is secret in the environment.
function common.org(args)
  local org, message = sertifier.salesforce { url = args.salesforce, target_org = args.target_org }
  if not org then common.fail(message) end
  return org
end

--- Text as JSON; keys are full of slashes, which need no escape.
function common.quote(text)
  return (cjson.encode(text):gsub("\\/", "/"))
end

--- A time in UTC, from seconds since 1970.
function common.time(seconds)
  return os.date("!%Y-%m-%d %H:%M:%S UTC", math.floor(seconds))
end

local spans = { { 86400, "day" }, { 3600, "hour" }, { 60, "minute" }, { 1, "second" } }

--- How long ago a time was, in the largest unit that fits: `3 hours`.
function common.age(seconds)
  local past = math.max(0, core.now() - seconds)
  for _, span in ipairs(spans) do
    local count = math.floor(past / span[1])
    if count > 0 then return ("%d %s%s"):format(count, span[2], count > 1 and "s" or "") end
  end
  return "less than a second"
end

--- Waits, but not for a program that is to end.
function common.wait(seconds)
  local until_ = core.elapsed() + seconds
  while core.elapsed() < until_ and not core.interrupted() do core.sleep(0.2) end
end

common.doubt_help = [[

Look these up in Sertifier, then say for each:
  sertifier resolve --drop KEY     it was issued: it is never sent again
  sertifier resolve --release KEY  it was not: the next run may send it
]]

--- Adds what is to be said of one run's export.
function common.add_export(total, one)
  total.exports = total.exports or {}
  table.insert(total.exports, { description = one.description, left_out = one.left_out,
    warnings = one.warnings })
  for _, warning in ipairs(one.warnings) do table.insert(total.warnings, warning) end
end

--- Adds one run's counts to another's.
function common.add(total, one)
  for name, value in pairs(one) do
    if type(value) == "number" then total[name] = (total[name] or 0) + value end
  end
  for _, group in ipairs(one.problems) do total.problems[#total.problems + 1] = group end
  for _, note in ipairs(one.notes) do total.notes[#total.notes + 1] = note end
  common.add_export(total, one)
  total.stopped = total.stopped or one.stopped
  total.void = one.void and total.issued + total.already_issued == 0
  return total
end

--- The counts as one JSON object, in the order in which the README lists them.
function common.json(summary, names)
  local parts = {}
  for i, name in ipairs(names) do
    local form = name == "seconds" and '"%s":%.3f' or '"%s":%d'
    parts[i] = form:format(name, summary[name])
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

local words = { skipped = "the conditions do not hold", invalid = "invalid",
  would_issue = "would be issued", known = "of these the ledger has" }

--- What was found in each export, and what is odd about it.
function common.tell_exports(summary)
  for _, export in ipairs(summary.exports) do
    if export.description then io.stderr:write(export.description, "\n") end
    for _, what in ipairs(export.left_out) do io.stderr:write("left out: ", what, "\n") end
    for _, warning in ipairs(export.warnings) do io.stderr:write("warning: ", warning, "\n") end
  end
end

--- The counts in words, a line each; what is 0 is left out.
function common.tell_counts(summary, outcomes)
  io.stderr:write(("%8d records read in %.2f s\n"):format(summary.read, summary.seconds))
  for _, outcome in ipairs(outcomes) do
    if summary[outcome] > 0 then
      io.stderr:write(("%8d %s\n"):format(summary[outcome], words[outcome]))
    end
  end
end

--- The problems, by outcome: where they are, and what is wrong.
function common.tell_problems(summary)
  for _, outcome in ipairs(summaries.outcomes) do
    local told = false
    for _, group in ipairs(summary.problems) do
      if group.outcome == outcome then
        if not told then io.stderr:write("\n", words[outcome], ":\n") end
        told = true
        io.stderr:write(("  %s: %s\n"):format(summaries.where(group), group.text))
      end
    end
  end
end

return common
