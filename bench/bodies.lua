-- Measures file to request bodies: sertifier beside its peers, in interleaved rounds.
--
--     lua5.4 bench/bodies.lua [ROUNDS [ROWS]]      from the top of the checkout, after `make`
--
-- Needs cc and a POSIX shell. Peers use Debian's golang-go, nodejs with npm, python3, luajit (or
-- luajit2) and lua5.4 with lua-cjson; what is missing is said and left out. First every output is
-- compared byte by byte; then each round runs each contender once, beginning with another one.
local rounds, rows = tonumber(arg[1] or 5), tonumber(arg[2] or 1000000)
local place = "build/bench/"
local campaign_flow = "examples/course-completion.lua"

local contenders = {
  { name = "sertifier", ready = "test -f bin/sertifier -a -f build/5.4/sertifier/core.so",
    version = "lua5.4 -v",
    command = "env 'LUA_PATH=lua/?.lua;lua/?/init.lua;;' 'LUA_CPATH=build/5.4/?.so;;'"
      .. " lua5.4 bin/sertifier check --bodies - " .. campaign_flow,
    other_status = 2 }, -- some records are invalid, as they should be
  { name = "Go", ready = "command -v go", version = "go version",
    build = "cd bench/peers/go && go build -buildvcs=false -o ../../../build/bench/go-bodies .",
    command = place .. "go-bodies" },
  { name = "LuaJIT", ready = [[luajit -e 'require "cjson"']], version = "luajit -v",
    command = "luajit bench/peers/lua/bodies.lua" },
  { name = "Python", ready = "command -v python3", version = "python3 --version",
    command = "python3 bench/peers/python/bodies.py" },
  { name = "Lua", ready = [[lua5.4 -e 'require "cjson"']], version = "lua5.4 -v",
    command = "lua5.4 bench/peers/lua/bodies.lua" },
  { name = "Node", ready = "command -v node && command -v npm", version = "node --version",
    build = "mkdir -p build/bench/node && cd build/bench/node"
      .. " && { cmp -s ../../../bench/peers/node/package-lock.json node_modules/built-from"
      .. " || { cp ../../../bench/peers/node/package*.json ../../../bench/peers/node/.npmrc ."
      .. " && npm ci --silent && cp package-lock.json node_modules/built-from; }; }"
      .. " && cp ../../../bench/peers/node/bodies.js .",
    command = "node build/bench/node/bodies.js" },
}

local function succeeds(command)
  local answer = os.execute(command)
  return answer == true or answer == 0 -- Lua 5.1 gives the status
end

local function output_of(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read "*a"
  pipe:close()
  return text
end

local function must(holds, complaint)
  if holds then return end
  io.stderr:write("bench: ", complaint, "\n")
  os.exit(1)
end

local function is_usable(contender)
  if not succeeds("(" .. contender.ready .. ") >/dev/null 2>&1") then
    print(contender.name .. " is left out: it is not here")
  elseif contender.build and not succeeds("(" .. contender.build .. ") >&2") then
    print(contender.name .. " is left out: it cannot be built")
  else
    print(contender.name .. ": " .. output_of(contender.version .. " 2>&1"):match "[^\n]*")
    return true
  end
end

local function usable_contenders()
  local usable = {}
  for _, contender in ipairs(contenders) do
    if is_usable(contender) then usable[#usable + 1] = contender end
  end
  return usable
end

local function make_export(style)
  local path = ("%s%s-%d.csv"):format(place, style, rows)
  local sources = "bench/make_export.lua examples/invented*.lua"
  local is_current = ('test -f %s && test -z "$(find %s -newer %s)"'):format(path, sources, path)
  local make = ("lua5.4 bench/make_export.lua %s.part %d %s && mv %s.part %s")
    :format(path, rows, style, path, path)
  must(succeeds(is_current) or succeeds(make), "the export cannot be made")
  return path
end

local function is_accepted(contender, status)
  return status == 0 or status == contender.other_status
end

local function run_whole(contender, export)
  local path = place .. "bodies." .. contender.name
  local status = output_of(("%s %s >%s 2>%s.log; echo $?")
    :format(contender.command, export, path, path))
  must(is_accepted(contender, tonumber(status)),
    contender.name .. " failed on " .. export .. "; see " .. path .. ".log")
  os.remove(path .. ".log")
  return path
end

-- The first contender's bodies are the measure; a file that differs is kept to be looked at.
local function compare_outputs(usable, export)
  local expected = run_whole(usable[1], export)
  for i = 2, #usable do
    local path = run_whole(usable[i], export)
    must(succeeds(("cmp %s %s"):format(expected, path)), "the bodies differ on " .. export)
    os.remove(path)
  end
  os.remove(expected)
  print(("%s: the same bodies from all %d"):format(export, #usable))
end

local function measure(contender, export)
  local line = output_of(("%smeasure %s %s"):format(place, contender.command, export))
  local seconds, peak, status = line:match "^(%S+) %S+ (%d+) (%d+)"
  must(is_accepted(contender, tonumber(status)), contender.name .. " failed on " .. export)
  return { seconds = tonumber(seconds), peak = tonumber(peak) / 1024 }
end

local function run_rounds(usable, export)
  local results = {}
  for round = 1, rounds do
    results[round] = {}
    for turn = 1, #usable do
      local i = (round + turn) % #usable + 1
      results[round][i] = measure(usable[i], export)
    end
  end
  return results
end

local function median(results, value)
  local values = {}
  for round, result in ipairs(results) do values[round] = value(result) end
  table.sort(values)
  return (values[math.floor((rounds + 1) / 2)] + values[math.ceil((rounds + 1) / 2)]) / 2
end

local function megabytes_of(path)
  local file = assert(io.open(path, "rb"))
  local size = file:seek "end"
  file:close()
  return size / 1e6
end

local function print_table(usable, export, results)
  local size = megabytes_of(export)
  print(("\n%s: %.1f MB, medians of %d rounds\n"):format(export, size, rounds))
  local titles = "| %-9s | seconds |   MB/s | times %-9s | peak MiB |"
  print(titles:format("", usable[1].name))
  print "| --------- | ------: | -----: | --------------: | -------: |"
  for i, contender in ipairs(usable) do
    local seconds = median(results, function(result) return result[i].seconds end)
    local ratio = median(results, function(result) return result[i].seconds / result[1].seconds end)
    local peak = median(results, function(result) return result[i].peak end)
    local line = "| %-9s | %7.3f | %6.0f | %15.2f | %8.1f |"
    print(line:format(contender.name, seconds, size / seconds, ratio, peak))
  end
end

must(succeeds("mkdir -p " .. place), "build/ cannot be written")
must(succeeds("${CC:-cc} -std=gnu11 -O2 -o " .. place .. "measure bench/measure.c"),
  "bench/measure.c cannot be built; install gcc")
local usable = usable_contenders()
must(#usable > 0, "neither sertifier nor any of its peers is here")
local exports = { make_export "quoted", make_export "minimal" }
for _, export in ipairs { "examples/contacts.csv", exports[1], exports[2] } do
  compare_outputs(usable, export)
end
for _, export in ipairs(exports) do
  print_table(usable, export, run_rounds(usable, export))
end
