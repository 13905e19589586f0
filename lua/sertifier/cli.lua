--- The command: reads what the shell gave, and runs the file of the command that was named.

local commands = require "sertifier.cli.commands"
local later = require "sertifier.later"
local plain = require "sertifier.cli.plain"
local version = require "sertifier.version"

-- Loaded where they are used: argparse takes longer than a small export to be read.
local argparse = later "argparse"
local command_first = later "sertifier.cli.command_first"

local cli = {}

--- The parser of all commands; errors end the program with status 1.
-- @tparam {string,...} arguments as the shell gave them: the first may be the command's name
function cli.parser(arguments)
  local parser = argparse("sertifier", "Issues digital credentials from Salesforce exports.")
  parser:flag("--version", "the version"):action(function()
    print("sertifier " .. version)
    os.exit(0, true)
  end)
  parser:require_command(true)
  commands.add(parser, arguments[1])
  function parser:error(message)
    io.stderr:write("sertifier: ", message, "\n\n", self:get_usage(), "\n")
    os.exit(1, true)
  end
  return parser
end

local function parsed(arguments)
  local parser = cli.parser(arguments)
  return parser:parse(command_first(parser, arguments))
end

--- What the command ends with where it could not: says why.
-- @treturn number the exit status
local function fail(problem)
  if type(problem) == "table" and problem.user then
    io.stderr:write("sertifier: ", problem.user, "\n")
  elseif tostring(problem):find("not enough memory", 1, true) then
    io.stderr:write("sertifier: not enough memory; nothing is lost: run the same again\n")
    return 4
  else
    io.stderr:write("sertifier: internal error, please report it: ", tostring(problem), "\n")
  end
  return 1
end

--- Runs the command.
-- @tparam {string,...} arguments as the shell gave them
-- @treturn number the exit status, as the README lists them
function cli.main(arguments)
  collectgarbage "stop" -- what is loaded here stays
  local args = plain.read(arguments) or parsed(arguments)
  collectgarbage "restart"
  local ok, status = xpcall(function() return args.run(args) end, function(message)
    -- A fault of ours, not the user's: with the place, so that it can be reported.
    local is_whole = type(message) == "table"
      or tostring(message):find("\nstack traceback:", 1, true)
    return is_whole and message or debug.traceback(message, 2)
  end)
  return ok and status or fail(status)
end

return cli
