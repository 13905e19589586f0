-- What the benches share: commands, exports, contenders, rounds and tables.
local harness = { place = "build/bench/" }

-- ---- commands ----

--- Whether a command of the shell succeeds.
function harness.succeeds(command)
  local answer = os.execute(command)
  return answer == true or answer == 0 -- Lua 5.1 gives the status
end

--- What a command of the shell prints.
function harness.output_of(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read "*a"
  pipe:close()
  return text
end

--- Ends the bench where something does not hold.
function harness.must(holds, complaint)
  if holds then return holds end
  io.stderr:write("bench: ", complaint, "\n")
  os.exit(1)
end

--- Builds a program of the bench's own; gives its path.
function harness.build(name, ...)
  local path = harness.place .. name
  local made = harness.succeeds("mkdir -p " .. harness.place)
    and harness.succeeds(("${CC:-cc} -std=gnu11 -D_GNU_SOURCE -O2 -o %s bench/%s.c %s")
      :format(path, name, table.concat({ ... }, " ")))
  return harness.must(made and path, ("bench/%s.c cannot be built; install gcc"):format(name))
end

--- What a command takes: `seconds`, `cpu` seconds, `peak` MiB, `status`.
function harness.measure(command)
  local line = harness.output_of(harness.place .. "measure " .. command)
  local seconds, cpu, peak, status = line:match "^(%S+) (%S+) (%d+) (%d+)"
  return { seconds = tonumber(seconds), cpu = tonumber(cpu), peak = tonumber(peak) / 1024,
    status = tonumber(status) }
end

-- ---- exports ----

--- An export of invented contacts, made where it is not there.
function harness.export(style, rows)
  local path = ("%s%s-%d.csv"):format(harness.place, style, rows)
  local sources = "bench/make_export.lua examples/invented*.lua"
  local is_current = ('test -f %s && test -z "$(find %s -newer %s)"'):format(path, sources, path)
  local make = ("lua5.4 bench/make_export.lua %s.part %d %s && mv %s.part %s")
    :format(path, rows, style, path, path)
  harness.must(harness.succeeds(is_current) or harness.succeeds(make), "no export can be made")
  return path
end

--- The size of a file in millions of bytes.
function harness.megabytes_of(path)
  local file = assert(io.open(path, "rb"))
  local size = file:seek "end"
  file:close()
  return size / 1e6
end

-- ---- contenders ----

--- Our command under one of the Luas.
function harness.sertifier(lua, words)
  local abi = lua == "luajit" and "5.1" or "5.4"
  return ("env 'LUA_PATH=lua/?.lua;lua/?/init.lua;;' 'LUA_CPATH=build/%s/?.so;;' %s "
    .. "bin/sertifier %s"):format(abi, lua, words)
end

harness.go = "cd bench/peers/go && go build -buildvcs=false -o ../../../build/bench/go-peer ."
harness.node = "mkdir -p build/bench/node && cd build/bench/node"
  .. " && { cmp -s ../../../bench/peers/node/package-lock.json node_modules/built-from"
  .. " || { cp ../../../bench/peers/node/package*.json ../../../bench/peers/node/.npmrc ."
  .. " && npm ci --silent && cp package-lock.json node_modules/built-from; }; }"
  .. " && cp ../../../bench/peers/node/*.js ."

local function is_usable(one)
  if not harness.succeeds("(" .. one.ready .. ") >/dev/null 2>&1") then
    print(("- %s is left out: it is not here"):format(one.name))
  elseif one.build and not harness.succeeds("(" .. one.build .. ") >&2") then
    print(("- %s is left out: it cannot be built"):format(one.name))
  else
    return true
  end
end

--- Those of some contenders that can run here: each has `name`, `ready`, a test, and `build`.
function harness.usable(contenders)
  local usable = {}
  for _, one in ipairs(contenders) do
    if is_usable(one) then usable[#usable + 1] = one end
  end
  harness.must(#usable > 0, "nothing that is to be measured is here")
  return usable
end

-- ---- rounds ----

--- Measures each of a list so many times, in turns, each round beginning with another one.
-- @treturn {{...},...} for each of the list what `measure(one)` gave, by round
function harness.rounds(rounds, list, measure)
  local results = {}
  for i = 1, #list do results[i] = {} end
  for round = 1, rounds do
    for turn = 1, #list do
      local i = (round + turn) % #list + 1
      results[i][round] = measure(list[i])
    end
  end
  return results
end

local function value_of(result, value, round)
  if type(value) == "function" then return value(result, round) end
  return value and result[value] or result
end

--- The median of numbers; of what `value(result, round)` makes of results; or of their field of
-- that name.
function harness.median(results, value)
  local values = {}
  for round, result in ipairs(results) do values[round] = value_of(result, value, round) end
  table.sort(values)
  return (values[math.floor((#values + 1) / 2)] + values[math.ceil((#values + 1) / 2)]) / 2
end

-- ---- tables ----

--- Prints a row of a Markdown table.
function harness.print_row(row)
  print("| " .. table.concat(row, " | ") .. " |")
  io.stdout:flush()
end

--- Prints a table: its titles, those with a `>` in front to the right, and the rows that are known.
function harness.print_table(titles, rows)
  local names, rules = {}, {}
  for i, title in ipairs(titles) do
    names[i], rules[i] = title:gsub("^>", ""), title:find "^>" and "---:" or "---"
  end
  print ""
  harness.print_row(names)
  harness.print_row(rules)
  for _, row in ipairs(rows) do harness.print_row(row) end
end

return harness
