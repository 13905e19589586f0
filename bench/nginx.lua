--- The gateway under load: how many issue, how long the ledger takes, what others beside them feel,
-- and what memory its workers keep.
--
-- Callers, nginx and the sandbox share this machine's processors: lua5.4 bench/nginx.lua [SECONDS],
-- or lua5.4 bench/nginx.lua SECONDS steady|memory for a part of it.

package.path = "lua/?.lua;lua/?/init.lua;./?.lua;" .. package.path
package.cpath = "build/5.4/?.so;" .. package.cpath

local core = require "sertifier.core"
local gateway = require "spec.support.gateway"
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

--- Posts one credential after another for a time, or so many of them.
-- @tparam number callers requests in flight at the most
-- @tparam[opt] number rate requests a second; nil: as fast as answers come
-- @tparam[opt] number calls how many; nil: for the time
-- @return answers by status, seconds from request to answer, and seconds it took
local function load(server, callers, rate, calls)
  local client = assert(core.client { url = server.url, key_file = key_file() })
  local began, flying, by_status, times, sent = core.elapsed(), {}, {}, {}, 0
  local until_ = calls and math.huge or began + seconds
  calls = calls or math.huge
  repeat
    local now = core.elapsed()
    while now < until_ and sent < calls and client:pending() < callers
      and (not rate or sent < (now - began) * rate) do
      number, sent = number + 1, sent + 1
      local id = client:submit("POST", "/campaign/addCredentials", gateway.request("n" .. number))
      flying[id] = core.elapsed()
    end
    for _, result in ipairs(client:poll(rate and 0.001 or 0.1)) do
      local status = result.status or result.error
      by_status[status] = (by_status[status] or 0) + 1
      times[#times + 1] = core.elapsed() - flying[result.id]
      flying[result.id] = nil
    end
  until (core.elapsed() >= until_ or sent >= calls) and client:pending() == 0
  client:close()
  return by_status, times, core.elapsed() - began
end

--- Asks for a page that nginx gives by itself, one after another, in a process of its own.
local function watch_plain(url)
  local client, times = assert(core.client { url = url, key_file = key_file() }), {}
  local until_ = core.elapsed() + seconds
  while core.elapsed() < until_ do
    local began = core.elapsed()
    client:submit("GET", "/plain")
    repeat until client:poll(1)[1]
    times[#times + 1] = core.elapsed() - began
    core.sleep(0.002)
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
  sandbox.start { latency = options.latency or 0.05 }
  options.init = "gateway = sertifier.gateway { place } metrics = sertifier.metrics {}"
  options.server = "location = /metrics { content_by_lua_block { metrics() } }"
    .. " location = /forget { content_by_lua_block { ngx.shared.sertifier:flush_all() } }"
    .. " location / { content_by_lua_block { gateway() } }"
  local server = assert(gateway.start(options))
  -- Each thread opens its ledger and its client at its first call.
  load(server, options.threads, nil, 20 * options.threads)
  ask(server, "/forget")
  return server
end

local function report(by_status, times, took)
  local text = {}
  for status, count in pairs(by_status) do text[#text + 1] = ("%s: %d"):format(status, count) end
  table.sort(text)
  print(("  answers %s; %.0f/s; p50 %.1f ms, p99 %.1f ms"):format(table.concat(text, ", "),
    #times / took, quantile(times, 0.5) * 1000, quantile(times, 0.99) * 1000))
end

local function tell_ledger(server)
  local text = ask(server, "/metrics")
  for _, what in ipairs { "claim", "settle" } do
    print(("  ledger %s: p99 within %s ms, p99.9 within %s ms"):format(what,
      bucket(text, "sertifier_ledger_" .. what .. "_seconds", 0.99),
      bucket(text, "sertifier_ledger_" .. what .. "_seconds", 0.999)))
  end
end

local function full_load()
  print("32 callers against an API of 50 ms; the ideal is 640/s")
  local server = start { threads = 32, vms = 40 }
  local plain = io.popen(("lua5.4 bench/nginx.lua %g plain %s"):format(seconds, server.url))
  report(load(server, 32))
  print("  a page of nginx's own beside them: p99 " .. plain:read "*a" .. " ms")
  plain:close()
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

local function lasting_load()
  print "200,000 issues by 8 callers in 8 threads: what the worker process keeps in memory"
  local server = start { threads = 8, vms = 10, latency = 0 }
  print(("  before: %d kB"):format(resident(server)))
  for tenth = 1, 10 do
    local _, times, took = load(server, 8, nil, 20000)
    print(("  after %d: %d kB; %.0f/s"):format(tenth * 20000, resident(server), #times / took))
  end
  gateway.stop()
end

if arg[2] == "plain" then
  watch_plain(arg[3])
elseif arg[2] == "memory" then
  lasting_load()
elseif arg[2] == "steady" then
  steady_load(1)
else
  full_load()
  steady_load(1)
  steady_load(2)
  lasting_load()
end
