--- A flow as a query: the fields that it reads, and of its conditions what SOQL can say.
--
-- The flow looks at every record again, so the query may give more than is wanted, never less. What
-- is not exactly the same in the org is left out: dates that are counted from today (the org's day
-- is its user's), negations, formulas and functions.

local compile = require "sertifier.compile"

local soql = {}

local operators = { ["="] = "=", ["!"] = "!=", ["<"] = "<", ["["] = "<=", [">"] = ">",
  ["]"] = ">=" }

local function quoted(text)
  return "'" .. text:gsub("[\\']", "\\%0"):gsub("\n", "\\n"):gsub("\r", "\\r") .. "'"
end

--- A pattern of LIKE has escapes of its own, which are SOQL's already.
local function pattern_of(text)
  local parts = {}
  for escape, c in text:gmatch "(\\?)(.[\128-\191]*)" do
    parts[#parts + 1] = escape ~= "" and c:find "[\\%%_]" and escape .. c or quoted(c):sub(2, -2)
  end
  return "'" .. table.concat(parts) .. "'"
end

local function literal_of(node)
  if node.type == "0" then return "NULL" end
  if node.type == "b" then return node.text:upper() end
  if node.type == "n" or node.type == "d" then return node.text end
  return quoted(node.text)
end

local function test_of(node)
  if node.op == "~" then return ("%s LIKE %s"):format(node.field, pattern_of(node.text)) end
  if node.op == ";" then return ("%s INCLUDES (%s)"):format(node.field, quoted(node.text)) end
  local operator = operators[node.op]
  return operator and ("%s %s %s"):format(node.field, operator, literal_of(node))
end

local where_of

local function all_of(node)
  local parts = {}
  for _, part in ipairs(node) do parts[#parts + 1] = where_of(part) end
  return #parts > 0 and table.concat(parts, " AND ") or nil
end

-- SOQL refuses AND beside OR without parentheses.
local function any_of(node)
  local parts = {}
  for i, part in ipairs(node) do
    parts[i] = where_of(part)
    if not parts[i] then return nil end
    if part.op == "&" then parts[i] = "(" .. parts[i] .. ")" end
  end
  return "(" .. table.concat(parts, " OR ") .. ")"
end

--- What holds for every record that a condition holds for; nil: nothing that SOQL can say.
function where_of(node)
  if node.op == "&" then return all_of(node) end
  if node.op == "|" then return any_of(node) end
  if node.span or node.steps or node.call or node.op == "-" then return nil end
  return node.type and test_of(node)
end

local function fields_of(flow, more, level)
  local fields, seen = {}, {}
  local function add(name)
    if type(name) ~= "string" or not name:find "^%a[%w_.]*$" then
      local shown = type(name) == "string" and ("%q"):format(name) or tostring(name)
      error(("soql: %s is a label, not a field's API name"):format(shown), level + 3)
    end
    if not seen[name:lower()] then fields[#fields + 1] = name end
    seen[name:lower()] = true
  end
  add "Id"
  for _, name in ipairs(compile.needs(flow)) do add(name) end
  for _, name in ipairs(more or {}) do add(name) end
  return fields
end

--- The query of a flow.
-- @param flow what `flow.declare` gave
-- @tparam[opt] {string,...} more fields
-- @tparam number level whose line an error names, as for `error`
-- @tparam[opt] string since only what was changed from this date-time on, the oldest first
-- @treturn string; an error names what the flow lacks
function soql.of(flow, more, level, since)
  if not flow.object then error("soql: the flow must say its `object`", level + 1) end
  if more and type(more) ~= "table" then
    error("soql: a list of fields is expected, got " .. type(more), level + 1)
  end
  -- The other triggers have to see records for which the condition does not hold.
  local where = flow.trigger == "meets" and flow.condition and where_of(flow.condition)
  local tests = { where or nil }
  if since then tests[#tests + 1] = "SystemModstamp >= " .. since end
  return ("SELECT %s FROM %s%s%s"):format(table.concat(fields_of(flow, more, level), ", "),
    flow.object, #tests > 0 and " WHERE " .. table.concat(tests, " AND ") or "",
    since and " ORDER BY SystemModstamp, Id" or "")
end

return soql
