--- What `sertifier issue` says at its end: twelve lines at the most, what to do next as the last.

local summaries = require "sertifier.summary"

local ending = {}

local most = 12

local told = { { "issued", "issued" }, { "already_issued", "issued earlier" },
  { "skipped", "skipped: the conditions do not hold" }, { "invalid", "invalid" },
  { "rejected", "rejected by Sertifier" }, { "in_doubt", "in doubt" },
  { "not_attempted", "not attempted" } }

local words = {}
for _, one in ipairs(told) do words[one[1]] = one[2] end

local function plural(count, word)
  return ("%d %s%s"):format(count, word, count == 1 and "" or "s")
end

--- The first of some lines, and how many more there are.
local function first_of(list, label)
  if #list == 0 then return nil end
  return label .. list[1] .. (#list > 1 and ("; and %d more"):format(#list - 1) or "")
end

-- ---- what was read, and what became of it ----

local function counts_of(summary)
  local parts = {}
  for _, one in ipairs(told) do
    local count = summary[one[1]]
    if count > 0 then parts[#parts + 1] = ("%d %s"):format(count, one[2]) end
  end
  return ("%s read in %.2f s: %s"):format(plural(summary.read, "record"), summary.seconds,
    #parts > 0 and table.concat(parts, ", ") or "none")
end

local function head_of(summary)
  local descriptions, left_out, lines = {}, {}, {}
  for _, export in ipairs(summary.exports) do
    descriptions[#descriptions + 1] = export.description
    for _, what in ipairs(export.left_out) do left_out[#left_out + 1] = what end
  end
  lines[#lines + 1] = first_of(descriptions, "")
  if #left_out > 0 then lines[#lines + 1] = "left out: " .. table.concat(left_out, ", ") end
  lines[#lines + 1] = first_of(summary.warnings, "warning: ")
  lines[#lines + 1] = counts_of(summary)
  return lines
end

-- ---- problems ----

--- `invalid: contacts.csv:69: …`
local function group_line(group)
  return ("%s: %s: %s"):format(words[group.outcome], summaries.where(group), group.text)
end

--- The largest first; those of one size as they came.
local function sorted(groups)
  local list, place = {}, {}
  for i, group in ipairs(groups) do list[i], place[group] = group, i end
  table.sort(list, function(a, b)
    if a.count ~= b.count then return a.count > b.count end
    return place[a] < place[b]
  end)
  return list
end

local function left_line(kinds, records)
  return ("and %s of problem, with %s: --rejects FILE.csv gives every record and its reason")
    :format(kinds == 1 and "1 more kind" or ("%d more kinds"):format(kinds),
      plural(records, "record"))
end

--- As many groups as there is room for; the last line says how much is not shown.
local function group_lines(summary, room)
  local list, lines, left = sorted(summary.problems), {}, 0
  local shown = #list <= room and #list or room - 1
  for i, group in ipairs(list) do
    if i <= shown then lines[i] = group_line(group) else left = left + group.count end
  end
  if shown < #list then lines[#lines + 1] = left_line(#list - shown, left) end
  return lines
end

-- ---- what to do next ----

local function quoted(text)
  if text:find "^[%w_./:=@%%+,-]+$" then return text end
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local carried = { "campaign", "when", "map", "once_per", "ledger" }

--- The same command for the rejects.
local function again_with(args)
  local parts = { "sertifier issue" }
  for _, name in ipairs(args.files) do
    if name:find "%.lua$" then parts[2] = parts[2] or quoted(name) end
  end
  parts[#parts + 1] = quoted(args.rejects)
  for _, name in ipairs(carried) do
    local values = args[name]
    for _, value in ipairs(type(values) == "table" and values or { values }) do
      parts[#parts + 1] = ("--%s %s"):format(name:gsub("_", "-"), quoted(value))
    end
  end
  return table.concat(parts, " ") .. (args.two_phase and " --two-phase" or "")
end

local function after_faults(summary, args)
  if (summary.rejects or 0) > 0 then
    return ("next: correct %s, then: %s"):format(args.rejects, again_with(args))
  end
  return "next: correct these records and run the same again: it sends only what is not issued "
    .. "yet; --rejects FILE.csv gives them as a file"
end

local function next_lines(summary, args)
  local lines = {}
  if summary.void then return lines end
  if summary.in_doubt > 0 then
    lines[1] = "next: sertifier resolve"
      .. (args.ledger and " --ledger " .. quoted(args.ledger) or "")
      .. " asks Sertifier about what is in doubt, which is never sent again by itself"
  end
  if summary.invalid + summary.rejected > 0 then
    lines[#lines + 1] = after_faults(summary, args)
  elseif summary.not_attempted > 0 and not summary.stopped then
    lines[#lines + 1] = "next: the same again goes on with what was not attempted"
  end
  return lines
end

local function files_of(summary, args)
  local parts = {}
  if args.write_back and not summary.void then
    local written = summary.written
    parts[1] = "links: " .. (written and ("%d written to Salesforce"):format(written)
      or args.write_back)
  end
  if (summary.rejects or 0) > 0 then
    parts[#parts + 1] = ("rejects: %s (%s)"):format(args.rejects, plural(summary.rejects, "record"))
  end
  return #parts > 0 and table.concat(parts, ", ") or nil
end

local function tail_of(summary, args)
  local lines = {}
  lines[1] = first_of(summary.notes, "")
  if summary.stopped then lines[#lines + 1] = "stopped: " .. summary.stopped end
  lines[#lines + 1] = files_of(summary, args)
  for _, line in ipairs(next_lines(summary, args)) do lines[#lines + 1] = line end
  return lines
end

--- Says how a run ended.
-- @tparam table summary of all exports
-- @tparam table args of the command line
-- @treturn {string,...} at most twelve lines
function ending.lines(summary, args)
  local lines, tail = head_of(summary), tail_of(summary, args)
  for _, line in ipairs(group_lines(summary, most - #lines - #tail)) do lines[#lines + 1] = line end
  for _, line in ipairs(tail) do lines[#lines + 1] = line end
  return lines
end

return ending
