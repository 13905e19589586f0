-- Tells what holds issuing where the API is no limit: each part's share of a run.
--
--     lua5.4 bench/profile.lua [ROWS [SIZE [AT_ONCE]]]      from the top, after `make`; or luajit
--
-- Requests of SIZE credentials (100), AT_ONCE (8), go to what answers at once. "wall" beyond "CPU"
-- is waiting: for the disk in claims and settlements, for answers in transfers.
package.path = "lua/?.lua;lua/?/init.lua;" .. package.path
package.cpath = "build/" .. (rawget(_G, "jit") and "5.1" or _VERSION:match "%d%.%d") .. "/?.so;"
  .. package.cpath
local core = require "sertifier.core"
local harness = dofile "bench/harness.lua"
local responder = dofile "bench/responder.lua"
local sertifier = require "sertifier"

local parts, running = {}, {}

local function now()
  return { wall = core.elapsed(), cpu = os.clock() }
end

--- What is spent inside other parts that are measured is theirs.
local function note(part, began)
  local ended, inner = now(), table.remove(running)
  local outer = running[#running]
  for _, clock in ipairs { "wall", "cpu" } do
    local spent = ended[clock] - began[clock]
    part[clock] = part[clock] + spent - inner[clock]
    if outer then outer[clock] = outer[clock] + spent end
  end
end

local function watched(part, call)
  return function(...)
    local began = now()
    running[#running + 1] = { wall = 0, cpu = 0 }
    local a, b, c, d = call(...)
    note(part, began)
    return a, b, c, d
  end
end

local function watch(name, module, ...)
  local part = { name = name, wall = 0, cpu = 0 }
  parts[#parts + 1] = part
  for _, method in ipairs { ... } do module[method] = watched(part, module[method]) end
end

local ledger = require "sertifier.ledger"
watch("reading and mapping", require "sertifier.reading", "refill")
watch("ledger: looking up", ledger, "look_up")
watch("ledger: claiming", ledger, "claim")
watch("requests", require "sertifier.adding", "send")
watch("transfers", require "sertifier.api", "poll", "start")
watch("answers: reading", core, "answer")
watch("answers: matching", require "sertifier.landing", "read")
watch("ledger: settling, and claiming ahead", ledger, "settle_and_claim")
watch("counts and links", require "sertifier.landing", "settle")

local export = harness.export("quoted", tonumber(arg[1] or 60000))
local path, links = harness.place .. "profile.db", harness.place .. "profile.links"
local key_file = harness.place .. "profile.key"
local file = assert(io.open(key_file, "w"))
file:write(responder.key)
file:close()
harness.succeeds("chmod 600 " .. key_file)

local api = responder.start(0)
local client = assert(sertifier.client { url = api.url, key_file = key_file })
local summary = assert(dofile "examples/course-completion.lua":run { export = export,
  client = client, ledger = path, write_back = links, batch_size = tonumber(arg[2] or 100),
  concurrency = tonumber(arg[3] or 8) })
client:close()
api.stop()
for _, name in ipairs { path, path .. "-wal", path .. "-shm", links, key_file } do
  os.remove(name)
end

print(("%d credentials issued in %.1f s; µs for each of them:"):format(summary.issued,
  summary.seconds))
local lines = {}
for i, part in ipairs(parts) do
  lines[i] = { part.name, ("%.1f"):format(part.wall / summary.issued * 1e6),
    ("%.1f"):format(part.cpu / summary.issued * 1e6) }
end
harness.print_table({ rawget(_G, "jit") and "LuaJIT" or _VERSION, ">wall", ">CPU" }, lines)
