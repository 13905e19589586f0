--- What the commands are given: the flow and the exports, a ledger, a client, an org.

local core = require "sertifier.core"
local flow_file = require "sertifier.flow_file"
local later = require "sertifier.later"
local ledgers = require "sertifier.ledger"
local outputs = require "sertifier.outputs"
local sertifier = require "sertifier"

-- Loaded where it is used: to load libcurl takes long.
local http = later "sertifier.http"

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

--- What an error says without the place in our own file, which means nothing to the user.
local function without_place(problem)
  return (tostring(problem):gsub("^.-: ", "", 1))
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
  local message = without_place(flow)
  if path then common.fail(path .. ": " .. message) end
  common.fail((message:gsub("campaign: missing;", "%0 give --campaign ID or FLOW.lua;")))
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
    common.fail("an export is missing; name its file, or `-` for standard input")
  end
  return declare(args, path), exports
end

--- The query that a flow is; ends the command where it is none.
function common.soql(flow)
  local ok, soql = pcall(function()
    local query = flow:soql() -- a tail call would leave the message without a place
    return query
  end)
  if not ok then common.fail(without_place(soql)) end
  return soql
end

--- Ends the command where an output would be written over an export, the flow or the ledger.
function common.spare(output, what, exports, ledger)
  local message = outputs.fault(output, what, exports, ledger)
  if message then common.fail(message) end
end

--- The ledger of a command that needs one to be there already.
function common.ledger(args)
  local path = args.ledger or "sertifier.db"
  if not ledgers.exists(path) then
    common.fail(("ledger %s: there is none; the first `sertifier issue` makes it, and --ledger "
      .. "names another"):format(path))
  end
  local opened, message = ledgers.open(path)
  if not opened then common.fail(message) end
  return opened
end

--- The command's one client. Nothing else needs the key: nobody finds it in the environment.
function common.client()
  local client, message = sertifier.client()
  if not client then common.fail(message) end
  http.hide_key()
  return client
end

--- The command's org, to be opened before the client hides what is secret in the environment.
function common.org(args)
  local org, message = sertifier.salesforce { url = args.salesforce, target_org = args.target_org }
  if not org then common.fail(message) end
  return org
end

--- Collects garbage earlier than Lua does by itself: a run makes much of it beside what it has
-- under way, and is to stay small. Lua 5.4's program collects by age, which is quicker where all
-- is garbage, and where these numbers say nothing; others have no such way.
function common.save_memory()
  pcall(collectgarbage, "incremental")
  collectgarbage("setpause", rawget(_G, "jit") and 105 or 140) -- LuaJIT overshoots it
  collectgarbage("setstepmul", 400)
end

--- Waits, but not for a program that is to end.
function common.wait(seconds)
  local until_ = core.elapsed() + seconds
  while core.elapsed() < until_ and not core.interrupted() do core.sleep(0.2) end
end

return common
