--- Merge fields, as pasted from Flow Builder: text -> parts of a field template.

local lpeg = require "lpeg"
local P, S, C, Cp, Ct, Cc = lpeg.P, lpeg.S, lpeg.C, lpeg.Cp, lpeg.Ct, lpeg.Cc

local space = S " \t" ^ 0
-- Letters of any script: a column's name may be a label in the user's language.
local word = (1 - S "{}.!$()'\",+-*/&|=<>\\ \t\r\n") ^ 1
local path = C(word * ("." * word) ^ 0)
local record = (P "$Record." + "$record.") ^ -1
local literal = C((1 - P "{!") ^ 1) * Cc "l"
local merge = "{!" * space * record * path * space * "}" * Cc "c"

local part = Ct(literal + merge)
local grammar = Ct(part ^ 0) * Cp()

local template = {}

--- The field's name without the object in front: `Contact.Email` of a Contact is `Email`.
local function without_object(name, object)
  local head, rest = name:match "^([^.]+)%.(.+)$"
  return object and head and head:lower() == object:lower() and rest or name
end

--- Takes a template apart.
-- @tparam string text such as `"{!$Record.FirstName} {!LastName}"`
-- @tparam[opt] string object the flow's object, whose name may stand in front of a field
-- @treturn {part,...} each `{ text, "l" }` for a literal or `{ field, "c" }` for a merge field
-- @return nil and a message where a merge field is not closed or is no field's name
function template.parse(text, object)
  local parts, stop = grammar:match(text)
  if stop <= #text then
    return nil, ("%q: after %d characters comes no merge field such as {!LastName}")
      :format(text, stop - 1)
  end
  for _, one in ipairs(parts) do
    if one[2] == "c" then one[1] = without_object(one[1], object) end
  end
  return parts
end

--- Fills a template from a table, for values that Lua has at hand.
function template.fill(parts, values)
  local texts = {}
  for i, one in ipairs(parts) do
    local value = one[2] == "l" and one[1] or values[one[1]]
    texts[i] = value == nil and "" or tostring(value)
  end
  return table.concat(texts)
end

return template
