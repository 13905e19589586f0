--- `sertifier init`.

local common = require "sertifier.cli.common"
local core = require "sertifier.core"
local opening = require "sertifier.opening"
local proposal = require "sertifier.proposal"
local text = require "sertifier.proposal.text"

local proposing = {}

local placeholder = "YOUR_CAMPAIGN_ID"
local shown = 3

--- Asks on a terminal only; a script gets the default.
local function ask(question, default)
  if not (core.isatty(0) and core.isatty(2)) then return default end
  io.stderr:write(question, default ~= "" and (" [%s]"):format(default) or "", ": ")
  local answer = io.read "*l"
  return answer and answer ~= "" and answer or default
end

local function write(path, lua)
  if core.file_id(path) then
    common.fail(path .. " is there already; name another file with -o, or move it away")
  end
  local file, message = io.open(path, "w")
  if not file then common.fail(message) end
  file:write(lua)
  file:close()
end

--- The first credentials that the flow makes of the export.
local function show(flow, export)
  local opened, plan = opening.export(flow, { export = export })
  if not opened then common.fail(plan) end
  local batch = core.batch()
  opened:fill(plan, batch, shown, 20000, false)
  local count = #batch
  if count > 0 then
    io.stderr:write(count == 1 and "The first credential:\n"
      or ("The first %d credentials:\n"):format(count))
  end
  for i = 1, #batch do io.stderr:write("  ", batch:credential(i), "\n") end
  opened:close()
end

local function tell_next(path, args, campaign, map)
  io.stderr:write(("\n%s was written. Next:\n"):format(path))
  if campaign == placeholder then
    io.stderr:write("  put the campaign's ID into it (Sertifier: Advanced > Integrations)\n")
  end
  if not (map.name and map.email) then
    io.stderr:write "  say in its map where name and email come from\n"
  end
  io.stderr:write(("  sertifier check %s %s\n"):format(path, args.export))
end

--- Runs the command.
-- @treturn number the exit status
function proposing.main(args)
  local proposed, message = proposal.make(args.export)
  if not proposed then common.fail(message) end
  local campaign = args.campaign or ask("The campaign's ID (Sertifier: Advanced > Integrations)",
    placeholder)
  local path = args.output or ask("Write the flow to", "flow.lua")
  write(path, text.lua(proposed, campaign, path))
  if proposed.map.name then show(common.load_flow(path), args.export) end
  tell_next(path, args, campaign, proposed.map)
  return 0
end

return proposing
