--- What the commands tell: texts and times, counts and problems.

local cjson = require "cjson"
local core = require "sertifier.core"
local summaries = require "sertifier.summary"

local telling = {}

--- Text as JSON; keys are full of slashes, which need no escape.
function telling.quote(text)
  return (cjson.encode(text):gsub("\\/", "/"))
end

--- A time in UTC, from seconds since 1970.
function telling.time(seconds)
  return os.date("!%Y-%m-%d %H:%M:%S UTC", math.floor(seconds))
end

local spans = { { 86400, "day" }, { 3600, "hour" }, { 60, "minute" }, { 1, "second" } }

--- How long ago a time was, in the largest unit that fits: `3 hours`.
function telling.age(seconds)
  local past = math.max(0, core.now() - seconds)
  for _, span in ipairs(spans) do
    local count = math.floor(past / span[1])
    if count > 0 then return ("%d %s%s"):format(count, span[2], count > 1 and "s" or "") end
  end
  return "less than a second"
end

telling.doubt_help = [[

Look these up in Sertifier, then say for each:
  sertifier resolve --drop KEY     it was issued: it is never sent again
  sertifier resolve --release KEY  it was not: the next run may send it
]]

--- Adds what is to be said of one run's export.
local function add_export(total, one)
  total.exports = total.exports or {}
  table.insert(total.exports, { description = one.description, left_out = one.left_out,
    warnings = one.warnings })
  for _, warning in ipairs(one.warnings) do table.insert(total.warnings, warning) end
end

--- Adds one run's counts to another's.
function telling.add(total, one)
  for name, value in pairs(one) do
    if type(value) == "number" then total[name] = (total[name] or 0) + value end
  end
  for _, group in ipairs(one.problems) do total.problems[#total.problems + 1] = group end
  for _, note in ipairs(one.notes) do total.notes[#total.notes + 1] = note end
  add_export(total, one)
  total.stopped = total.stopped or one.stopped
  total.void = one.void and total.issued + total.already_issued == 0
end

--- The counts as one JSON object, in the order in which the README lists them.
function telling.json(summary, names)
  local parts = {}
  for i, name in ipairs(names) do
    local form = name == "seconds" and '"%s":%.3f' or '"%s":%d'
    parts[i] = form:format(name, summary[name])
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

local words = { skipped = "the conditions do not hold", invalid = "invalid",
  would_issue = "would be issued", known = "of these the ledger has" }

--- What was found in each export, and what is odd about it.
function telling.tell_exports(summary)
  for _, export in ipairs(summary.exports) do
    if export.description then io.stderr:write(export.description, "\n") end
    for _, what in ipairs(export.left_out) do io.stderr:write("left out: ", what, "\n") end
    for _, warning in ipairs(export.warnings) do io.stderr:write("warning: ", warning, "\n") end
  end
end

--- The counts in words, a line each; what is 0 is left out.
function telling.tell_counts(summary, outcomes)
  io.stderr:write(("%8d record%s read in %.2f s\n"):format(summary.read,
    summary.read == 1 and "" or "s", summary.seconds))
  for _, outcome in ipairs(outcomes) do
    if summary[outcome] > 0 then
      io.stderr:write(("%8d %s\n"):format(summary[outcome], words[outcome]))
    end
  end
end

--- The problems, by outcome: where they are, and what is wrong.
function telling.tell_problems(summary)
  for _, outcome in ipairs(summaries.outcomes) do
    local told = false
    for _, group in ipairs(summary.problems) do
      if group.outcome == outcome then
        if not told then io.stderr:write("\n", words[outcome], ":\n") end
        told = true
        io.stderr:write(("  %s: %s\n"):format(summaries.where(group), group.text))
      end
    end
  end
end

return telling
