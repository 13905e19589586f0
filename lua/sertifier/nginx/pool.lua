--- Runs functions of worker.lua in nginx's thread pool.

local journal = require "sertifier.nginx.journal"
local reply = require "sertifier.nginx.reply"

local pool = {}

local busy = "More requests are at work than threads are there for; nothing was sent."
local unable = "The gateway cannot work at the moment; nothing was sent."

local function unavailable(self, message)
  journal.note(self.kind, message, 503)
  return reply.new(503, unable, { retry_after = 5 })
end

--- Whether this nginx's Lua module can run threads: 0.10.21 and newer can.
function pool.is_there()
  return ngx.run_worker_thread ~= nil
end

local longest = 600 -- seconds; no call takes as long

local function wait()
  ngx.sleep(longest)
end

--- A worker that is to end gracefully looks for timers, and not for calls in its threads.
local function held(...)
  local timer = ngx.thread.spawn(wait)
  local ok, result, message = ngx.run_worker_thread(...)
  ngx.thread.kill(timer)
  return ok, result, message
end

--- In a thread; or where there are none, in nginx's own, which may write a ledger but not wait for
-- Sertifier.
local function run(threads, name, ...)
  if pool.is_there() then return held(threads, "sertifier.worker", name, ...) end
  return pcall(require("sertifier.worker")[name], ...)
end

--- Calls a function.
-- @tparam table self a handler: `kind`, `settings`, of which `pool`
-- @tparam string name of worker.lua's function, which gives a table
-- @treturn table|nil what it gave; or nil and an answer of reply.lua that says why there is none
function pool.call(self, name, ...)
  local ok, result, message = run(self.settings.pool, name, ...)
  if ok and type(result) == "table" then
    if not result.message then return result end
    return nil, unavailable(self, result.message)
  end
  message = tostring(ok and message or result)
  -- Said at once where all of them are at work: lua_worker_thread_vm_pool_size.
  if message:find "no available Lua vm" then
    return nil, reply.new(503, busy, { retry_after = 1 })
  end
  return nil, unavailable(self, message)
end

return pool
