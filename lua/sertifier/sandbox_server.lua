--- Serves the sandbox on loopback through nginx and its Lua module.

local cjson = require("cjson").new()
local core = require "sertifier.core"
local sandbox = require "sertifier.sandbox"

local server = {}
server.__index = server

-- Where the module files stand that Debian's and others' nginx load; OpenResty has them built in.
local module_places = { "/usr/lib/nginx/modules", "/usr/share/nginx/modules", "/usr/lib64/nginx/modules",
  "/usr/local/lib/nginx/modules" }

local function exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

local function load_modules()
  for _, place in ipairs(module_places) do
    if exists(place .. "/ngx_http_lua_module.so") then
      return ("load_module %s/ndk_http_module.so;\nload_module %s/ngx_http_lua_module.so;\n")
        :format(place, place)
    end
  end
  return "" -- built in, or nginx will say that it knows no init_by_lua
end

local function shell_quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

--- What a shell command prints, and whether it went well.
local function output_of(command)
  local pipe = io.popen(command .. "; echo \"|$?\"")
  local text = pipe:read "*a"
  pipe:close()
  local printed, status = text:match "^(.*)|(%d+)%s*$"
  return (printed or text):gsub("%s+$", ""), status == "0"
end

--- The directory above lua/sertifier, where the worker finds this very code.
local function source_root()
  local here = debug.getinfo(1, "S").source:match "^@(.-)[^/]*$"
  return (output_of("cd " .. shell_quoted(here .. "..") .. " && pwd"))
end

local template = [[
%(modules)
%(user)
daemon on;
worker_processes 1;
worker_rlimit_nofile 4096;
error_log %(directory)/error.log warn;
pid %(directory)/nginx.pid;
events { worker_connections 2048; }
http {
  access_log off;
  client_body_temp_path %(directory)/body;
  proxy_temp_path %(directory)/proxy;
  fastcgi_temp_path %(directory)/fastcgi;
  uwsgi_temp_path %(directory)/uwsgi;
  scgi_temp_path %(directory)/scgi;
  client_max_body_size 64m;
  client_body_buffer_size 8m;
  keepalive_requests 1000000;
  keepalive_timeout 300;
  lua_package_path "%(root)/?.lua;%(root)/?/init.lua;;";
  init_worker_by_lua_block {
    require("sertifier.sandbox_worker").start "%(directory)"
  }
  server {
    listen 127.0.0.1:%(port)%(tls);
    %(certificate)
    location / {
      content_by_lua_block { require("sertifier.sandbox_worker").serve() }
    }
  }
}
]]

local function fill(values)
  return (template:gsub("%%%((%w+)%)", values))
end

local function certificate_lines(tls)
  if not tls then return "" end
  return ("ssl_certificate %s;\n    ssl_certificate_key %s;"):format(tls.certificate, tls.key)
end

local function write(path, text)
  local made, message = core.private(path)
  local file = made and io.open(path, "w")
  if not file then return nil, message or "cannot write" end
  file:write(text)
  return file:close()
end

local function is_root()
  return output_of "id -u" == "0"
end

local function configure(self, options, port)
  return write(self.directory .. "/nginx.conf", fill { modules = load_modules(),
    user = is_root() and "user root;" or "", directory = self.directory, root = source_root(),
    port = tostring(port), tls = options.tls and " ssl http2" or "",
    certificate = certificate_lines(options.tls) })
end

--- The configuration as data: nothing of it is ever part of nginx.conf's text.
local function hand_over(self, options)
  return write(self.directory .. "/sandbox.json", cjson.encode {
    campaigns = options.campaigns, key = options.key, behave = options.behave or {} })
end

local function remove(self)
  os.execute("rm -rf " .. shell_quoted(self.directory))
end

local function try(self, options, port)
  local ok, message = configure(self, options, port)
  if not ok then return nil, message end
  -- Paths for this Lua are not for nginx's.
  local text, well = output_of(("env -u LUA_PATH -u LUA_CPATH nginx -p %s -c %s -e %s 2>&1"):format(
    shell_quoted(self.directory), shell_quoted(self.directory .. "/nginx.conf"),
    shell_quoted(self.directory .. "/error.log")))
  if well then return port end
  return nil, text
end

--- With `daemon on` nginx returns when its sockets are open: a port in use shows at once.
local function start_somewhere(self, options)
  if options.port then return try(self, options, options.port) end
  local port, message
  for _ = 1, 20 do
    port, message = try(self, options, math.random(20000, 60000))
    if port or not message:find("in use", 1, true) then return port, message end
  end
  return nil, message
end

local function explain(message)
  if message:find "not found" and message:find "nginx" then
    return "nginx is missing: install nginx and its Lua module (Debian: nginx libnginx-mod-http-lua)"
  elseif message:find 'unknown directive "lua' or message:find 'unknown directive "init' then
    return "nginx lacks its Lua module (Debian: libnginx-mod-http-lua lua-resty-core)"
  end
  return "nginx does not start: " .. message
end

--- nginx writes its pid a moment after the command has returned.
local function wait_for_pid(path)
  for _ = 1, 500 do
    local file = io.open(path)
    local pid = file and tonumber(file:read "*a")
    if file then file:close() end
    if pid then return pid end
    core.sleep(0.01)
  end
end

--- Starts a sandbox.
-- @tparam table options `campaigns` (ids), `key`, `behave` (switches), `port` (a free one if nil),
--   `tls` (`certificate` and `key`: paths)
-- @return `{ url, port, pid, directory }` with a method `stop`; or nil, message, "sandbox"
function server.start(options)
  local state, wrong = sandbox.new(options)
  if not state then return nil, wrong, "sandbox" end
  local directory, made = output_of "mktemp -d"
  if not made then return nil, "no temporary directory: " .. directory, "sandbox" end
  local self = setmetatable({ directory = directory }, server)
  math.randomseed(math.floor(core.now() * 1000) % 2147483647 + core.pid())
  local ok, message = hand_over(self, options)
  if ok then ok, message = start_somewhere(self, options) end
  if not ok then
    remove(self)
    return nil, explain(tostring(message)), "sandbox"
  end
  self.port = ok
  self.url = (options.tls and "https" or "http") .. "://127.0.0.1:" .. ok
  self.pid = wait_for_pid(directory .. "/nginx.pid")
  return self
end

--- Stops it and removes its directory; a second call does nothing.
function server:stop()
  if not self.pid then return end
  local pid = self.pid
  self.pid = nil
  output_of(("kill -TERM %d 2>/dev/null"):format(pid))
  -- nginx removes its pid file as its last act; the process itself may linger until it is reaped.
  for _ = 1, 500 do
    if not exists(self.directory .. "/nginx.pid") then break end
    core.sleep(0.01)
  end
  remove(self)
end

return server
