--- The complete proof: every point of every part, each part by processes of its own, and a table.
--
-- lua5.4 spec/prove/main.lua [N [PART...]]: N points of each part, all of them if it is 0.

local cjson = require "cjson"
local convicts = require "spec.prove.convicts"
local core = require "sertifier.core"
local parts = require "spec.prove.parts"
local prove = require "spec.prove.prove"

local wanted = tonumber(arg[1] or 0)
local only = {}
for i = 2, #arg do only[arg[i]] = true end

local function start(part, share)
  return io.popen(("%s spec/prove/shard.lua '%s' %d %d %s"):format(part.program or "lua5.4",
    part.name, share, part.shards, wanted > 0 and ("%d"):format(wanted) or ""))
end

local function take(total, pipe)
  local ok, one = pcall(cjson.decode, pipe:read "*a")
  pipe:close()
  if ok then return prove.add(total, one) end
  table.insert(total.faults, "a share of it did not come to its end")
end

local function try(part)
  local pipes, total = {}, prove.nothing()
  for share = 1, part.shards do pipes[share] = start(part, share) end
  for _, pipe in ipairs(pipes) do take(total, pipe) end
  return total
end

local form = "%-34s %7d %10d %5d %7d %8d %8d %6d %8d\n"

local function tell(name, total, seconds)
  io.write(form:format(name, total.points, total.duplicates, total.lost, total.untrue,
    total.doubted, total.settled, total.held, math.floor(seconds)))
  for i = 1, math.min(3, #total.faults) do io.write("  ", total.faults[i], "\n") end
  io.flush()
end

local function run(list)
  local sum, is_caught = prove.nothing(), true
  for _, part in ipairs(list) do
    if not next(only) or only[part.name] then
      local began = core.elapsed()
      local total = try(part)
      tell(part.name, total, core.elapsed() - began)
      prove.add(sum, total)
      is_caught = is_caught and total[part.by or "duplicates"] > 0
    end
  end
  return sum, is_caught
end

io.write((form:gsub("d", "s")):format("", "points", "duplicates", "lost", "untrue", "in doubt",
  "settled", "held", "seconds"))
local began = core.elapsed()
local sum = run(parts)
tell("all", sum, core.elapsed() - began)
io.write "\nClients that must be caught:\n"
local _, are_caught = run(convicts)
os.exit(#sum.faults == 0 and are_caught, true)
