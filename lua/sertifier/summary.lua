--- The counts of a run, and its problems, grouped.

local summary = {}
summary.__index = summary

--- The seven ends of a record, in the order in which they are told.
summary.outcomes = { "skipped", "invalid", "issued", "already_issued", "rejected", "in_doubt",
  "not_attempted" }

local most_lines = 5
local most_groups = 100

--- An empty summary.
function summary.new()
  local self = { read = 0, requests = 0, seconds = 0, problems = {}, notes = {},
    changed = 0, left_out = {}, warnings = {} }
  for _, outcome in ipairs(summary.outcomes) do self[outcome] = 0 end
  return setmetatable(self, summary)
end

--- Counts records of one outcome.
function summary:count(outcome, records)
  self[outcome] = self[outcome] + records
end

local function group_of(self, outcome, export, text)
  for _, group in ipairs(self.problems) do
    if group.outcome == outcome and group.export == export and group.text == text then
      return group
    end
  end
  local group = { outcome = outcome, export = export, text = text, count = 0, lines = {} }
  self.problems[#self.problems + 1] = group
  return group
end

--- Notes a problem of one record; those with the same words stand together.
-- @tparam string outcome one of `summary.outcomes`
-- @tparam string export the export's name
-- @tparam number line of the record; the first few of a group are kept
-- @tparam string text what is wrong, without a person's data
-- @tparam[opt] string id of the record, where nobody knows it by its line
function summary:problem(outcome, export, line, text, id)
  local full = #self.problems >= most_groups
  local group = group_of(self, outcome, export, full and "other problems" or text)
  group.count = group.count + 1
  if #group.lines == most_lines then return end
  group.lines[#group.lines + 1] = line
  if not id or id == "" then return end
  group.ids = group.ids or {}
  group.ids[#group.lines] = id
end

--- Where the records of a group are: `contacts.csv:69, 171 and 12 more`, or `record:0035g…`.
-- @tparam table group one of `problems`
function summary.where(group)
  local list, ids, more = {}, group.ids or {}, group.count - #group.lines
  for i, line in ipairs(group.lines) do list[i] = ids[i] or ("%d"):format(line) end
  return ("%s:%s%s"):format(group.export, table.concat(list, ", "),
    more > 0 and (" and %d more"):format(more) or "")
end

--- The exit status that the counts call for.
-- @treturn number as the README lists them
function summary:status()
  if self.void then return 1 end
  if self.not_attempted > 0 or self.stopped then return 4 end
  if self.in_doubt > 0 then return 3 end
  if self.invalid + self.rejected + (self.unwritten or 0) > 0 then return 2 end
  return 0
end

return summary
