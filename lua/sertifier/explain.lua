--- Says in words which part of a flow's entry conditions held for a record, and which did not.

local compile = require "sertifier.compile"
local core = require "sertifier.core"
local export = require "sertifier.export"
local tables = require "sertifier.export.tables"

local explain = {}

--- What a plan needs to make something of a row whose conditions hold.
explain.something = { name = "row", before = '{"row":', type = "t", required = true,
  parts = { { "1", "l" } } }

--- The truth of a row that a plan was given: "true", "false", or "unknown" and why.
function explain.truth(batch, skipped, invalid, failure)
  if failure then return "unknown", failure end
  if invalid > 0 then return "unknown", (batch:problems()[1].text:gsub("\n", "")) end
  return skipped > 0 and "false" or "true"
end

--- The truth of one test by the native plan itself.
local function test_row(node, row, now)
  local flow = { condition = node, fields = { explain.something } }
  local needs = compile.needs(flow)
  local opened = export.open(function() return row end, needs)
  local plan, message = compile.plan(flow, opened.columns, now)
  if not plan then return "unknown", message end
  local batch = core.batch()
  local _, skipped, invalid, _, failure = opened:fill(plan, batch, 1, 1)
  return explain.truth(batch, skipped, invalid, failure)
end

--- What a test reads, and what stands there: `Score__c is 78.5`.
local function seen(node, row)
  local texts = {}
  for _, name in ipairs(compile.needs { condition = node, fields = {} }) do
    if name ~= "Id" or node.field == "Id" then
      local text = tables.text_of(tables.value(row, name))
      texts[#texts + 1] = ("%s is %s"):format(name, text == "" and "empty" or text)
    end
  end
  return table.concat(texts, ", ")
end

local function join(op, a, b)
  local deciding = op == "&" and "false" or "true"
  if a == deciding or b == deciding then return deciding end
  return (a == "unknown" or b == "unknown") and "unknown" or a
end

local negations = { ["true"] = "false", ["false"] = "true", unknown = "unknown" }
local names = { ["&"] = "AND: all of", ["|"] = "OR: one of", ["-"] = "NOT" }

local function line(lines, depth, truth, text)
  lines[#lines + 1] = ("%s%-7s  %s"):format(("  "):rep(depth), truth, text)
end

local function leaf(node, context, depth)
  local truth, why = context.test(node)
  local text = node.source or (node.call and "the flow's function" or "a test")
  local more = why or seen(node, context.row)
  line(context.lines, depth, truth, more == "" and text or ("%s   (%s)"):format(text, more))
  return truth
end

local function tell(node, context, depth)
  if node.source or not names[node.op] then return leaf(node, context, depth) end
  local place = #context.lines + 1
  context.lines[place] = ""
  local truth
  for _, part in ipairs(node) do
    local one = tell(part, context, depth + 1)
    truth = truth and join(node.op, truth, one) or one
  end
  if node.op == "-" then truth = negations[truth] end
  context.lines[place] = ("%s%-7s  %s"):format(("  "):rep(depth), truth, names[node.op])
  return truth
end

--- A record's cells by name, nil where it has none; a record of an export is not a table.
local function row_of(record)
  if type(record) == "table" then return record end
  return setmetatable({}, { __index = function(_, name)
    local ok, value = pcall(function() return record[name] end)
    return ok and value or nil
  end })
end

--- Says it of what a function finds out.
-- @param flow what `flow.declare` gave
-- @param record a record of an export, or a table
-- @tparam function test gives a part's truth: "true", "false", or "unknown" and why
-- @treturn string a line for each part, the whole first
-- @treturn string the truth of the whole
function explain.by(flow, record, test)
  if not flow.condition then return "true     every record is wanted", "true" end
  local context = { row = row_of(record), test = test, lines = {} }
  local truth = tell(flow.condition, context, 0)
  return table.concat(context.lines, "\n"), truth
end

--- @param flow what `flow.declare` gave
-- @param record a record of an export, or a table
-- @tparam[opt] number now seconds since 1970
-- @treturn string a line for each part, the whole first
-- @treturn string "true", "false", or "unknown" where a cell cannot be read
function explain.condition(flow, record, now)
  local row = row_of(record)
  return explain.by(flow, row, function(node) return test_row(node, row, now) end)
end

return explain
