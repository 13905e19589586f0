--- Our handlers in a real nginx, in front of a sandbox; started and stopped for a spec.

local core = require "sertifier.core"
local files = require "spec.support.files"
local found = require "sertifier.sandbox.nginx"
local ledgers = require "sertifier.ledger"
local sql = require "sertifier.ledger.sql"
local sandbox = require "spec.support.sandbox"

local gateway = { token = "token-of-the-flow-1234" }

local running = {}

local function here()
  return (found.run "pwd")
end

--- Where nginx's LuaJIT finds what stands in this tree.
local function paths()
  return ('lua_package_path "%s/lua/?.lua;%s/lua/?/init.lua;;";\n  lua_package_cpath "%s/build/5.1/?.so;;";')
    :format(here(), here(), here())
end

local template = [[
%(modules)
%(user)
pid nginx.pid;
error_log error.log warn;
worker_processes %(workers);
%(main)
thread_pool sertifier threads=%(threads) max_queue=65536;
events { worker_connections 2000; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  client_body_buffer_size 1m;
  client_max_body_size 1m;
  lua_shared_dict sertifier 1m;
  lua_worker_thread_vm_pool_size %(vms);
  %(paths)
  init_by_lua_block {
    local sertifier = require "sertifier.nginx"
    local place = { ledger = "%(ledger)", url = "%(url)", key_file = "%(key_file)", token_file = "token" }
    refused = sertifier.refused()
    %(init)
  }
  %(http)
  server {
    listen 127.0.0.1:%(port)%(ssl);
    %(server)
    error_page 400 413 414 495 496 497 @refused;
    location @refused { content_by_lua_block { refused() } }
    location = /plain { return 200 "plain\n"; }
  }
}
]]

local function free_port()
  return 20000 + math.floor(core.now() * 1e4 + core.pid() * 31 + #running * 977) % 12000
end

function gateway.write(path, text)
  os.remove(path)
  assert(core.private(path))
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

local function user()
  return found.run "id -u" == "0" and "user " .. found.run 'echo "$(id -un) $(id -gn)"' .. ";" or ""
end

--- Starts nginx on a conf in its directory; gives what it printed where it does not start.
local function launch(self)
  local environment = rawget(_G, "jit") and "" or "unset LUA_PATH LUA_CPATH; "
  local text, well = found.run(environment .. ("%s -p %s/ -c nginx.conf -e error.log </dev/null")
    :format(found.find().program, self.directory))
  if not well then return nil, text end
  for _ = 1, 500 do
    self.pid = tonumber(files.read(self.directory .. "/nginx.pid") or "")
    if self.pid then return self end
    core.sleep(0.01)
  end
  return nil, files.read(self.directory .. "/error.log")
end

--- Starts one. `options`: `init` (Lua that makes handlers), `server` (locations), `threads`, `vms`,
-- `workers`, `main`, `http`, `ledger`, `url` (of the sandbox if not said), `files` (texts by name).
-- @return the gateway: `url`, `directory`, `pid`, `ledger`; or nil and what nginx said
function gateway.start(options)
  local self = { directory = files.path(), port = free_port() }
  assert(os.execute("mkdir " .. self.directory))
  self.url = "http://127.0.0.1:" .. self.port
  self.ledger = options.ledger or self.directory .. "/sertifier.db"
  gateway.write(self.directory .. "/token", gateway.token .. "\n")
  local values = { modules = found.find().modules, user = user(), paths = paths(), port = self.port,
    workers = options.workers or 1, threads = options.threads or 4, vms = options.vms or 8,
    main = options.main or "", http = options.http or "", ledger = self.ledger,
    init = options.init or "gateway = sertifier.gateway { place }", ssl = options.ssl or "",
    url = options.url or sandbox.url(), key_file = sandbox.key_file(),
    server = options.server or "location / { content_by_lua_block { gateway() } }" }
  gateway.write(self.directory .. "/nginx.conf", (template:gsub("%%%(([%w_]+)%)", values)))
  for name, text in pairs(options.files or {}) do gateway.write(self.directory .. "/" .. name, text) end
  running[#running + 1] = self
  return launch(self)
end

--- One gateway for a whole spec file: as if it were a new one, in front of a sandbox with these
-- behaviours. `gateway.stop` ends it.
function gateway.share(behave)
  if running[1] then
    sandbox.restart(behave or {})
    gateway.query(running[1], "DELETE FROM credential")
    return running[1]
  end
  sandbox.start(behave)
  return assert(gateway.start {})
end

--- Executes SQL on its ledger.
function gateway.query(self, text, ...)
  local ledger = assert(ledgers.open(self.ledger))
  local rows = assert(sql.rows_of(ledger, text, ...))
  ledger:close()
  return rows
end

--- What its ledger holds, by state.
function gateway.counts(self)
  local ledger = assert(ledgers.open(self.ledger))
  local counts = assert(ledger:counts())
  ledger:close()
  return counts
end

--- Whether its processes are gone.
local function is_gone(self)
  return not files.read(self.directory .. "/nginx.pid")
end

--- Signals it, and with a signal that ends it waits until it is gone.
function gateway.signal(self, name)
  found.run(("kill -%s %d"):format(name, self.pid))
  if name == "HUP" then return end
  for _ = 1, 1500 do
    if is_gone(self) then return end
    core.sleep(0.01)
  end
end

--- Stops all, and removes their files.
function gateway.stop()
  for _, one in ipairs(running) do
    if one.pid and not is_gone(one) then gateway.signal(one, "TERM") end
    os.execute("rm -rf " .. one.directory)
  end
  running = {}
  sandbox.stop()
end

--- What it wrote to its error log.
function gateway.log(self)
  return files.read(self.directory .. "/error.log")
end

--- The guide's own request, for the sandbox's campaign, or for these external ids.
function gateway.request(...)
  local items = {}
  for i, id in ipairs { ... } do
    items[i] = ('{"campaignId":"%s","name":"Sample Name","email":"sample@example.com",'
      .. '"externalId":"%s","quickPublish":true}'):format(sandbox.campaign, id)
  end
  return '{"credentials":[' .. table.concat(items, ",") .. "]}"
end

--- Posts with curl. `options`: `path`, `headers` (a list of lines, in place of the usual), `args`
-- (more words for curl), `method`.
-- @return the status, the body, and the headers in small letters by name
function gateway.post(self, body, options)
  options = options or {}
  local sent, head = files.write(body), files.path()
  local words = { "curl -s --max-time 60 -D", head, "-X", options.method or "POST" }
  for _, line in ipairs(options.headers or { "Content-Type: application/json",
    "api-version: 3.3", "secretKey: " .. gateway.token }) do
    words[#words + 1] = "-H " .. found.quote(line)
  end
  words[#words + 1] = ("--data-binary @%s %s %s%s"):format(sent, options.args or "", self.url,
    options.path or "/campaign/addCredentials")
  local pipe = io.popen(table.concat(words, " "))
  local text = pipe:read "*a"
  pipe:close()
  local headers, status = {}, nil
  for line in (files.read(head) or ""):gmatch "[^\r\n]+" do
    status = tonumber(line:match "^HTTP/%S+ (%d+)") or status
    local name, value = line:match "^([^:]+): *(.*)$"
    if name then headers[name:lower()] = value end
  end
  return status, text, headers
end

return gateway
