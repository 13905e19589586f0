--- What the names in a formula mean: functions, globals, and fields.

local emitting = require "sertifier.formula.emitting"
local functions = require "sertifier.formula.functions"
local nearest = require "sertifier.nearest"
local syntax = require "sertifier.syntax"

local fail = emitting.fail

local names = {}
for name, one in pairs(functions) do
  if type(one) == "table" and one.takes then names[#names + 1] = name end
end
for name in pairs(functions.special) do names[#names + 1] = name end
table.sort(names)

local globals = {
  ["$flow.currentdate"] = { type = "d", now = "date" },
  ["$flow.currentdatetime"] = { type = "s", now = "time" },
  ["$globalconstant.true"] = { type = "b", text = "true" },
  ["$globalconstant.false"] = { type = "b", text = "false" },
  ["$globalconstant.emptystring"] = { type = "t", text = "" },
}

local function check_count(node, least, most)
  if #node >= least and #node <= most then return end
  fail(node, "%s( ) takes %s%d value%s, not %d", node.value, most > least and "at least " or "",
    least, least == 1 and "" or "s", #node)
end

local function check_call(node)
  node.value = node.value:upper()
  local special, plain = functions.special[node.value], functions[node.value]
  if special then
    check_count(node, special[1], special[2])
  elseif plain and plain.takes then
    check_count(node, #plain.takes, #plain.takes)
  else
    local near = nearest(node.value, names)
    fail(node, "there is no function %s( ) here%s", node.value,
      near and ("; did you mean %s( )?"):format(near) or "")
  end
end

--- Settles what the names of a tree mean.
local function resolve(node, object)
  if node.kind == "call" then check_call(node) end
  if node.kind == "field" then node.value = syntax.field(node.value, object) end
  if node.kind == "global" then
    local global = globals[node.value:lower()]
    if not global then fail(node, "there is no %s here", node.value) end
    for name, value in pairs(global) do node[name] = value end
  end
  for _, part in ipairs(node) do resolve(part, object) end
end

return resolve
