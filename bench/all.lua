-- Runs the benches one after another, and writes what they print to bench/RESULTS.md.
--
--     lua5.4 bench/all.lua [ROUNDS [ROWS [MOST]]]      from the top of the checkout, after `make`
--
-- ROWS are those of the exports that become request bodies (1,000,000), MOST those of the largest
-- one that is checked (10,000,000: 4.5 GB on the disk). It takes some twenty-five minutes.
package.path = "lua/?.lua;lua/?/init.lua;" .. package.path
package.cpath = "build/5.4/?.so;" .. package.cpath
local core = require "sertifier.core"
local harness = dofile "bench/harness.lua"
local version = require "sertifier.version"

local rounds, rows, most = arg[1] or "3", arg[2] or "1000000", arg[3] or "10000000"

local parts = {
  { "From an export to request bodies", "bodies.lua", rounds, rows },
  { "Where the time of issuing goes", "profile.lua" },
  { "Where it goes under LuaJIT", "profile.lua", lua = "luajit" },
  { "Where it goes with one credential a request", "profile.lua", "30000", "1", "32" },
  { "Growth", "growth.lua", rounds, most },
  { "What the parts of a flow cost", "conditions.lua", rounds, rows, plain = true },
  { "What the ledger does", "ledger.lua", plain = true },
  { "What the ledger costs", "issuing.lua", "12000", rounds, plain = true },
  { "Links to an org", "links.lua", "10000", rounds, plain = true },
  { "Issuing", "clients.lua", rounds },
}

local file = assert(io.open("bench/RESULTS.md.part", "w"))

local function say(text)
  print(text)
  io.stdout:flush()
  file:write(text, "\n")
end

local function first_line(command)
  return harness.output_of("{ " .. command .. "; } 2>&1"):match "[^\n]*"
end

local function load_now()
  return first_line "cut -d' ' -f1 /proc/loadavg"
end

--- The median time that a write takes until the disk has it, in milliseconds.
local function flush_time()
  local path, times = harness.place .. "flush", {}
  local out = assert(io.open(path, "w"))
  for i = 1, 51 do
    local began = core.elapsed()
    out:write(("x"):rep(4096))
    core.sync(out)
    times[i] = core.elapsed() - began
  end
  out:close()
  os.remove(path)
  return harness.median(times) * 1000
end

local function say_where()
  say(("- %s, %s processors, %s"):format(
    first_line "sed -n 's/^model name[^:]*: //p' /proc/cpuinfo", first_line "nproc",
    first_line "awk '/MemTotal/ { printf \"%.0f GB of memory\", $2 / 1e6 }' /proc/meminfo"))
  say(("- %s, %s"):format(first_line ". /etc/os-release && echo $PRETTY_NAME",
    first_line "uname -sr | cut -d- -f1"))
  say(("- a write is on the disk after %.1f ms (the median of 51)"):format(flush_time()))
  say(("- load when it began: %s%s"):format(load_now(), tonumber(load_now()) < 1 and ""
    or "; others worked on it: all took longer than it would alone, and not evenly so"))
end

local function say_versions()
  local found = { "sertifier " .. version }
  for _, command in ipairs { "lua5.4 -v", "luajit -v", "go version", "python3 --version",
    "node --version", "mlr --version", "jq --version", "curl --version" } do
    if harness.succeeds("command -v " .. command:match "%S+" .. " >/dev/null") then
      found[#found + 1] = first_line(command):gsub("%s+Copyright.*", ""):gsub(" %-%-.*", "")
        :gsub("^v", "Node v"):gsub("^curl (%S+).*", "libcurl %1")
    end
  end
  say("- " .. table.concat(found, "; "))
end

local function run(part)
  local command = (part.lua or "lua5.4") .. " bench/" .. table.concat(part, " ", 2)
  say(("\n## %s\n\n`%s`, load %s\n"):format(part[1], command, load_now()))
  if part.plain then say "```text" end
  local pipe = assert(io.popen(command))
  for line in pipe:lines() do say(line) end
  harness.must(pipe:close(), part[2] .. " failed")
  if part.plain then say "```" end
end

local function main()
  harness.succeeds("mkdir -p " .. harness.place)
  say "# Measured"
  say("\nWritten by `make bench`, on " .. os.date "!%Y-%m-%d" .. ".\n")
  say_where()
  say_versions()
  for _, part in ipairs(parts) do run(part) end
  file:close()
  os.rename("bench/RESULTS.md.part", "bench/RESULTS.md")
end

main()
