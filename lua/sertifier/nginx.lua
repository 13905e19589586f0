--- Handlers for nginx and OpenResty: what callers post is issued once, in nginx's thread pool.
--
-- Each function here takes options, checks them as nginx reads its configuration, and gives the
-- function that a `content_by_lua_block` calls. What several handlers have in common may stand in
-- a table of its own: `gateway { common }`, `records { common, flow = "flow.lua" }`. A wrong option
-- is an error, with which nginx does not start.
-- @module sertifier.nginx

--   request --> access --> body --> a thread of the pool --> answer
--    request    access              pool, worker, and the handler's own file in nginx/

local access = require "sertifier.nginx.access"
local carrying = require "sertifier.nginx.carrying"
local draining = require "sertifier.nginx.draining"
local journal = require "sertifier.nginx.journal"
local metrics = require "sertifier.nginx.metrics"
local options = require "sertifier.nginx.options"
local pool = require "sertifier.nginx.pool"
local reply = require "sertifier.nginx.reply"
local request = require "sertifier.nginx.request"
local watching = require "sertifier.nginx.watching"

local nginx = {}

-- ---- a request ----

local function outcome_of(counts)
  local list = {}
  for outcome, count in pairs(counts) do list[#list + 1] = ("%s=%d"):format(outcome, count) end
  table.sort(list)
  return table.concat(list, " ")
end

local function send(kind, answer)
  metrics.note(kind, answer)
  if answer.fault then journal.note(kind, answer.fault, answer.status) end
  ngx.status = answer.status
  local header = ngx.header
  header["Content-Type"] = answer.content_type or "application/json; charset=utf-8"
  header["Content-Length"] = #answer.body
  header["Cache-Control"] = "no-store"
  header["Retry-After"] = answer.retry_after
  header["Sertifier-Outcome"] = outcome_of(answer.counts)
  ngx.print(answer.body)
end

local function serve(self)
  local body, status, why = request.read(self)
  if not body then
    send(self.kind, reply.refuse(status, why .. "; nothing was sent."))
    return status == 408 and request.hang_up()
  end
  local answer, unavailable = pool.call(self, "answer", self.kind, self.settings, body)
  send(self.kind, answer or unavailable)
end

-- ---- making handlers ----

local function check_nginx(level)
  if metrics.shared() then return end
  error("nginx.conf lacks `lua_shared_dict sertifier 1m;`", level + 1)
end

local no_threads = "this nginx's Lua module has no ngx.run_worker_thread, so a wait for Sertifier "
  .. "would stop all of nginx: update it (0.10.21 or newer), or "

local function check_threads(instead, level)
  if not pool.is_there() then error(no_threads .. instead, level + 1) end
end

local function new(kind, given, own, content_types)
  check_nginx(3)
  local all = options.read(given, own, 3)
  if own.flow then all.flow_text = carrying.read(all.flow, 3) end
  if kind == "outbound_message" and all.queued == nil then all.queued = true end
  if not all.queued then
    check_threads("say `queued = true` here and run `sertifier drain` beside nginx", 3)
  end
  local self = { kind = kind, access = access.new(all, 3), body_time = all.body_time or 10,
    content_types = content_types or { "application/json" }, settings = options.plain(all) }
  return function() return serve(self) end
end

--- Sertifier's own `POST /campaign/addCredentials`, safe to ask twice.
--
-- A credential's key is its campaign and its `externalId`. One that was issued before is answered
-- with the earlier credential's id and link; one in doubt with HTTP 409, and it is not sent.
-- @tparam table given at least one of `token_file`, `hmac_file` and `mutual_tls`;
--   `ledger` ("sertifier.db"), `url`, `key_file`, `ca_file`, `timeout` (seconds) as for
--   `sertifier.client`; `pool`, the thread_pool ("sertifier"); `most`, credentials in a request
--   (100); `body_time`, seconds that a body may take (10); `queued`: true answers 202 once the work
--   is durable in the ledger, from where `drain` sends it
-- @treturn function for `content_by_lua_block`
function nginx.gateway(given)
  return new("gateway", given, {})
end

--- Salesforce records as JSON in, what became of each out: a list, a list under `records`, or one.
--
-- Each goes through a flow. The answer's `data` has `outcomes`, in the records' order: `Id`,
-- `outcome` (skipped, invalid, issued, already_issued, queued, rejected, in_doubt, not_applied),
-- `reason`, `key`, `credentialId`, `verificationLink`, and `writeBack`, the flow's fields.
-- @tparam table given as for `gateway`, and `flow`, the path of a flow file
-- @treturn function for `content_by_lua_block`
function nginx.records(given)
  return new("records", given, { flow = "string" })
end

--- Change Data Capture events as JSON in, what became of each record out: a list, a list under
-- `events`, or one. An event that does not tell all that the flow reads is invalid.
-- @tparam table given as for `records`
-- @treturn function for `content_by_lua_block`
function nginx.change_events(given)
  return new("change_events", given, { flow = "string" })
end

--- Salesforce's outbound message, of 1 to 100 notifications. It is acknowledged once the work is in
-- the ledger: queued, unless `queued = false` waits for Sertifier. Needs LuaExpat.
-- @tparam table given as for `records`, and `organizations`, the Ids of those that are let in.
--   Salesforce can show a client certificate, but no token: `mutual_tls`
-- @treturn function for `content_by_lua_block`
function nginx.outbound_message(given)
  if not options.are_organizations(given.organizations) then
    error("organizations: a list of Ids is expected, such as { \"00D5g000000ABCDEAA\" }", 2)
  end
  require "lxp"
  return new("outbound_message", given, { flow = "string", organizations = "table" },
    { "text/xml", "application/soap+xml" })
end

-- ---- beside them ----

--- Sends what is queued, again and again, in a thread of the pool.
-- @tparam table given `ledger`, `url`, `key_file`, `ca_file`, `timeout`, `pool` as for `gateway`;
--   `every`, seconds between two looks at the queue (5)
-- @treturn function for `init_worker_by_lua_block`
function nginx.drain(given)
  check_nginx(2)
  check_threads("run `sertifier drain` beside nginx", 2)
  local settings = options.plain(options.read(given, { every = "number" }, 2))
  settings.every = settings.every or 5
  return function() draining.begin(settings) end
end

--- Readies threads before the first request comes.
-- @tparam number threads how many of the pool
-- @tparam[opt] string name of the pool ("sertifier")
-- @treturn function for `init_worker_by_lua_block`
function nginx.warm(threads, name)
  return function()
    for _ = 1, pool.is_there() and threads or 0 do
      ngx.timer.at(0, function()
        ngx.run_worker_thread(name or "sertifier", "sertifier.worker", "warm")
      end)
    end
  end
end

--- The status page, and for programs the same as JSON: counts by state, what is in doubt and why,
-- the last hour, and one record by its Id. It asks for no token to be seen, and shows no names: let
-- nginx say who may see it.
-- @tparam table given as for `gateway`; its access is that of people who release and drop keys
-- @treturn function for `content_by_lua_block`
function nginx.status(given)
  check_nginx(2)
  local all = options.read(given, {}, 2)
  local self = { kind = "status", access = access.new(all, 2), settings = options.plain(all) }
  return function() return watching.serve(self) end
end

--- The counts and times since nginx started, for Prometheus; let nginx say who may read them.
-- @tparam table given `ledger`, `pool` as for `gateway`
-- @treturn function for `content_by_lua_block`
function nginx.metrics(given)
  check_nginx(2)
  local self = { kind = "metrics", settings = options.plain(options.read(given, {}, 2)) }
  return function()
    local seen = pool.call(self, "status", self.settings)
    ngx.header["Content-Type"] = "text/plain; version=0.0.4"
    ngx.print(metrics.text(seen and seen.counts))
  end
end

local refusals = { [400] = "The request cannot be read",
  [404] = "This call is not passed on to Sertifier", [413] = "The body is too large",
  [414] = "The address is too long", [429] = "There are too many requests" }

--- A client certificate that nginx refuses is 400 too.
local function refusal(status)
  if (ngx.var.ssl_client_verify or ""):find "^FAILED" then
    return "The client certificate is not one that is let in"
  end
  return refusals[status] or "nginx answers HTTP " .. status
end

--- For `error_page`: what nginx itself refuses, in Sertifier's envelope.
-- @treturn function for `content_by_lua_block`
function nginx.refused()
  return function()
    local status = ngx.status
    local answer = reply.refuse(status, refusal(status) .. "; nothing was sent.")
    answer.retry_after = status == 429 and 1 or nil
    send("refused", answer)
  end
end

return nginx
