--- Entry conditions, in whatever form -> a tree of tests -> the steps of a native program.

local dates = require "sertifier.condition.dates"
local later = require "sertifier.later"
local sorted_keys = require "sertifier.sorted_keys"
local tests = require "sertifier.condition.tests"

-- Loaded where they are used:
local filters = later "sertifier.condition.filters"
local formula = later "sertifier.formula"
local soql = later "sertifier.condition.soql"

local condition = {}

--- `{ Field = value, ... }`: all hold.
local function from_table(values)
  local nodes = {}
  for i, name in ipairs(sorted_keys(values)) do
    local value = values[name]
    local literal, message = tests.literal(value)
    if type(name) ~= "string" then return nil, tostring(name) .. " is no field's name" end
    if not literal then return nil, ("%s: %s"):format(tostring(name), message) end
    nodes[i] = tests.compare(name, "=", literal)
    nodes[i].source = ("%s = %s"):format(name, tostring(value))
  end
  if #nodes == 0 then return nil end
  return tests.joined "&"((table.unpack or unpack)(nodes))
end

--- Compiles entry conditions.
-- @tparam string|table|function|nil when SOQL's WHERE syntax; `{ Field = value, ... }`; Flow's
--   filters `{ { field, operator, value }, ..., logic = }`; a function; nil: every record
-- @tparam[opt] string object the flow's object
-- @return the tree (condition/tests.lua), or nil: every record; or nil and a message
function condition.compile(when, object)
  if type(when) == "string" then return soql(when, object) end
  if type(when) == "table" and when[1] ~= nil then return filters(when) end
  if type(when) == "table" then return from_table(when) end
  if type(when) == "function" then return { call = when } end
  return nil
end

--- Compiles `formula = "…"`.
function condition.formula(text, object)
  local steps, message = formula.condition(text, object)
  if not steps then return nil, message end
  return { steps = steps, source = text }
end

local joins = { ["&"] = true, ["|"] = true, ["-"] = true }

--- The tests that a span of dates becomes: it is a range.
local function span_steps(node, now, add)
  local from, to = dates.span(node.span.name, node.span.n, now)
  local function step(op, text)
    add { op = op, type = "d", field = node.field, text = text }
  end
  if node.op == "=" or node.op == "!" then
    step("]", from)
    step("<", to)
    add { op = "&" }
    if node.op == "!" then add { op = "-" } end
  else
    local above = node.op == ">" or node.op == "["
    step(node.op == "[" and "<" or node.op == ">" and "]" or node.op, above and to or from)
  end
end

local function flatten(node, now, add)
  if node.span then return span_steps(node, now, add) end
  for _, step in ipairs(node.steps or {}) do add(step) end
  if node.steps or node.call then return end
  if not joins[node.op] then return add(node) end
  for i, part in ipairs(node) do
    flatten(part, now, add)
    if i > 1 then add { op = node.op } end
  end
  if node.op == "-" then add { op = "-" } end
end

--- The steps of a tree, in postfix order.
-- @param tree what `compile` gave
-- @tparam table now what `dates.moment` gives
function condition.steps(tree, now)
  local steps = {}
  if tree then flatten(tree, now, function(step) steps[#steps + 1] = step end) end
  return steps
end

return condition
