--- Finds nginx and its Lua module on this machine, and writes the sandbox's nginx.conf.

local nginx = {}

local advice = "install nginx and its Lua module (Debian and Ubuntu: nginx libnginx-mod-http-lua "
  .. "lua-resty-core lua-cjson; Alpine: nginx nginx-mod-http-lua lua-resty-core lua5.1-cjson), "
  .. "or OpenResty"

--- A text as one word of a shell command.
function nginx.quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

--- What a shell command prints, both ways, and whether it went well. An interrupt that is meant for
-- us does not end it half-way.
function nginx.run(command)
  local pipe = io.popen("trap '' INT; { " .. command .. "\n} 2>&1; echo \"|$?\"")
  if not pipe then return "cannot run a shell", false end
  local text = pipe:read "*a"
  pipe:close()
  local printed, status = text:match "^(.*)|(%d+)%s*$"
  return (printed or text):gsub("%s+$", ""), status == "0"
end

--- Whether a file can be read.
function nginx.exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

-- An ordinary user's PATH may lack these.
local more_places = "/usr/sbin:/usr/local/sbin:/usr/local/nginx/sbin:"
  .. "/usr/local/openresty/nginx/sbin"

local module_places = { "/usr/lib/nginx/modules", "/usr/lib64/nginx/modules",
  "/usr/share/nginx/modules", "/usr/local/lib/nginx/modules", "/usr/local/nginx/modules",
  "/usr/local/libexec/nginx" }

local lua_module = "/ngx_http_lua_module.so"

--- The place of the Lua module: where nginx itself looks, or else a usual one.
local function find_place(built_how)
  local own = built_how:match "%-%-modules%-path=(%S+)"
  if own and nginx.exists(own .. lua_module) then return own end
  for _, place in ipairs(module_places) do
    if nginx.exists(place .. lua_module) then return place end
  end
end

--- The load_module lines; none where the module is built in, as in OpenResty.
local function load_lines(built_how)
  local place = find_place(built_how)
  if place then
    -- The NDK comes first: the Lua module may need its symbols.
    local ndk = place .. "/ndk_http_module.so"
    return (nginx.exists(ndk) and ("load_module %s;\n"):format(ndk) or "")
      .. ("load_module %s%s;"):format(place, lua_module)
  end
  return (built_how:find "openresty" or built_how:find "lua%-nginx%-module") and "" or nil
end

--- Finds nginx.
-- @treturn table|nil `program`, its path, and `modules`, the lines that load them; or nil, a
--   message that says what to install, "nginx"
function nginx.find()
  local program, found = nginx.run('PATH="$PATH:' .. more_places
    .. '"; command -v nginx || command -v openresty')
  if not found then return nil, "nginx was not found: " .. advice, "nginx" end
  local modules = load_lines((nginx.run(nginx.quote(program) .. " -V")))
  if not modules then
    return nil, program .. " has no Lua module: " .. advice, "nginx"
  end
  return { program = program, modules = modules }
end

-- Every path is relative to the private directory, nginx's prefix: none has to be quoted.
local template = [[
%(modules)
%(user)
daemon on;
worker_processes 1;
pid nginx.pid;
error_log error.log warn;
events { worker_connections 1000; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  client_body_buffer_size 1m;
  client_max_body_size 1g;
  client_header_timeout 600s;
  client_body_timeout 600s;
  keepalive_timeout 600s;
  keepalive_requests 1000000000;
  lua_package_path "$prefix/lua/?.lua;$prefix/lua/?/init.lua;;";
  init_by_lua_block { require("sertifier.sandbox_worker").load(ngx.config.prefix()) }
  init_worker_by_lua_block { require("sertifier.sandbox_worker").begin() }
  server {
    listen 127.0.0.1:%(port)%(listen);
    %(certificate)
    location / {
      content_by_lua_block { require("sertifier.sandbox_worker").serve() }
    }
  }
}
]]

local certificate = "ssl_certificate certificate.pem;\n    ssl_certificate_key key.pem;"

--- The text of nginx.conf.
-- @tparam table found what `find` gave
-- @tparam number port
-- @tparam[opt] table tls `http2`: false for HTTP/1.1 alone
-- @tparam[opt] string user whom a worker of root's is to run as: one who can read root's directory
function nginx.conf(found, port, tls, user)
  local values = { modules = found.modules, port = ("%d"):format(port),
    listen = tls and (tls.http2 == false and " ssl" or " ssl http2") or "",
    certificate = tls and certificate or "", user = user and ("user %s;"):format(user) or "" }
  return (template:gsub("%%%((%w+)%)", values))
end

--- What nginx said as it did not start, with what to do about it.
function nginx.explain(message)
  if message:find "Address already in use" then
    return "the port is in use: " .. message:match "[^\n]*"
  elseif message:find "resty%.core" or message:find "'cjson' not found" then
    message = message:match "[^\n]*" .. "\n" .. advice
  end
  -- Without the places that were tried, and the way there.
  message = message:gsub("\n\t[^\n]*", ""):gsub("\nstack traceback.*", "")
  return "nginx does not start: " .. message
end

return nginx
