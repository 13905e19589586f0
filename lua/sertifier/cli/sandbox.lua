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

local function start_api(args)
  local key = args.key or demo_key
  local campaigns = #args.campaign > 0 and args.campaign or { demo_campaign }
  local started, message = server.start { port = args.port, campaigns = campaigns, key = key,
    behave = behave_of(args.behave) }
  return started, message or { "SERTIFIER_URL=" .. started.url, "SERTIFIER_SECRET_KEY=" .. key }
end

local function start_org(args)
  local org = { contacts = args.org, client_id = "sandbox-app", client_secret = "sandbox-secret" }
  local started, message = server.start { org = org }
  return started, message or { "SALESFORCE_URL=" .. started.url, "SALESFORCE_CLIENT_ID="
    .. org.client_id, "SALESFORCE_CLIENT_SECRET=" .. org.client_secret }
end

local function stop(servers)
  for _, one in ipairs(servers) do one:stop() end
end

--- Starts the API, and an org where one is wanted; prints where they are once all are there.
-- @treturn table|nil the servers; or nil, message
local function start(args)
  local servers, lines = {}, {}
  for i, begin in ipairs { start_api, args.org and start_org or nil } do
    local said
    servers[i], said = begin(args)
    if not servers[i] then
      stop(servers)
      return nil, said
    end
    lines[i] = table.concat(said, "\n")
  end
  print(table.concat(lines, "\n"))
  io.stdout:flush()
  return servers
end

--- Runs the command until it is interrupted.
-- @treturn number the exit status
function sandboxing.main(args)
  core.catch_interrupts()
  local servers, message = start(args)
  if not servers and core.interrupted() then return 0 end
  if not servers then common.fail(message) end
  while not core.interrupted() do core.sleep(0.2) end
  stop(servers)
  return 0
end

return sandboxing
