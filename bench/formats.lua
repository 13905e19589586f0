-- Measures file to request bodies for each kind of export beside the plain one, in turns.
--
--     lua5.4 bench/formats.lua [ROUNDS [ROWS]]      from the top of the checkout, after `make`
--
-- Needs cc, iconv and gzip. The plain one is Data Loader's; the others hold the same rows. The last
-- line is what lua-cjson alone takes to decode the JSON lines, and does nothing with them.
local rounds, rows = tonumber(arg[1] or 5), tonumber(arg[2] or 1000000)
local place = "build/bench/"
local plain = ("%squoted-%d.csv"):format(place, rows)

local function run(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read "*a"
  pipe:close()
  return text
end

local function made(name, command)
  local path = ("%sformats-%d.%s"):format(place, rows, name)
  run(("test -f %s || { %s; } >%s.part && mv %s.part %s"):format(path, command, path, path, path))
  return path
end

run "mkdir -p build/bench && ${CC:-cc} -std=gnu11 -O2 -o build/bench/measure bench/measure.c"
run(("test -f %s || lua5.4 bench/make_export.lua %s %d quoted"):format(plain, plain, rows))
local unmarked = "tail -c +4 " .. plain

local formats = {
  { "Data Loader", plain },
  { "Bulk API", made("bulk.csv", unmarked) },
  { "Bulk API, 10 pages", made("pages.csv",
    ("head -1 %s | tail -c +4 >build/bench/header; %s | awk -v n=%d '{ print } NR %% n == 0 "
      .. "{ while ((getline line < \"build/bench/header\") > 0) print line; "
      .. "close(\"build/bench/header\") }'"):format(plain, unmarked, math.floor(rows / 5))) },
  { "sf data query", made("sf.csv", ("lua5.4 bench/make_export.lua /dev/stdout %d minimal")
    :format(rows)) },
  { "report, semicolons", made("report.csv", unmarked .. " | sed 's/\",\"/\";\"/g'"),
    "--format report" },
  { "Windows-1252", made("1252.csv", unmarked .. " | iconv -c -f UTF-8 -t WINDOWS-1252"),
    "--encoding windows-1252" },
  { "UTF-16", made("utf16.csv", unmarked .. " | iconv -f UTF-8 -t UTF-16") },
  { "gzip", made("csv.gz", "gzip -c " .. plain) },
  { "JSON lines",
    made("jsonl", ("lua5.4 bench/make_export.lua /dev/stdout %d json"):format(rows)) },
}
local lines = formats[#formats][2]
formats[#formats + 1] = { "lua-cjson alone", decodes = "lua5.4 -e 'local decode = "
  .. "require(\"cjson\").decode for line in io.lines \"" .. lines .. "\" do decode(line) end'" }

local function checking(format)
  return ("lua5.4 bin/sertifier check %s --bodies - examples/course-completion.lua %s")
    :format(format[3] or "", format[2])
end

local function measure(format)
  local line = run("env 'LUA_PATH=lua/?.lua;lua/?/init.lua;;' 'LUA_CPATH=build/5.4/?.so;;' "
    .. "build/bench/measure " .. (format.decodes or checking(format)))
  local seconds, peak, status = line:match "^(%S+) %S+ (%d+) (%d+)"
  -- Of the records some are invalid.
  assert(status == (format.decodes and "0" or "2"), format[1] .. " failed: " .. line)
  return tonumber(seconds), tonumber(peak) / 1024
end

local results = {}
for round = 1, rounds do
  for turn = 1, #formats do
    local i = (round + turn) % #formats + 1
    local seconds, peak = measure(formats[i])
    results[i] = results[i] or { peak = 0 }
    table.insert(results[i], seconds)
    results[i].peak = math.max(results[i].peak, peak)
  end
end

print(("%d rows, medians of %d rounds\n"):format(rows, rounds))
print "| format             | seconds | % of the plain path | peak MiB |"
print "| ------------------ | ------: | ------------------: | -------: |"
local first
for i, format in ipairs(formats) do
  table.sort(results[i])
  local seconds = results[i][math.ceil(rounds / 2)]
  first = first or seconds
  print(("| %-18s | %7.3f | %19.0f | %8.1f |")
    :format(format[1], seconds, 100 * first / seconds, results[i].peak))
end
