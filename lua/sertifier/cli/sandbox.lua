--- `sertifier sandbox`.

local common = require "sertifier.cli.common"
local core = require "sertifier.core"
local sandbox = require "sertifier.sandbox"
local server = require "sertifier.sandbox_server"

local sandboxing = {}

local demo_campaign = "7d1f0c52-demo-4b3a-course-completion"
local demo_key = "sandbox-key"

--- The behaviours, for --help.
function sandboxing.help()
  local lines = { "Behaviours (--behave NAME=VALUE):" }
  for _, one in ipairs(sandbox.behaviours()) do
    lines[#lines + 1] = ("  %-28s %s"):format(one.name .. "=" .. tostring(one.default), one.about)
  end
  return table.concat(lines, "\n")
end

local function behave_of(list)
  local behave = {}
  for _, text in ipairs(list) do
    local name, value = text:match "^([^=]+)=(.*)$"
    if not name then common.fail("--behave " .. text .. ": NAME=VALUE is expected") end
    behave[name] = value
  end
  return behave
end

--- Runs the command until it is interrupted.
-- @treturn number the exit status
function sandboxing.main(args)
  local key = args.key or demo_key
  local campaigns = #args.campaign > 0 and args.campaign or { demo_campaign }
  core.catch_interrupts()
  local started, message = server.start { port = args.port, campaigns = campaigns, key = key,
    behave = behave_of(args.behave) }
  if not started and core.interrupted() then return 0 end
  if not started then common.fail(message) end
  print(("SERTIFIER_URL=%s"):format(started.url))
  print(("SERTIFIER_SECRET_KEY=%s"):format(key))
  io.stdout:flush()
  while not core.interrupted() do core.sleep(0.2) end
  started:stop()
  return 0
end

return sandboxing
