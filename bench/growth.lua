-- Measures how time and memory grow with an export, and how soon a small one's first request goes.
--
--     lua5.4 bench/growth.lua [ROUNDS [MOST]]      from the top of the checkout, after `make`
--
-- Exports have 10,000 rows, ten times as many, and so on up to MOST (1,000,000); those that are
-- issued, up to a tenth of it. The sandbox's stand-in answers at once.
local harness = dofile "bench/harness.lua"
local responder = dofile "bench/responder.lua"

local rounds, most = tonumber(arg[1] or 5), tonumber(arg[2] or 1000000)
local ledger = harness.place .. "growth.db"
local flow = "examples/course-completion.lua"

harness.build "measure"
local api = responder.start(0)

local function check(export)
  return harness.sertifier("lua5.4", ("check --bodies - %s %s"):format(flow, export))
end

local function issue(export)
  return ("env SERTIFIER_SECRET_KEY=%s SERTIFIER_URL=%s %s"):format(responder.key, api.url,
    harness.sertifier("lua5.4", ("issue --quiet --ledger %s %s %s"):format(ledger, flow, export)))
end

local function remove_ledger()
  for _, ending in ipairs { "", "-wal", "-shm" } do os.remove(ledger .. ending) end
end

local function sizes(last)
  local list, size = {}, 10000
  while size <= last do
    list[#list + 1] = size
    size = size * 10
  end
  return list
end

local function grow(title, last, command)
  local list, lines = sizes(last), {}
  local results = harness.rounds(rounds, list, function(size)
    remove_ledger()
    return harness.measure(command(harness.export("quoted", size)))
  end)
  for i, size in ipairs(list) do
    local seconds = harness.median(results[i], "seconds")
    lines[i] = { ("%d"):format(size), ("%.3f"):format(seconds),
      ("%.2f"):format(seconds / size * 1e6), ("%.0f"):format(harness.median(results[i], "peak")) }
  end
  harness.print_table({ title, ">seconds", ">µs a row", ">peak MiB" }, lines)
end

local function small_export()
  local path = harness.place .. "ten.csv"
  local file = assert(io.open(path, "w"))
  file:write "Id,FirstName,LastName,Email,Issue_Credential__c,Status__c,Completed_On__c\n"
  for n = 1, 10 do
    file:write(("0035g%010d,Ann,Lee %d,ann%d@example.com,true,Certified,2025-01-31\n")
      :format(n, n, n))
  end
  file:close()
  return path
end

--- Milliseconds from the start of the command's process to the first request.
local function first_request(export)
  local settings, program = issue(export):match "^(.*) (lua5%.4 .*)$"
  settings = settings:gsub("env ", "")
  remove_ledger()
  local told = harness.output_of(("export %s; exec %smeasure %s")
    :format(settings, harness.place, program))
  return (api.first() - tonumber(told:match "(%S+)\n")) * 1000
end

grow("check: rows", most, check)
grow("issue, 4 requests of 20 at once: rows", most / 10, issue)
local times = harness.rounds(4 * rounds, { small_export() }, first_request)[1]
print(("\nThe first request of an export of ten rows goes after %.1f ms, a new ledger included.")
  :format(harness.median(times)))
api.stop()
remove_ledger()
