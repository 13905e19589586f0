--- Serves the sandbox on loopback, through nginx and its Lua module.

local cjson = require("cjson").new()
local core = require "sertifier.core"
local directories = require "sertifier.sandbox.directory"
local http = require "sertifier.http"
local nginx = require "sertifier.sandbox.nginx"
local read_file = require "sertifier.read_file"
local typed = require "sertifier.typed"

local server = {}
server.__index = server

local run = nginx.run

--- Root's worker stays root: it could not enter the directory otherwise. Others cannot choose.
local function user()
  return run "id -u" == "0" and run 'echo "$(id -un) $(id -gn)"' or nil
end

--- One start of nginx; with `daemon on` it returns when its socket is open, or cannot be.
local function try(self, found, options, port)
  local conf = nginx.conf(found, port, options.tls, user())
  local ok, message = directories.write(self.directory, "nginx.conf", conf)
  if not ok then return nil, message end
  -- What is set for another Lua is not for nginx's LuaJIT.
  local environment = rawget(_G, "jit") and "" or "unset LUA_PATH LUA_CPATH; "
  local text, well = run(environment .. ("%s -p %s -c nginx.conf -e error.log </dev/null"):format(
    nginx.quote(found.program), nginx.quote(self.directory .. "/")))
  if well then return port end
  return nil, text
end

--- A port to try: other ones in each program and at each time, below those of outgoing
-- connections.
local function guess(n)
  return 20000 + math.floor(core.now() * 1e4 + core.pid() * 31 + n * 4099) % 12000
end

local function start_somewhere(self, found, options)
  if options.port then return try(self, found, options, options.port) end
  local port, message
  for n = 1, 10 do
    port, message = try(self, found, options, guess(n))
    if port or not message:find "Address already in use" then break end
  end
  return port, message
end

--- nginx writes its pid a moment after its command has returned.
local function wait_for_pid(self)
  for _ = 1, 500 do
    local pid = tonumber(read_file(self.directory .. "/nginx.pid") or "")
    if pid then return pid end
    core.sleep(0.01)
  end
  return nil, read_file(self.directory .. "/error.log") or "it has no process id"
end

--- Makes a request of our own.
-- @return the answer, decoded; or nil, message, code
local function ask(self, method, path, values)
  local client, message, code = http.client { url = self.url, key_file = self.key_file,
    ca_file = self.ca_file, timeout = 30 }
  if not client then return nil, message, code end
  client:submit(method, path, values and cjson.encode(values))
  local result
  repeat result = client:poll(1)[1] until result
  client:close()
  if result.error then return nil, result.message or result.error, result.error end
  local ok, decoded = pcall(cjson.decode, result.body)
  if ok and result.status == 200 then return decoded end
  return nil, ok and decoded.message or result.body, "sandbox"
end

local function open(self, options)
  local found, message, code = nginx.find()
  if not found then return nil, message, code end
  local ok
  ok, message = directories.fill(self.directory, options)
  if not ok then return nil, message, "io" end
  self.port, message = start_somewhere(self, found, options)
  if self.port then self.pid, message = wait_for_pid(self) end
  if not self.pid then return nil, nginx.explain(message), "nginx" end
  self.url = ("%s://127.0.0.1:%d"):format(options.tls and "https" or "http", self.port)
  return ask(self, "GET", "/sandbox/record?totals")
end

local option_types = { port = "number", campaign = "string", campaigns = "table",
  key = "string", behave = "table", seed = "number", attributes = "table", tls = "table",
  org = "table" }

--- The options, complete; what they say of the sandbox is tried on one of our own.
local function complete(options)
  local all, port = {}, options.port or 1
  if port % 1 ~= 0 or port < 1 or port > 65535 then
    return nil, ("port %s: a whole number from 1 to 65535 is expected"):format(port), "port"
  end
  for name, value in pairs(options) do all[name] = value end
  all.campaigns = options.campaigns or { options.campaign or "sandbox-campaign" }
  all.key = options.key or "sandbox-key"
  all.serves = options.org and "sertifier.org" or "sertifier.sandbox"
  local state, message, code = require(all.serves).new(all)
  if not state then return nil, message, code end
  return all, (state.campaign_list or {})[1]
end

--- Starts a sandbox; it ends with this program, if nobody stops it before.
-- @tparam[opt] table options those of `sandbox.new` but `now`; or `campaign`, a single one; `port`,
--   a free one if not given; `tls`, paths of a `certificate` and its `key`, and `http2 = false` for
--   HTTP/1.1 alone; `org`: serves an org of Salesforce's in place of Sertifier (org/state.lua)
-- @treturn table|nil the server: `url`, `port`, `pid`, `directory`, `campaign` (the first), `key`,
--   `key_file`, with TLS `ca_file`; or nil, message, code ("behave", "campaign", "port", "nginx",
--   "io")
function server.start(options)
  options = options or {}
  typed.check("sandbox server", options, option_types, 2)
  local all, first, code = complete(options)
  if not all then return nil, first, code end
  local directory, message = directories.make()
  if not directory then return nil, message, "io" end
  local self = setmetatable({ directory = directory, key = all.key, key_file = directory .. "/key",
    campaign = first and first.id, ca_file = all.tls and all.tls.certificate }, server)
  local ok
  ok, message, code = open(self, all)
  if ok then return self end
  self:stop()
  return nil, message, code
end

-- ---- a running server ----

--- What it has seen and done: see sandbox/record.lua.
-- @treturn table|nil or nil, message, code
function server:record()
  return ask(self, "GET", "/sandbox/record")
end

--- Sets switches of the running sandbox; those not named stay.
-- @treturn table|nil all switches; or nil, message, code
function server:behave(switches)
  return ask(self, "PUT", "/sandbox/behave", switches)
end

--- Makes it forget what was issued, and its record.
-- @treturn table|nil or nil, message, code
function server:reset()
  return ask(self, "POST", "/sandbox/reset", {})
end

--- Whether it runs: nginx removes its pid file as it ends.
function server:is_running()
  return self.pid ~= nil and nginx.exists(self.directory .. "/nginx.pid")
end

--- Whether a process is gone. One that ended may linger until it is reaped: that counts too.
local function is_gone(pid)
  local text, alive = run(("kill -0 %d && cat /proc/%d/stat"):format(pid, pid))
  return text:find "%) Z" ~= nil or not alive and not text:find "/proc/"
end

--- Ends nginx, waits until it is gone, and removes the directory; a second call does nothing.
function server:stop()
  local pid = self.pid
  if self:is_running() then
    run(("kill -TERM %d"):format(pid))
    for _ = 1, 1000 do
      if is_gone(pid) then break end
      core.sleep(0.005)
    end
  end
  self.pid = nil
  if self.directory then directories.remove(self.directory) end
  self.directory = nil
end

return server
