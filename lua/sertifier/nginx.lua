--- Handlers for nginx and OpenResty: what callers post is issued once, in nginx's thread pool.
--
--   request --> access --> body --> a thread of the pool --> answer
--               access              worker, and the handler's own file in nginx/
--
-- Each function here takes options, checks them as nginx reads its configuration, and gives the
-- function that a `content_by_lua_block` calls.
-- @module sertifier.nginx

local access = require "sertifier.nginx.access"
local journal = require "sertifier.nginx.journal"
local draining = require "sertifier.nginx.draining"
local flow_file = require "sertifier.flow_file"
local metrics = require "sertifier.nginx.metrics"
local options = require "sertifier.nginx.options"
local reply = require "sertifier.nginx.reply"

local nginx = {}

local most_credentials = 100 -- in one request, if not said
local body_time = 10 -- seconds

-- ---- a request ----

local function read_file(path)
  local file = io.open(path, "rb")
  local text = file and file:read "*a"
  if file then file:close() end
  return text
end

--- Reads a body whose length is known, with a limit on the whole of its time; nginx's own limit is
-- between two reads, and at its end it hangs up without an answer.
local function receive(length, seconds)
  local socket = ngx.req.socket()
  if not socket then return nil end -- HTTP/2: nginx reads it
  socket:settimeout(seconds * 1000)
  local body, problem = socket:receive(length)
  return body or "", problem
end

--- The whole body of a request.
-- @treturn string|nil nil where it did not come in time
local function read_body(seconds)
  local length = tonumber(ngx.var.http_content_length or "")
  if length and length > 0 then
    local body, problem = receive(length, seconds)
    if body then return not problem and body or nil end
  end
  ngx.req.read_body()
  local path = ngx.req.get_body_file()
  return path and read_file(path) or ngx.req.get_body_data() or ""
end

local function token_of()
  local var = ngx.var
  return var.http_secretkey or (var.http_authorization or ""):match "^[Bb]earer +(%S+)$"
end

local function caller()
  local var = ngx.var
  return { token = token_of(), signature = var.http_x_signature, timestamp = var.http_x_timestamp,
    certificate = var.ssl_client_verify, subject = var.ssl_client_s_dn }
end

local function outcome_of(counts)
  local list = {}
  for outcome, count in pairs(counts) do list[#list + 1] = ("%s=%d"):format(outcome, count) end
  table.sort(list)
  return table.concat(list, " ")
end

local function send(self, answer)
  metrics.note(self.kind, answer)
  if answer.fault then journal.note(self.kind, answer.fault, answer.status) end
  ngx.status = answer.status
  local header = ngx.header
  header["Content-Type"] = answer.content_type or "application/json; charset=utf-8"
  header["Content-Length"] = #answer.body
  header["Cache-Control"] = "no-store"
  header["Retry-After"] = answer.retry_after
  header["Sertifier-Outcome"] = outcome_of(answer.counts)
  ngx.print(answer.body)
end

-- ---- the pool ----

local busy = "More requests are at work than threads are there for; nothing was sent."
local unable = "The gateway cannot work at the moment; nothing was sent."

local function unavailable(self, message)
  journal.note(self.kind, message, 503)
  return reply.new(503, unable, { retry_after = 5 })
end

--- Runs a function of worker.lua in a thread of the pool.
local function in_pool(self, name, ...)
  local ok, answer, message = ngx.run_worker_thread(self.settings.pool, "sertifier.worker", name,
    ...)
  if ok and type(answer) == "table" then return answer end
  message = tostring(ok and message or answer)
  if message:find "no available Lua vm" then return reply.new(503, busy, { retry_after = 1 }) end
  return unavailable(self, message)
end

local function work(self, body)
  local answer = in_pool(self, "answer", self.kind, self.settings, body)
  return answer.body and answer or unavailable(self, answer.message)
end

-- ---- handlers ----

--- What is wrong with a request's head.
local function fault_of_head(self)
  if ngx.req.get_method() ~= "POST" then
    ngx.header["Allow"] = "POST"
    return 405, "The method must be POST"
  end
  if not (ngx.var.http_content_type or ""):lower():find(self.content_type, 1, true) then
    return 415, "The content type must be " .. self.content_type
  end
end

--- Who may not ask is told so before the body is read, unless it is the body that is signed.
local function fault_of(self, request)
  local why = not request.signature and access.fault(self.access, request)
  if why then return 403, "Not let in: " .. why end
  request.body = read_body(self.body_time)
  if not request.body then return 408, "The body did not come in time" end
  why = request.signature and access.fault(self.access, request)
  if why then return 403, "Not let in: " .. why end
end

--- The rest of a body would be taken for the next request.
local function hang_up()
  ngx.flush(true)
  ngx.exit(444)
end

local function serve(self)
  local request = caller()
  local status, message = fault_of_head(self)
  if not status then status, message = fault_of(self, request) end
  if not status then return send(self, work(self, request.body)) end
  send(self, reply.refuse(status, message .. "; nothing was sent."))
  if status == 408 then hang_up() end
end

local content_types = {}

local needs_threads = "this nginx's Lua module has no ngx.run_worker_thread, which waits for "
  .. "Sertifier without stopping nginx: update it"

local no_place = "a hook or a publish of its own needs a run: nginx's handlers have none"

local function check_flow(path, level)
  if not path then error("flow: a flow's file is expected", level + 1) end
  local flow, message = flow_file.load(path)
  if not flow then error("flow: " .. message, level + 1) end
  for _, name in ipairs { "on_issued", "on_rejected", "on_doubt", "publish" } do
    if flow.declaration[name] ~= nil then
      error(("flow: %s: %s: %s"):format(path, name, no_place), level + 1)
    end
  end
end

local function new(kind, given, own)
  if not metrics.shared() then error("nginx.conf lacks `lua_shared_dict sertifier 1m;`", 3) end
  if not ngx.run_worker_thread then error(needs_threads, 3) end
  local all = options.read(given, own, 3)
  local self = { kind = kind, access = access.new(all, 3), settings = all,
    content_type = content_types[kind] or "application/json",
    body_time = all.body_time or body_time }
  if own.flow then check_flow(all.flow, 3) end
  all.pool = all.pool or "sertifier"
  all.most = all.most or most_credentials
  all.token_file, all.hmac_file, all.mutual_tls = nil, nil, nil
  return function() return serve(self) end
end

--- Sertifier's own `POST /campaign/addCredentials`, safe to ask twice.
--
-- A credential's key is its campaign and its `externalId`. One that was issued before is answered
-- with the earlier credential's id and link; one in doubt with HTTP 409, and it is not sent.
-- @tparam table given `token_file`, `hmac_file` or `mutual_tls` (nginx/access.lua), at least one;
--   `ledger` ("sertifier.db"), `url`, `key_file`, `ca_file`, `timeout` (seconds) as for
--   `sertifier.client`; `pool`, the thread_pool ("sertifier"); `most`, credentials in a request
--   (100); `body_time`, seconds that a body may take (10); `queued`: true answers 202 once the work
--   is durable in the ledger, from where `drain` sends it
-- @treturn function for `content_by_lua_block`
function nginx.gateway(given)
  return new("gateway", given, { most = "number", queued = "boolean" })
end

--- Salesforce records as JSON in, what became of each out: a list, a list under `records`, or one.
--
-- Each goes through a flow. The answer's `data` has `outcomes`, in the records' order: `Id`,
-- `outcome` (skipped, invalid, issued, already_issued, queued, rejected, in_doubt, not_applied),
-- `reason`, `key`, `credentialId`, `verificationLink`, and `writeBack`, the flow's fields.
-- @tparam table given as for `gateway`, and `flow`, the path of a flow file
-- @treturn function for `content_by_lua_block`
function nginx.records(given)
  return new("records", given, { most = "number", queued = "boolean", flow = "string" })
end

-- ---- beside the handlers ----

--- Sends what is queued, again and again, in a thread of the pool.
-- @tparam table given `ledger`, `url`, `key_file`, `ca_file`, `timeout`, `pool` as for `gateway`;
--   `every`, seconds between two looks at the queue (5)
-- @treturn function for `init_worker_by_lua_block`
function nginx.drain(given)
  local all = options.read(given, { every = "number" }, 2)
  all.pool, all.every = all.pool or "sertifier", all.every or 5
  return function() draining.begin(all) end
end

--- The counts and times since nginx started, for Prometheus.
--
-- It asks for no token: let nginx say who may read it.
-- @treturn function for `content_by_lua_block`
function nginx.metrics()
  return function()
    ngx.header["Content-Type"] = "text/plain; version=0.0.4"
    ngx.print(metrics.text())
  end
end

local refusals = { [400] = "The request cannot be read", [413] = "The body is too large",
  [414] = "The address is too long" }

--- For `error_page`: what nginx itself refuses, in Sertifier's envelope.
-- @treturn function for `content_by_lua_block`
function nginx.refused()
  return function()
    local status = ngx.status
    send({ kind = "refused" }, reply.refuse(status, (refusals[status]
      or "nginx answers HTTP " .. status) .. "; nothing was sent."))
  end
end

return nginx
