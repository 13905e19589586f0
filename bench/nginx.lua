--- The gateway under load: how many issue, how long the ledger takes, what others beside them feel,
-- and what memory its workers keep.
--
--   lua5.4 bench/nginx.lua [SECONDS]                  all of it; each load lasts so long (10)
--   lua5.4 bench/nginx.lua SECONDS full|steady        a part of it
--   lua5.4 bench/nginx.lua SECONDS memory [THREADS]   memory over 200,000 calls; 8 threads
--
-- Callers, nginx and the sandbox share this machine's processors. What callers can reach at all is
-- what they get from the sandbox without the gateway, so that is measured beside it, by turns.

package.path = "lua/?.lua;lua/?/init.lua;./?.lua;" .. package.path
package.cpath = "build/5.4/?.so;" .. package.cpath

local core = require "sertifier.core"
local gateway = require "spec.support.gateway"
local http = require "sertifier.http"
local sandbox = require "spec.support.sandbox"

local seconds = tonumber(arg[1] or 10)
local number = 0

local function key_file()
  return sandbox.key_file(gateway.token)
end

--- The value below which `share` of a sorted list lies.
local function quantile(list, share)
  table.sort(list)
  return list[math.max(1, math.ceil(share * #list))] or 0
end

local spread = 0.05 -- seconds in which callers begin, one after another, as strangers do

--- Whether one more may be sent now.
local function may_send(self, now)
  if now >= self.until_ or self.sent >= self.calls then return false end
  if self.client:pending() >= self.callers then return false end
  if self.rate then return self.sent < (now - self.began) * self.rate end
  return self.sent >= self.callers or self.sent * spread <= (now - self.began) * self.callers
end

local function send_due(self)
  while may_send(self, core.elapsed()) do
    number, self.sent = number + 1, self.sent + 1
    local id = self.client:submit("POST", "/campaign/addCredentials",
      gateway.request("n" .. number))
    self.flying[id] = core.elapsed()
  end
end

--- Notes answers. What counts for the rate is what came after each caller had its first, and before
-- the time was over.
local function take(self, results)
  local now, times = core.elapsed(), self.times
  for _, result in ipairs(results) do
    local status = result.status or result.error
    self.by_status[status] = (self.by_status[status] or 0) + 1
    times[#times + 1] = now - self.flying[result.id]
    self.flying[result.id] = nil
    if #times == self.callers then self.from = now end
  end
  if now < self.until_ then self.counted, self.last = #times - self.callers, now end
end

local function is_over(self)
  return (core.elapsed() >= self.until_ or self.sent >= self.calls) and self.client:pending() == 0
end

--- Posts one credential after another for a time, or so many of them.
-- @tparam table server `url`, and `key_file` where it is not the gateway's token
-- @tparam number callers requests in flight at the most
-- @tparam[opt] number rate requests a second; nil: as fast as answers come
-- @tparam[opt] number calls how many; nil: for the time
-- @treturn table `by_status`, how many answers; `times`, seconds from request to answer; `a_second`
local function load(server, callers, rate, calls)
  local self = { callers = callers, rate = rate, calls = calls or math.huge, sent = 0, flying = {},
    times = {}, by_status = {}, began = core.elapsed(),
    client = assert(http.client { url = server.url, key_file = server.key_file or key_file() }) }
  self.until_ = calls and math.huge or self.began + seconds
  repeat
    send_due(self)
    take(self, self.client:poll((rate or self.sent < callers) and 0.001 or 0.1))
  until is_over(self)
  self.client:close()
  self.a_second = self.counted / (self.last - self.from)
  return self
end

--- Asks for a page that nginx gives by itself, one after another, in a process of its own.
local function watch_plain(url)
  local client, times = assert(http.client { url = url, key_file = key_file() }), {}
  local until_ = core.elapsed() + seconds
  while core.elapsed() < until_ do
    local began = core.elapsed()
    client:submit("GET", "/plain")
    repeat until client:poll(1)[1]
    times[#times + 1] = core.elapsed() - began
    core.sleep(0.01)
  end
  io.write(("%.2f"):format(quantile(times, 0.99) * 1000))
  sandbox.stop()
end

local function ask(server, path)
  local pipe = io.popen("curl -s " .. server.url .. path)
  local text = pipe:read "*a"
  pipe:close()
  return text
end

--- The bound of the histogram's bucket in which a share of the values lies.
local function bucket(text, name, share)
  local count = tonumber(text:match(name .. "_count (%d+)"))
  for bound, below in text:gmatch(name .. '_bucket{le="([^"]+)"} (%d+)') do
    if tonumber(below) >= share * count then return tonumber(bound) * 1000 end
  end
end

local function start(options)
  local api = sandbox.start { latency = options.latency or 0.05 }
  options.init = "gateway = sertifier.gateway { place } metrics = sertifier.metrics {}"
  options.server = "location = /metrics { content_by_lua_block { metrics() } }"
    .. " location = /forget { content_by_lua_block { ngx.shared.sertifier:flush_all() } }"
    .. " location / { content_by_lua_block { gateway() } }"
  local server = assert(gateway.start(options))
  -- Each thread opens its ledger and its client at its first call.
  load(server, options.threads, nil, 20 * options.threads)
  ask(server, "/forget")
  return server, api
end

local function report(loaded)
  local text = {}
  for status, count in pairs(loaded.by_status) do
    text[#text + 1] = ("%s: %d"):format(status, count)
  end
  table.sort(text)
  print(("  answers %s; %.0f/s; p50 %.1f ms, p99 %.1f ms"):format(table.concat(text, ", "),
    loaded.a_second, quantile(loaded.times, 0.5) * 1000, quantile(loaded.times, 0.99) * 1000))
end

local function tell_ledger(server)
  local text = ask(server, "/metrics")
  for _, what in ipairs { "claim", "settle" } do
    print(("  ledger %s: p99 within %s ms, p99.9 within %s ms"):format(what,
      bucket(text, "sertifier_ledger_" .. what .. "_seconds", 0.99),
      bucket(text, "sertifier_ledger_" .. what .. "_seconds", 0.999)))
  end
end

--- By turns, so that what else the machine does meets both: the callers ask the sandbox itself, of
-- which no gateway can give them more, and then through the gateway.
local function full_load()
  print("32 callers against an API of 50 ms: 640/s if nothing but its 50 ms took time")
  local server, api = start { threads = 32, vms = 40 }
  for _ = 1, 3 do
    local direct = load(api, 32)
    print(("  without the gateway %.0f/s; p50 %.1f ms"):format(direct.a_second,
      quantile(direct.times, 0.5) * 1000))
    local plain = io.popen(("lua5.4 bench/nginx.lua %g plain %s"):format(seconds, server.url))
    local through = load(server, 32)
    report(through)
    print(("  %.1f %% of that; a page of nginx's own beside them: p99 %s ms"):format(
      100 * through.a_second / direct.a_second, plain:read "*a"))
    plain:close()
  end
  tell_ledger(server)
  gateway.stop()
end

local function steady_load(workers)
  print(("600 issues a second, %d worker process%s"):format(workers, workers > 1 and "es" or ""))
  local server = start { threads = 64, vms = 72, workers = workers }
  report(load(server, 200, 600))
  tell_ledger(server)
  gateway.stop()
end

--- What the workers of a server keep in memory, in kB.
local function resident(server)
  local pipe = io.popen(("for p in $(pgrep -P %d); do grep VmRSS /proc/$p/status; done")
    :format(server.pid))
  local sum = 0
  for amount in pipe:read("*a"):gmatch "VmRSS:%s*(%d+)" do sum = sum + tonumber(amount) end
  pipe:close()
  return sum
end

local function lasting_load(threads)
  print(("200,000 issues, %d threads and callers: what the worker process keeps in memory")
    :format(threads))
  local server, api = start { threads = threads, vms = threads + 8, latency = 0 }
  print(("  before: %d kB"):format(resident(server)))
  for tenth = 1, 10 do
    assert(api:reset()) -- its record grows, and with it the time that it takes
    local loaded = load(server, threads, nil, 20000)
    print(("  after %d: %d kB; %.0f/s"):format(tenth * 20000, resident(server), loaded.a_second))
  end
  gateway.stop()
end

if arg[2] == "plain" then
  watch_plain(arg[3])
elseif arg[2] == "full" then
  full_load()
elseif arg[2] == "memory" then
  lasting_load(tonumber(arg[3] or 8))
elseif arg[2] == "steady" then
  steady_load(1)
else
  full_load()
  steady_load(1)
  steady_load(2)
  lasting_load(8)
  lasting_load(64)
end
