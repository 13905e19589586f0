--- Merge fields and formulas, as pasted from Flow Builder: text -> parts of a field template.

local later = require "sertifier.later"
local lpeg = require "lpeg"
local syntax = require "sertifier.syntax"

local formula = later "sertifier.formula"

local P, C, Cc, Cp, Ct = lpeg.P, lpeg.C, lpeg.Cc, lpeg.Cp, lpeg.Ct

local literal = Ct(C((1 - P "{!") ^ 1) * Cc "l")

-- ---- fields and nothing else, as in most templates ----

local constant = syntax.keyword "TRUE" + syntax.keyword "FALSE" + syntax.keyword "NULL"
local path = P "$" * syntax.keyword "Record" * "." * syntax.path + (syntax.path - constant)
local field = P "{!" * syntax.token(path) * syntax.token "}"
local plain = Ct((literal + Ct(field * Cc "p")) ^ 0) * -1

-- ---- all of them ----

--- The whole grammar, made when a template needs it: that of formulas takes longer to make than
-- most templates to read.
local function make_grammar()
  local close = syntax.token("}", "}")
  -- A label alone needs no number behind it; in a formula it would be a text.
  local label = Ct(syntax.token((syntax.quoted "'" + syntax.quoted '"') * close, "a label")
    * Cc "c")
  local merge = P "{!" * (label + Ct(formula.grammar * Cc "f" * Cp()) * close)
  return Ct((literal + merge) ^ 0) * syntax.token(P(-1), "{!Field}")
end

local grammar

local function match(text)
  local parts = plain:match(text)
  if parts then return parts end
  grammar = grammar or make_grammar()
  return syntax.match(grammar, text)
end

local template = {}

--- A merge field's part: a cell where it is nothing but a field.
local function part_of(part, text, object, hint)
  local tree = part[1]
  if part[2] == "p" then return { syntax.field(tree, object), "c" } end
  if type(tree) == "string" then return part end
  if tree.kind == "field" and not tree.prior then
    return { syntax.field(tree.value, object), "c" }
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
  local parts, message = match(text)
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
