--- Merge fields and formulas, as pasted from Flow Builder: text -> parts of a field template.

local formula = require "sertifier.formula"
local lpeg = require "lpeg"
local syntax = require "sertifier.syntax"

local P, C, Cc, Cp, Ct = lpeg.P, lpeg.C, lpeg.Cc, lpeg.Cp, lpeg.Ct

local literal = Ct(C((1 - P "{!") ^ 1) * Cc "l")
-- A label alone needs no number behind it; in a formula it would be a text.
local close = syntax.token("}", "}")
local label = Ct(syntax.token((syntax.quoted "'" + syntax.quoted '"') * close, "a label") * Cc "c")
local merge = P "{!" * (label + Ct(formula.grammar * Cc "f" * Cp()) * close)
local grammar = Ct((literal + merge) ^ 0) * syntax.token(P(-1), "{!Field}")

local template = {}

--- A merge field's part: a cell where it is nothing but a field.
local function part_of(part, text, object, hint)
  local tree = part[1]
  if type(tree) == "string" then return part end
  if tree.kind == "field" and not tree.prior then
    return { (syntax.field(tree.value, object)), "c" }
  end
  local steps, message = formula.compile(tree, text, "t", object, hint)
  if not steps then return nil, message end
  return { steps, "f", text:sub(tree.from, tree.to - 1) }
end

--- Takes a template apart.
-- @tparam string text such as `"{!$Record.FirstName} {!UPPER(LastName)}"`
-- @tparam[opt] string object the flow's object, whose name may stand in front of a field
-- @tparam[opt] string hint "d" where the text is read as a date
-- @treturn {part,...} each `{ text, "l" }` for a literal, `{ field, "c" }` for a merge field, or
--   `{ steps, "f", source }` for a formula
-- @return nil and a message that points at the mistake
function template.parse(text, object, hint)
  local parts, message = syntax.match(grammar, text)
  if not parts then return nil, message end
  for i, part in ipairs(parts) do
    parts[i], message = part_of(part, text, object, hint)
    if not parts[i] then return nil, message end
  end
  return parts
end

local function text_of(part, values)
  local value = part[2] == "l" and part[1] or values[part[1]]
  return value == nil and "" or tostring(value)
end

--- Fills a template from a table, for values that Lua has at hand.
function template.fill(parts, values)
  if #parts == 1 then return text_of(parts[1], values) end
  local texts = {}
  for i, part in ipairs(parts) do texts[i] = text_of(part, values) end
  return table.concat(texts)
end

return template
