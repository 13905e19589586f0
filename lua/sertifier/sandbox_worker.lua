--- The sandbox inside an nginx worker: hands requests to the pure function.

local cjson = require("cjson").new()
local sandbox = require "sertifier.sandbox"

local worker = {}

local state -- of the one worker that there is

--- Reads what sandbox_server handed over.
function worker.start(directory)
  local file = assert(io.open(directory .. "/sandbox.json"))
  local options = cjson.decode(file:read "*a")
  file:close()
  options.now = ngx.time
  state = assert(sandbox.new(options))
end

local function request_body()
  ngx.req.read_body()
  local body = ngx.req.get_body_data()
  local path = not body and ngx.req.get_body_file()
  if not path then return body end
  local file = assert(io.open(path, "rb"))
  body = file:read "*a"
  file:close()
  return body
end

--- Answers the request of this moment.
function worker.serve()
  local headers = {}
  for name, value in pairs(ngx.req.get_headers()) do
    headers[name:lower():gsub("_", "-")] = type(value) == "table" and value[1] or value
  end
  local status, body, more = sandbox.answer(state, { method = ngx.req.get_method(),
    path = ngx.var.uri, headers = headers, body = request_body() })
  local latency = state.behave.latency
  if latency > 0 then ngx.sleep(latency) end
  ngx.status = status
  ngx.header["Content-Type"] = "application/json"
  for name, value in pairs(more or {}) do ngx.header[name] = value end
  ngx.header["Content-Length"] = #body
  ngx.print(body)
end

return worker
