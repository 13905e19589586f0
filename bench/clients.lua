-- Measures issuing: sertifier, its ledger on the disk, beside clients of its peers without one.
--
--     lua5.4 bench/clients.lua [ROUNDS [SCALE]]      from the top of the checkout, after `make`
--
-- Each reads an export, posts what qualifies, reads the answers, and writes the links. Against them
-- stands bench/responder.c, which answers at once or after 50 ms. A time is that of the whole
-- process. The bound is what the API's latency alone allows; "libcurl alone" posts bodies that are
-- made already, and reads no answer. SCALE multiplies the number of requests.
local harness = dofile "bench/harness.lua"
local responder = dofile "bench/responder.lua"

local rounds, scale = tonumber(arg[1] or 3), tonumber(arg[2] or 1)
local place = harness.place
local ledger, links, bodies = place .. "clients.db", place .. "links.csv", place .. "clients.bodies"

harness.build "measure"
local multi = place .. "multi"
harness.must(harness.succeeds("${CC:-cc} -O2 -D_GNU_SOURCE -o " .. multi
  .. " bench/multi.c -lcurl"), "bench/multi.c cannot be built; install libcurl's headers")

local function ours(lua)
  return function(case)
    return harness.sertifier(lua, ("issue --quiet --ledger %s --write-back %s --batch-size %d"
      .. " --concurrency %d examples/course-completion.lua %s")
      :format(ledger, links, case.batch, case.at_once, case.export))
  end
end

local function peer(program)
  return function(case)
    return ("sh -c 'exec %s %s %s %d %d >%s'")
      :format(program, case.export, case.url, case.at_once, case.batch, links)
  end
end

local contenders = {
  { name = "sertifier", ready = "test -f build/5.4/sertifier/core.so", command = ours "lua5.4" },
  { name = "sertifier, LuaJIT", ready = "command -v luajit && test -f build/5.1/sertifier/core.so",
    command = ours "luajit" },
  { name = "Go: net/http", ready = "command -v go", build = harness.go,
    command = peer(place .. "go-peer") },
  { name = "Python: http.client", ready = "command -v python3",
    command = peer "python3 bench/peers/python/issuing.py" },
  { name = "Node: undici", ready = "command -v node && command -v npm", build = harness.node,
    command = peer("node " .. place .. "node/issuing.js") },
  { name = "libcurl alone", ready = "test -x " .. multi, blind = true, command = function(case)
    return ("%s %s %s/campaign/addCredentials %d"):format(multi, bodies, case.url, case.at_once)
  end },
}

-- ---- one run ----

local function clean()
  for _, ending in ipairs { "", "-wal", "-shm" } do os.remove(ledger .. ending) end
  os.remove(links)
end

local function count_links()
  return tonumber(harness.output_of("wc -l <" .. links)) - 1
end

local function measure(case)
  return function(contender)
    clean()
    local result = harness.measure(("env SERTIFIER_SECRET_KEY=%s SERTIFIER_URL=%s %s")
      :format(responder.key, case.url, contender.command(case)))
    harness.must(result.status == 0 or result.status == 2 and contender.name:find "^sertifier",
      ("%s failed: %s"):format(contender.name, contender.command(case)))
    harness.must(contender.blind or count_links() == case.issued,
      contender.name .. " did not issue all")
    return result
  end
end

-- ---- the cases ----

--- How many requests: by the hundred, what 50 ms let through in five seconds, or 100,000
-- credentials; one by one for two seconds, and less where each waits for the disk.
local function requests_of(case)
  if case.batch > 1 then return case.latency > 0 and 100 * case.at_once or 1000 end
  return case.latency > 0 and 40 * case.at_once or 200 + 40 * case.at_once
end

--- What a bare connection would take, in seconds, if the machine took no time.
local function bound(case)
  return math.ceil(math.ceil(case.issued / case.batch) / case.at_once) * case.latency / 1000
end

local function prepare(case)
  local requests = math.ceil(requests_of(case) * scale)
  case.export = harness.export("quoted", math.ceil(requests * case.batch / 2 * 3))
  harness.succeeds(harness.sertifier("lua5.4", ("check --batch-size %d --bodies %s"
    .. " examples/course-completion.lua %s"):format(case.batch, bodies, case.export))
    .. " >/dev/null 2>&1")
  case.issued = tonumber(harness.output_of(("grep -o '\"campaignId\"' %s | wc -l"):format(bodies)))
end

local function line_of(case, contender, results, go)
  local seconds = harness.median(results, "seconds")
  local share = case.latency > 0 and ("%.0f %%"):format(100 * bound(case) / seconds) or ""
  local of_go = go and ("%.2f"):format(harness.median(results, function(result, round)
    return go[round].seconds / result.seconds
  end)) or ""
  return { ("%d ms"):format(case.latency), case.batch, case.at_once, contender.name,
    ("%.0f"):format(case.issued / seconds), share, of_go,
    ("%.1f"):format(harness.median(results, "cpu") / case.issued * 1e6),
    ("%.0f"):format(harness.median(results, "peak")) }
end

local function run(case, usable)
  local measured, go = {}, nil
  for _, one in ipairs(usable) do
    if not one.blind or case.batch == 1 then measured[#measured + 1] = one end
  end
  prepare(case)
  local api = responder.start(case.latency)
  case.url = api.url
  local results = harness.rounds(rounds, measured, measure(case))
  api.stop()
  for i, one in ipairs(measured) do go = one.name:find "^Go" and results[i] or go end
  for i, one in ipairs(measured) do harness.print_row(line_of(case, one, results[i], go)) end
end

-- ---- the stand-in's own limit ----

local function print_ceiling()
  if not harness.succeeds "command -v wrk >/dev/null" then return end
  local api = responder.start(0)
  print "\nThe stand-in's own limit, by wrk, 8 connections:"
  for _, batch in ipairs { 1, 100 } do
    prepare { latency = 0, at_once = 1, batch = batch }
    local script = place .. "wrk.lua"
    local file = assert(io.open(script, "w"))
    local body = assert(io.open(bodies)):read "*l"
    file:write("wrk.method = 'POST'\nwrk.body = ", ("%q"):format(body), "\n")
    file:close()
    local told = harness.output_of(("wrk -t1 -c8 -d2s -s %s %s/campaign/addCredentials")
      :format(script, api.url)):match "Requests/sec:%s*([%d.]+)"
    print(("%.0f credentials a second in requests of %d."):format(tonumber(told) * batch, batch))
  end
  api.stop()
end

local usable = harness.usable(contenders)
print(("Issuing from an export; medians of %d rounds."):format(rounds))
harness.print_table({ "API answers after", ">credentials a request", ">requests at once", "client",
  ">credentials/s", ">of the bound", ">times Go", ">CPU µs a credential", ">peak MiB" }, {})
for _, latency in ipairs { 50, 0 } do
  for _, batch in ipairs { 1, 100 } do
    for _, at_once in ipairs { 1, 8, 32 } do
      run({ latency = latency, batch = batch, at_once = at_once }, usable)
    end
  end
end
clean()
os.remove(bodies)
print_ceiling()
