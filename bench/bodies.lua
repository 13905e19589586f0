-- Measures file to request bodies: sertifier beside its peers, in interleaved rounds.
--
--     lua5.4 bench/bodies.lua [ROUNDS [ROWS]]      from the top of the checkout, after `make`
--
-- Needs cc and a POSIX shell. Peers use Debian's golang-go, nodejs with npm, python3, luajit (or
-- luajit2) and lua5.4 with lua-cjson, miller and jq; what is missing is said and left out. First
-- every output is compared byte by byte; then each round runs each contender once. The last three
-- make no bodies: they are what the machine takes to read the file, and to look at each byte once.
local harness = dofile "bench/harness.lua"

local rounds, rows = tonumber(arg[1] or 5), tonumber(arg[2] or 1000000)
local place = harness.place
local ours = "test -f bin/sertifier -a -f build/5.4/sertifier/core.so"

local function check(flow)
  return harness.sertifier("lua5.4", "check --bodies - " .. flow)
end

harness.build "measure"
local limits = harness.build("limits", "csrc/scan.c", "csrc/text.c")

-- Of the records some are invalid, as they should be: sertifier says so by its status.
local contenders = {
  { name = "sertifier", ready = ours, status = 2,
    command = check "examples/course-completion.lua" },
  { name = "sertifier, one field by a Lua function", ready = ours, status = 2,
    command = check "bench/peers/sertifier/one-function.lua" },
  { name = "sertifier, all by Lua functions", ready = ours, status = 2,
    command = check "bench/peers/sertifier/functions.lua" },
  { name = "Go: encoding/csv, encoding/json", ready = "command -v go", build = harness.go,
    command = place .. "go-peer" },
  { name = "LuaJIT: pure Lua, lua-cjson", ready = [[luajit -e 'require "cjson"']],
    command = "luajit bench/peers/lua/bodies.lua" },
  { name = "Python: csv, json", ready = "command -v python3",
    command = "python3 bench/peers/python/bodies.py" },
  { name = "Lua 5.4: pure Lua, lua-cjson", ready = [[lua5.4 -e 'require "cjson"']],
    command = "lua5.4 bench/peers/lua/bodies.lua" },
  { name = "Miller and jq", ready = "command -v mlr && command -v jq",
    command = "sh bench/peers/miller/bodies.sh" },
  { name = "Node: csv-parse", ready = "command -v node && command -v npm", build = harness.node,
    command = "node build/bench/node/bodies.js" },
}

local bounds = {
  { name = "*reading the file*", command = limits .. " read" },
  { name = "*reading, and a UTF-8 check*", command = limits .. " utf8" },
  { name = "*reading, and marking what matters in CSV*", command = limits .. " scan" },
}

local function check_status(contender, status, export)
  harness.must(status == 0 or status == contender.status, contender.name .. " failed on " .. export)
end

local function run_whole(contender, export, path)
  local status = harness.output_of(("%s %s >%s 2>%s.log; echo $?")
    :format(contender.command, export, path, path))
  check_status(contender, tonumber(status), export .. "; see " .. path .. ".log")
  os.remove(path .. ".log")
end

-- The first contender's bodies are the measure; a file that differs is kept to be looked at.
local function compare_outputs(usable, export)
  local expected, other = place .. "bodies.expected", place .. "bodies.other"
  run_whole(usable[1], export, expected)
  for i = 2, #usable do
    run_whole(usable[i], export, other)
    harness.must(harness.succeeds(("cmp %s %s"):format(expected, other)),
      ("the bodies of %s differ on %s"):format(usable[i].name, export))
  end
  os.remove(expected)
  os.remove(other)
end

local function measure(export)
  return function(contender)
    local result = harness.measure(contender.command .. " " .. export)
    check_status(contender, result.status, export)
    return result
  end
end

local function tell(measured, export, title)
  local results, lines = harness.rounds(rounds, measured, measure(export)), {}
  local size = harness.megabytes_of(export)
  for i, contender in ipairs(measured) do
    local seconds = harness.median(results[i], "seconds")
    local times = harness.median(results[i], function(result, round)
      return result.seconds / results[1][round].seconds
    end)
    lines[i] = { contender.name, ("%.3f"):format(seconds), ("%.0f"):format(size / seconds),
      ("%.2f"):format(times), ("%.0f"):format(harness.median(results[i], "peak")) }
  end
  harness.print_table({ ("%s, %.0f MB"):format(title, size), ">seconds", ">MB/s",
    ">times sertifier", ">peak MiB" }, lines)
end

local usable = harness.usable(contenders)
local exports = { harness.export("quoted", rows), harness.export("minimal", rows) }
for _, export in ipairs { "examples/contacts.csv", exports[1], exports[2] } do
  compare_outputs(usable, export)
end
print(("From an export of %d contacts to the bodies of the requests; the %d programs make the same"
  .. " bytes. Medians of %d rounds."):format(rows, #usable, rounds))
for _, bound in ipairs(bounds) do usable[#usable + 1] = bound end
tell(usable, exports[1], "every cell quoted")
tell(usable, exports[2], "quoted where needed")
