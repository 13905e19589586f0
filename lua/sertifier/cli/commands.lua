--- The commands and their options, as `sertifier --help` tells them.

local options = require "sertifier.cli.options"

local commands = {}

--- A command's own file is loaded when the command is given: most of them are not.
local function runs(command, module)
  command:action(function(args) args.run = require(module).main end)
end

-- ---- each command's options ----

local declare = {}

function declare.issue(command)
  options.flow(command)
  command:option("--query", "records from the org, by SOQL or a Bulk job's id; `flow`: its own")
    :argname "SOQL"
  options.org(command)
  command:option("--ledger", "what was issued, sertifier.db if not said"):argname "FILE"
  command:option("--write-back", "the links, as CSV for Salesforce; `salesforce`: to the org")
    :argname "FILE"
  command:option("--rejects", "what was not issued, and why, as CSV to be corrected")
    :argname "FILE"
  options.count(command, "--concurrency", "requests at once, 4 if not said")
  command:option("--rate", "requests a second, at the most"):argname "N"
    :convert(options.above_0("--rate"))
  options.count(command, "--limit", "credentials in this run, at the most")
  options.count(command, "--expect", "so many must be new, or nothing is sent")
  options.count(command, "--max-new", "so many may be new, or nothing is sent")
  options.count(command, "--canary", "issue so many, look them up, and only then the rest")
  command:option("--max-invalid", "stop where more records are invalid"):argname "N"
    :convert(options.whole("--max-invalid", 0))
  command:flag("--delete-surplus", "with --two-phase: other drafts of a person are deleted")
  command:option("--progress", "line (on a terminal), plain (a line every 10 s) or none")
    :choices { "line", "plain", "none" }
  command:option("--log", "json: events on standard error, a line each, in place of the summary")
    :choices { "json" }
  command:flag("--quiet", "no summary")
  command:epilog "Example: sertifier issue flow.lua contacts.csv --write-back links.csv"
  runs(command, "sertifier.cli.issue")
end

function declare.check(command)
  options.flow(command)
  command:option("--bodies", "each request's body as a line; - is standard output"):argname "FILE"
  command:option("--ledger", "of which is known what was issued; sertifier.db if not said")
    :argname "FILE"
  options.count(command, "--sample", "show so many credentials; 3 on a terminal if not said")
  command:option("--explain", "which conditions hold for the record on this line"):argname "LINE"
    :convert(options.whole("--explain"))
  command:epilog "Example: sertifier check flow.lua contacts.csv"
  runs(command, "sertifier.cli.check")
end

function declare.status(command)
  options.ledger(command)
  command:option("--state", "lists the keys of one state"):argname "STATE"
  command:flag("--json", "the counts as one JSON object; with --state one for each key")
  command:epilog "Example: sertifier status --state in_doubt"
  runs(command, "sertifier.cli.status")
end

function declare.resolve(command)
  options.ledger(command)
  command:option("--release", "by your word: not issued, may be sent again"):argname "KEY"
    :count "*"
  command:option("--drop", "by your word: issued, or not wanted; never sent"):argname "KEY"
    :count "*"
  command:flag("--json", "what was found, as one JSON object on standard output")
  command:epilog "Example: sertifier resolve --drop my-campaign/0035g000006BKP7AAO"
  runs(command, "sertifier.cli.resolve")
end

function declare.forget(command)
  command:argument("keys", "a key: campaign/Id, or what is issued once per"):args "*"
    :argname "KEY"
  command:option("--older-than", "what was settled so long ago; without --yes it is counted")
    :argname "DAYSd":convert(options.age("--older-than"))
  command:flag("--yes", "forget what --older-than counts")
  options.ledger(command)
  command:epilog "Example: sertifier forget my-campaign/0035g000006BKP7AAO"
  runs(command, "sertifier.cli.forgetting")
end

function declare.adopt(command)
  command:argument("files", "[FLOW.lua] [EXPORT...]"):args "*"
  command:option("--campaign", "the campaign's ID"):argname "ID"
  options.mapping(command)
  options.export(command)
  options.ledger(command)
  command:flag("--json", "what was found, as one JSON object on standard output")
  command:epilog "Example: sertifier adopt --campaign my-campaign contacts.csv"
  runs(command, "sertifier.cli.adopt")
end

function declare.drain(command)
  options.ledger(command)
  options.count(command, "--batch-size", "credentials a request, 20 if not said")
  command:option("--every", "go on, looking again after so many seconds"):argname "SECONDS"
    :convert(options.above_0("--every"))
  command:flag("--json", "the counts as one JSON object on standard output")
  command:epilog "Example: sertifier drain --ledger sertifier.db --every 5"
  runs(command, "sertifier.cli.drain")
end

declare["write-back"] = function(command)
  options.ledger(command)
  options.org(command)
  command:option("--unwritten", "what cannot be written, as CSV for Salesforce"):argname "FILE"
  command:flag("--json", "the counts as one JSON object on standard output")
  command:epilog "Example: sertifier write-back --target-org my-org"
  runs(command, "sertifier.cli.writing_back")
end

function declare.watch(command)
  command:argument("files", "FLOW.lua"):args "*"
  command:option("--every", "ask after so many seconds, 60 if not said"):argname "SECONDS"
    :convert(options.above_0("--every")):default "60":show_default(false)
  command:flag("--once", "ask once, and end")
  command:option("--overlap", "seconds that are asked for again, 600 if not said")
    :argname "SECONDS":convert(options.seconds("--overlap")):default "600":show_default(false)
  options.org(command)
  command:option("--ledger", "what was issued, sertifier.db if not said"):argname "FILE"
  command:option("--write-back", "the links, to the org"):choices { "salesforce" }
  command:option("--first-run", "records of which nothing is known: issue, or only remember")
    :argname "WHAT":choices { "issue", "remember" }
  command:epilog "Example: sertifier watch flow.lua --every 60 --write-back salesforce"
  runs(command, "sertifier.cli.watching")
end

function declare.sandbox(command, is_given)
  options.count(command, "--port", "a free one if not said")
  command:option("--campaign", "a campaign that it has"):argname "ID":count "*"
  command:option("--key", "the API key that it wants"):argname "K"
  command:option("--behave", "one of the behaviours below"):argname "NAME=VALUE":count "*"
  options.count(command, "--org", "an org of Salesforce's too, with so many contacts")
  if is_given then command:epilog(require("sertifier.cli.sandbox").help()) end
  runs(command, "sertifier.cli.sandbox")
end

function declare.report(command)
  command:argument("files", "the flow and the exports that --names reads")
    :args "*":argname "[FLOW.lua] EXPORT"
  options.ledger(command)
  command:option("-o --output", "the report's file, standard output if not said"):argname "FILE"
  command:option("--format", "html if not said"):choices { "html", "csv", "json" }
  command:option("--campaign", "the campaign's ID, where there is no flow"):argname "ID"
  command:flag("--names", "with names and e-mail addresses, read from the exports")
  command:epilog "Example: sertifier report -o run.html"
  runs(command, "sertifier.cli.report")
end

function declare.init(command)
  command:argument("export", "an export, whose columns and first rows are read"):argname "EXPORT"
  command:option("-o --output", "the flow's file, flow.lua if not said"):argname "FLOW.lua"
  command:option("--campaign", "the campaign's ID"):argname "ID"
  command:epilog "Example: sertifier init contacts.csv -o flow.lua"
  runs(command, "sertifier.cli.proposing")
end

function declare.doctor(command)
  command:argument("flow", "a flow whose campaign is looked at"):args "?":argname "FLOW.lua"
  command:option("--campaign", "the campaign's ID"):argname "ID"
  options.ledger(command)
  command:epilog "Example: sertifier doctor flow.lua"
  runs(command, "sertifier.cli.doctor")
end

declare["import-flow"] = function(command)
  command:argument("flow", "what `sf project retrieve` wrote"):argname "FLOW-META.xml"
  command:epilog "Example: sertifier import-flow Certified.flow-meta.xml >flow.lua"
  runs(command, "sertifier.cli.importing")
end

-- ---- all of them ----

-- In the order in which they are told.
local all = {
  { "issue", "issue what qualifies and was not issued before" },
  { "check", "what would be sent, and every fault, with nothing sent" },
  { "status", "what the ledger holds, and what is in doubt" },
  { "resolve", "asks Sertifier about what is in doubt" },
  { "forget", "remove what the ledger holds of somebody" },
  { "adopt", "reads into the ledger what a campaign has issued" },
  { "drain", "send what nginx's handlers have queued" },
  { "write-back", "write the links that are left to the org" },
  { "watch", "issue records of the org as they change" },
  { "sandbox", "Sertifier's API on this machine, to try things out" },
  { "doctor", "what a run needs, and what of it is at fault" },
  { "init", "propose a flow for an export" },
  { "import-flow", "a Salesforce Flow's metadata as a flow in Lua" },
  { "report", "the ledger as a page that people look at" },
}

--- Declares one command.
-- @tparam string name
-- @param command argparse's, or what notes the same
-- @treturn boolean whether there is such a command
function commands.declare(name, command)
  if not declare[name] then return false end
  declare[name](command)
  return true
end

--- Declares all commands, but the options of the one alone that was given: of so many commands,
-- they take as long to declare as a small export to read.
-- @param parser argparse's
-- @tparam[opt] string given the command, where it is known
function commands.add(parser, given)
  local is_known = given and declare[given]
  for _, one in ipairs(all) do
    local command, is_given = parser:command(one[1], one[2]), one[1] == given
    if is_given or not is_known then declare[one[1]](command, is_given) end
  end
end

return commands
