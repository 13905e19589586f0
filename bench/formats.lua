-- Measures file to request bodies for each kind of export beside the plain one, in turns.
--
--     lua5.4 bench/formats.lua [ROUNDS [ROWS]]      from the top of the checkout, after `make`
--
-- Needs cc, iconv and gzip. The plain one is Data Loader's; the others hold the same rows. The last
-- line is what lua-cjson alone takes to decode the JSON lines, and does nothing with them.
local harness = dofile "bench/harness.lua"

local rounds, rows = tonumber(arg[1] or 5), tonumber(arg[2] or 1000000)
local run = harness.output_of
harness.build "measure"
local plain = harness.export("quoted", rows)

local function made(name, command)
  local path = ("%sformats-%d.%s"):format(harness.place, rows, name)
  run(("test -f %s || { %s; } >%s.part && mv %s.part %s"):format(path, command, path, path, path))
  return path
end

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
local json = formats[#formats][2]
formats[#formats + 1] = { "lua-cjson alone", decodes = "lua5.4 -e 'local decode = "
  .. "require(\"cjson\").decode for line in io.lines \"" .. json .. "\" do decode(line) end'" }

local function checking(format)
  return harness.sertifier("lua5.4", ("check %s --bodies - examples/course-completion.lua %s")
    :format(format[3] or "", format[2]))
end

local function measure(format)
  local result = harness.measure(format.decodes or checking(format))
  -- Of the records some are invalid.
  harness.must(result.status == (format.decodes and 0 or 2), format[1] .. " failed")
  return result
end

local results = harness.rounds(rounds, formats, measure)

print(("%d rows, medians of %d rounds"):format(rows, rounds))
local lines, first = {}, nil
for i, format in ipairs(formats) do
  local seconds = harness.median(results[i], "seconds")
  first = first or seconds
  lines[i] = { format[1], ("%.3f"):format(seconds), ("%.0f"):format(100 * first / seconds),
    ("%.1f"):format(harness.median(results[i], "peak")) }
end
harness.print_table({ "format", ">seconds", ">% of the plain path", ">peak MiB" }, lines)
