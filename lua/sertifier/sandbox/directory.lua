--- The sandbox server's private directory: all that nginx needs, and all that it leaves.

local cjson = require("cjson").new()
local core = require "sertifier.core"
local nginx = require "sertifier.sandbox.nginx"

local directory = {}

local quote, run = nginx.quote, nginx.run

--- Makes the directory, which nobody else can enter.
-- @treturn string|nil its path; or nil, message
function directory.make()
  local path, made = run 'mktemp -d "${TMPDIR:-/tmp}/sertifier-sandbox.XXXXXX"'
  if not made then return nil, "no temporary directory: " .. path end
  if not path:find "[;?]" then return path end
  directory.remove(path)
  return nil, path .. ": TMPDIR must be without ; and ?, which Lua's paths cannot hold"
end

--- Removes it, with all that is in it.
function directory.remove(path)
  run("rm -rf -- " .. quote(path))
end

--- Writes a file in it, which only we can read.
-- @treturn true|nil or nil, message
function directory.write(path, name, text)
  path = path .. "/" .. name
  local made, message = core.private(path)
  local file = made and io.open(path, "wb")
  if not file then return nil, path .. ": " .. tostring(message or "cannot be written") end
  file:write(text)
  file:close()
  return true
end

--- The directory that our Lua sources were found in.
local function source_root()
  for pattern in package.path:gmatch "[^;]+" do
    local file = pattern:gsub("%?", "sertifier/sandbox")
    local root = file:match "^(.-)/?sertifier/sandbox%.lua$"
    if root and nginx.exists(file) then return root == "" and "." or root end
  end
  return nil, "the sources are not in package.path, where nginx would find them"
end

local function absolute(path)
  local place, name = path:match "^(.*/)([^/]*)$"
  local whole, found = run("cd -- " .. quote(place or ".") .. " && pwd")
  if not found then return nil, path .. ": not found" end
  return whole .. "/" .. (name or path)
end

-- By links, no path stands in nginx.conf.
local function link(path, name, target)
  local whole, message = absolute(target)
  if not whole then return nil, message end
  local text, linked = run(("ln -s %s %s"):format(quote(whole), quote(path .. "/" .. name)))
  if not linked then return nil, text end
  return true
end

local function link_certificate(path, tls)
  for name, target in pairs { ["certificate.pem"] = tls.certificate, ["key.pem"] = tls.key } do
    if not nginx.exists(target) then return nil, target .. ": not found" end
    local ok, message = link(path, name, target)
    if not ok then return nil, message end
  end
  return true
end

--- The settings go to nginx as data: nothing of them is part of nginx.conf's text.
local function settings_of(options)
  return cjson.encode { campaigns = options.campaigns, key = options.key, behave = options.behave,
    seed = options.seed, attributes = options.attributes, serves = options.serves,
    org = options.org, owner = core.pid() }
end

--- Puts in what nginx needs: the sources, the settings, the key for clients, the certificate.
-- @tparam string path
-- @tparam table options as `sandbox_server.start` takes them, complete
-- @treturn true|nil or nil, message
function directory.fill(path, options)
  local root, fault = source_root()
  if not root then return nil, fault end
  local ok, message = link(path, "lua", root .. "/.")
  if ok and options.tls then ok, message = link_certificate(path, options.tls) end
  if ok then ok, message = directory.write(path, "settings.json", settings_of(options)) end
  if ok then ok, message = directory.write(path, "key", options.key) end
  return ok, message
end

return directory
