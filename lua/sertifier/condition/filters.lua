--- Flow's own form: a list of filters and the logic between them -> a tree of tests.

local did_you_mean = require "sertifier.did_you_mean"
local lpeg = require "lpeg"
local sorted_keys = require "sertifier.sorted_keys"
local syntax = require "sertifier.syntax"
local tests = require "sertifier.condition.tests"

local token, word, V = syntax.token, syntax.word, lpeg.V

local function is_date(text)
  return text:find "^%d%d%d%d%-%d%d%-%d%d$"
    or text:find "^%d%d%d%d%-%d%d%-%d%dT[%d:.]+[Z+-][%d:]*$"
end

--- A Lua value as a literal; a text that is a date is one.
local function literal_of(value)
  local literal, message = tests.literal(value)
  if literal and literal.type == "t" and is_date(literal.text) then literal.type = "d" end
  return literal, message
end

local function comparing(op)
  return function(field, value)
    local literal, message = literal_of(value)
    if not literal then return nil, message end
    return tests.compare(field, op, literal)
  end
end

--- A text as part of a LIKE.
local function matching(before, behind)
  return function(field, value)
    if type(value) ~= "string" or value == "" then return nil, "a text is expected" end
    if tests.names(value) then return nil, "a text is expected, got " .. value end
    local text = before .. value:gsub("[\\%%_]", "\\%0") .. behind
    return { op = "~", type = "t", field = field, text = text }
  end
end

local operators = {
  EqualTo = comparing "=", NotEqualTo = comparing "!", GreaterThan = comparing ">",
  LessThan = comparing "<", GreaterThanOrEqualTo = comparing "]", LessThanOrEqualTo = comparing "[",
  StartsWith = matching("", "%"), EndsWith = matching("%", ""), Contains = matching("%", "%"),
}

local function yes_or_no(make)
  return function(field, value)
    value = tests.plain(value)
    if value == nil then value = true end
    if type(value) ~= "boolean" then return nil, "true or false is expected" end
    return make(field, value)
  end
end

operators.IsNull = yes_or_no(function(field, value)
  return { op = value and "=" or "!", type = "0", field = field, text = "" }
end)

--- Never of a record that is new; texts differ in their case too.
operators.IsChanged = yes_or_no(function(field, value)
  local steps = { { op = "c", type = "b", known = true },
    { op = "c", type = "t", field = field }, { op = "c", type = "t", field = field, prior = true },
    { op = "f", text = "=t" }, { op = "-" }, { op = "&" } }
  if not value then steps[#steps + 1] = { op = "-" } end
  return { steps = steps }
end)

local names = sorted_keys(operators)

local function filter(one, n)
  local field, operator, value = one[1], one[2], one[3]
  if type(field) ~= "string" or type(operator) ~= "string" then
    return nil, ("condition %d: { field, operator, value } is expected"):format(n)
  end
  if not operators[operator] then
    return nil, ("condition %d: the Start element has no operator %s%s"):format(n, operator,
      did_you_mean(operator, names, ": it has " .. table.concat(names, ", ")))
  end
  local node, message = operators[operator](field:gsub("^{?!?%$[Rr]ecord%.", ""):gsub("}$", ""),
    value)
  if not node then return nil, ("condition %d: %s: %s"):format(n, operator, message) end
  node.source = ("%s %s %s"):format(field, operator, tostring(value))
  return node
end

-- ---- the logic ----

local number = token(lpeg.C(lpeg.R "09" ^ 1), "a condition's number") * lpeg.Carg(2)
  / function(digits, filters)
    local n = tonumber(digits)
    filters.used[n] = true
    return filters[n] or { missing = n }
  end

local grammar = lpeg.P {
  "whole",
  whole = V "either" * token(-1, "the end"),
  either = V "both" * (word "OR" * V "both") ^ 0 / tests.joined "|",
  both = V "one" * (word "AND" * V "one") ^ 0 / tests.joined "&",
  one = word "NOT" * V "one" / tests.negated
    + token("(", "(") * V "either" * token(")", ")") + number,
}

local function check_used(nodes)
  for n in pairs(nodes.used) do
    if not nodes[n] then return nil, ("logic: there is no condition %d"):format(n) end
  end
  for n in ipairs(nodes) do
    if not nodes.used[n] then return nil, ("logic: condition %d is not in it"):format(n) end
  end
  return true
end

local function by_logic(nodes, logic)
  local lower = logic:lower()
  if lower == "and" or lower == "or" then
    return tests.joined(lower == "and" and "&" or "|")((table.unpack or unpack)(nodes))
  end
  nodes.used = {}
  local tree, message = syntax.match(grammar, logic, nodes)
  if not tree then return nil, "logic: " .. message end
  local ok, why = check_used(nodes)
  if not ok then return nil, why end
  return tree
end

--- @tparam {table,...} filters each `{ field, operator, value }`; `logic` beside them is "and" (if
--   not said), "or", or numbers: "1 AND (2 OR 3)"
-- @return the tree; or nil and a message
return function(filters)
  local nodes = {}
  for n, one in ipairs(filters) do
    local node, message = filter(type(one) == "table" and one or {}, n)
    if not node then return nil, message end
    nodes[n] = node
  end
  if filters.logic ~= nil and type(filters.logic) ~= "string" then
    return nil, "logic: a text such as 1 AND (2 OR 3) is expected"
  end
  return by_logic(nodes, filters.logic or "and")
end
