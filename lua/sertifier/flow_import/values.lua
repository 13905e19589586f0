--- The values in a Flow: literals, and references to fields, formulas, texts and constants.

local number_text = require "sertifier.number_text"
local template = require "sertifier.template"

local values = {}

local deepest = 20 -- formulas in formulas

--- Indexes what a Flow names.
function values.begin(self, root)
  self.formulas, self.texts, self.constants = {}, {}, {}
  for _, one in ipairs(root:all "formulas") do
    self.formulas[one:text "name" or ""] = one:text "expression"
  end
  for _, one in ipairs(root:all "textTemplates") do
    self.texts[one:text "name" or ""] = one:text "text"
  end
  for _, kind in ipairs { "constants", "variables" } do
    for _, one in ipairs(root:all(kind)) do
      self.constants[one:text "name" or ""] = one:child "value"
    end
  end
end

--- A formula without the braces that Flow Builder puts around its fields.
function values.bare(formula)
  return (formula:gsub("{!%s*(.-)%s*}", "%1"))
end

local readers = {
  stringValue = function(text) return text end,
  numberValue = function(text) return tonumber(text) end,
  booleanValue = function(text) return text == "true" end,
  dateValue = function(text) return text end,
  dateTimeValue = function(text) return text end,
}

local function literal_of(value)
  for name, read in pairs(readers) do
    local text = value:text(name)
    if text then return read(text) end
  end
end

local function text_of(value)
  return type(value) == "number" and number_text(value) or tostring(value)
end

--- A filter's value.
-- @return a Lua value; or nil and what cannot be carried over
function values.literal(self, value)
  if not value then return nil end
  local reference = value:text "elementReference"
  if not reference then return literal_of(value) end
  if reference:find "^%$GlobalConstant%." then return "{!" .. reference .. "}" end
  local constant = self.constants[reference]
  if constant then return literal_of(constant) end
  return nil, ("its value %s is known only to the Flow"):format(reference)
end

-- ---- templates ----

local inline

--- A formula's text with the formulas that it names put in.
local function formula_text(self, name, depth)
  if depth > deepest then return nil end
  return (values.bare(self.formulas[name]):gsub("[%a_$][%w_.$]*", function(word)
    return self.formulas[word] and "(" .. (formula_text(self, word, depth + 1) or word) .. ")"
  end))
end

--- What stands for a reference: a template.
local function referred(self, reference, depth)
  if reference:find "^%$" then return "{!" .. reference .. "}" end
  if self.formulas[reference] then
    return "{!" .. (formula_text(self, reference, depth) or reference) .. "}"
  end
  if self.texts[reference] then return inline(self, self.texts[reference], depth + 1) end
  local constant = self.constants[reference]
  local value = constant and literal_of(constant)
  if value ~= nil then return text_of(value) end
  return nil
end

--- A text with what it refers to put in.
function inline(self, text, depth)
  if depth > deepest then return nil end
  local lost
  local whole = text:gsub("{!%s*(.-)%s*}", function(reference)
    local found = referred(self, reference, depth)
    lost = lost or not found and reference
    return found
  end)
  if lost then return nil, lost end
  return whole
end

--- A value as what `map` takes: a template, or a boolean.
-- @return it; or nil and what cannot be carried over
function values.template(self, value)
  if not value then return nil, "has no value" end
  local reference = value:text "elementReference"
  local text = reference and "{!" .. reference .. "}" or literal_of(value)
  if type(text) == "boolean" then return text end
  if text == nil then return nil, "has a value of a kind that is not known here" end
  local whole, lost = inline(self, text_of(text), 0)
  if not whole then return nil, ("%s is known only to the Flow"):format(lost or reference) end
  local _, message = template.parse(whole)
  if message then return nil, message end
  return whole
end

return values
