--- Examines what a run needs, one thing a finding, each with its cure.

local answer_date = require("sertifier.answer.waiting").http_date
local api = require "sertifier.api"
local attributes = require "sertifier.attributes"
local core = require "sertifier.core"
local envelope = require "sertifier.envelope"
local http = require "sertifier.http"
local ledger = require "sertifier.ledger"
local nginx = require "sertifier.sandbox.nginx"
local version = require "sertifier.version"

local doctor = {}

local function ok(what, text, ...) return { state = "ok", what = what, text = text:format(...) } end

local function fault(what, text, cure)
  return { state = "fault", what = what, text = text, cure = cure }
end

local function skipped(what, text) return { state = "skipped", what = what, text = text } end

-- ---- libraries ----

local packages = {
  { "cjson", "lua-cjson", "apt-get install lua-cjson" },
  { "lpeg", "LPeg", "apt-get install lua-lpeg" },
  { "DBI", "LuaDBI", "apt-get install lua-dbi-sqlite3" },
  { "dbd.sqlite3", "LuaDBI's SQLite driver", "apt-get install lua-dbi-sqlite3" },
}

local function version_of(library)
  local found = type(library) == "table" and (library._VERSION or library.version)
  if type(found) == "function" then found = found() end
  return tostring(found or ""):match "%d[%w.]*" or "is there"
end

local function examine_libraries(list)
  for _, package_ in ipairs(packages) do
    local found, library = pcall(require, package_[1])
    list[#list + 1] = found and ok(package_[2], "%s", version_of(library))
      or fault(package_[2], "is missing", ("%s, or luarocks install"):format(package_[3]))
  end
  local curl = http.curl_version()
  list[#list + 1] = ok("libcurl", "%s%s", curl:match "libcurl/(%S+)",
    curl:find "nghttp2" and ", with HTTP/2" or ", without HTTP/2")
end

-- ---- key, host, clock ----

local cures = {
  resolve = "see that SERTIFIER_URL is right, and that this machine has a network",
  connect = "see that SERTIFIER_URL is right, and that no firewall stands between",
  tls = "see that this machine's clock is right and its certificates are up to date"
    .. " (apt-get install ca-certificates)",
  timeout = "try again; if it stays so, see whether a proxy or a firewall holds the request",
}

local function key_refused(status)
  return fault("API key", ("is refused by Sertifier (HTTP %d)"):format(status),
    "copy the private key again from Settings > API & Integrations")
end

local function key_finding(result)
  if result.status == 200 then return ok("API key", "is accepted by Sertifier") end
  if result.status == 401 or result.status == 403 then return key_refused(result.status) end
  return fault("API key", ("GET /Test answered HTTP %d"):format(result.status),
    "see that SERTIFIER_URL is Sertifier's address, and try again later")
end

local most_skew = 60 -- seconds

local function clock_finding(result)
  local server = answer_date(result.date)
  if not server then return skipped("clock", "the server's answer has no date") end
  local off = core.now() - server
  if math.abs(off) <= most_skew then return ok("clock", "agrees with the server's") end
  return fault("clock", ("is %.0f s %s the server's"):format(math.abs(off),
    off > 0 and "ahead of" or "behind"), "set it: timedatectl set-ntp true")
end

local function examine_host(list, client)
  local result = client:probe()
  if result.error then
    list[#list + 1] = fault("host", ("%s: %s"):format(client.url, result.message or result.error),
      cures[result.error] or "try again later")
    return false
  end
  list[#list + 1] = ok("host", "%s answers%s", client.url,
    client.url:find "^https" and "; its certificate is good" or "")
  list[#list + 1] = key_finding(result)
  list[#list + 1] = clock_finding(result)
  return result.status == 200
end

-- ---- campaign and attributes ----

local states = { "is a draft", "is scheduled", "is active" }

local function campaign_finding(client, id)
  local campaign, message = client:campaign(id)
  if not campaign then
    return fault("campaign", ("%s: %s"):format(id, message),
      "copy its ID from Advanced > Integrations in the account that the key is of")
  end
  local title, status = tostring(campaign.title or ""), tonumber(campaign.status)
  if status ~= 1 and status ~= 3 then
    local state = states[status] or "has no known status"
    return fault("campaign", ("%s %q %s"):format(id, title, state), "set it active in Sertifier")
  end
  return ok("campaign", "%s %q %s", id, title, states[status])
end

local function examine_campaign(list, client, id)
  if not id then
    list[#list + 1] = skipped("campaign", "none was named; try --campaign ID, or name a flow")
  elseif not envelope.is_id(id) then
    list[#list + 1] = skipped("campaign", (type(id) == "string" and id .. " comes" or "it comes")
      .. " from each record")
  else
    list[#list + 1] = campaign_finding(client, id)
  end
end

--- The attributes that a flow fills, if there are any; they are looked up as a run does.
local function examine_attributes(list, client, flow)
  local count = 0
  for _, field in ipairs(flow and flow.fields or {}) do
    if field.attribute then count = count + 1 end
  end
  if count == 0 then return end
  local found, message = attributes.resolve(flow, client)
  if not found then
    list[#list + 1] = fault("attributes", (message:gsub("\n *", "; ")),
      "copy each attribute's title or ID from Sertifier into the flow's map")
  elseif message then
    list[#list + 1] = skipped("attributes", message)
  else
    list[#list + 1] = ok("attributes", "%s in Sertifier", count == 1 and "the flow's is"
      or ("all %d of the flow are"):format(count))
  end
end

local function examine_service(list, options)
  local client, message, code = api.open(options.client)
  if not client then
    list[#list + 1] = fault(code == "url" and "host" or "API key", message)
    list[#list + 1] = skipped("host", "was not asked")
    return
  end
  if options.opened then options.opened() end
  list[#list + 1] = ok("API key", "was read from %s", client.key_from)
  if examine_host(list, client) then
    examine_campaign(list, client, options.campaign)
    examine_attributes(list, client, options.flow)
  end
  client:close()
end

-- ---- ledger, nginx ----

local function ledger_finding(name)
  if not name:find "^postgres" and not core.file_id(name) then
    return skipped("ledger", name .. ": there is none yet; the first run makes it")
  end
  local opened, message = ledger.open(name)
  local counts
  if opened then counts, message = opened:counts() end
  if opened then opened:close() end
  if not counts then return fault("ledger", message, "keep it as it is, and see the message") end
  local keys = 0
  for _, count in pairs(counts) do keys = keys + count end
  return ok("ledger", "%s holds %d keys, %d of them in doubt", name, keys, counts.in_doubt or 0)
end

local function nginx_finding()
  local found, message = nginx.find()
  if found then return ok("nginx", "%s with its Lua module", found.program) end
  return skipped("nginx", "is needed for the sandbox and for handlers only; " .. message)
end

--- Examines this machine, the key, the service and the ledger.
-- @tparam table options `campaign`, `flow` (whose attributes are looked up), `ledger`
--   ("sertifier.db"), `client` (options of a client), `opened` (called once the client has read
--   the key)
-- @treturn {table,...} findings: `state` (ok, fault, skipped), `what`, `text`, and of most faults
--   `cure`
function doctor.examine(options)
  local jit = rawget(_G, "jit")
  local list = { ok("sertifier", "%s on %s", version, jit and jit.version or _VERSION) }
  examine_libraries(list)
  examine_service(list, options)
  list[#list + 1] = ledger_finding(options.ledger or "sertifier.db")
  list[#list + 1] = nginx_finding()
  return list
end

return doctor
