--- A pure function inside nginx, the sandbox or an org: hands it requests, and its answers back.

local cjson = require("cjson").new()
local ffi_ok, ffi = pcall(require, "ffi")
local quote = require("sertifier.sandbox.nginx").quote
local read_file = require "sertifier.read_file"

local worker = {}

local settings -- what sandbox_server handed over
local served -- the pure function's module
local state -- of the one worker that there is; nil in one that took the place of a dead one

--- In the master, before there is a worker: a fault here is a fault of nginx's start.
-- @tparam string directory nginx's prefix, with its slash
function worker.load(directory)
  settings = cjson.decode(assert(read_file(directory .. "settings.json")))
  settings.directory = directory
  settings.now = ngx.now
  served = require(settings.serves)
  state = assert(served.new(settings))
end

--- Ends nginx and removes its directory when the program that started it is gone.
local function watch(premature)
  local gone = 3 -- ESRCH, on every system that nginx runs on
  if premature or ffi.C.kill(settings.owner, 0) == 0 or ffi.errno() ~= gone then return end
  os.execute("rm -rf -- " .. quote(settings.directory))
  ffi.C.kill(require("ngx.process").get_master_pid(), 15)
end

--- In the worker, as it begins.
function worker.begin()
  -- A second worker would judge with an empty record: it must not answer.
  local mark = settings.directory .. "worker"
  local earlier = io.open(mark)
  if earlier then
    earlier:close()
    state = nil
  else
    assert(io.open(mark, "w")):close()
  end
  if ffi_ok then
    ffi.cdef "int kill(int pid, int signal);"
    ngx.timer.every(1, watch)
  end
end

local function request_body()
  ngx.req.read_body()
  local path = ngx.req.get_body_file()
  return path and assert(read_file(path)) or ngx.req.get_body_data()
end

local function send(status, body, headers)
  local promised = headers["Content-Length"]
  ngx.status = status
  for name, value in pairs(headers) do ngx.header[name] = value end
  ngx.header["Content-Length"] = promised or #body
  ngx.print(body)
  if promised and promised ~= #body then
    ngx.flush(true)
    return ngx.exit(444)
  end
end

--- Answers the request of this moment.
function worker.serve()
  if not state then
    return send(500, "The sandbox's worker ended: its record is lost.\n",
      { ["Content-Type"] = "text/plain" })
  end
  local var = ngx.var
  local status, body, headers, seconds = served.answer(state, {
    method = ngx.req.get_method(), path = var.request_uri, body = request_body(),
    address = var.scheme .. "://" .. (var.http_host or ""),
    headers = { secretkey = var.http_secretkey, ["api-version"] = var.http_api_version,
      ["content-type"] = var.http_content_type, authorization = var.http_authorization,
      accept = var.http_accept } })
  if seconds > 0 then ngx.sleep(seconds) end
  if status == 444 then return ngx.exit(status) end
  send(status, body, headers)
end

return worker
