--- A query's WHERE, as a function of a record: as strict as SOQL about types, parentheses and NOT.

local words = require "sertifier.org.words"

local where = {}

-- ---- values ----

local escapes = { n = "\n", r = "\r", t = "\t", b = "\b", f = "\f" }

local function unescaped(quoted)
  return (quoted:gsub("\\(.)", function(c) return escapes[c] or c end))
end

--- What values are compared by: texts without case, Ids by 15 characters, times by the second.
local forms = {
  text = function(value) return value:lower() end,
  id = function(value) return value:sub(1, 15) end,
  datetime = function(value) return value:sub(1, 19) end,
}
forms.multipicklist = forms.text

--- How a literal without quotes is read, by the type of its field: its value in a list, or nil.
local readers = {
  boolean = function(name) return ({ TRUE = { true }, FALSE = { false } })[name:upper()] end,
  date = function(name) return name:find "^%d%d%d%d%-%d%d%-%d%d$" and { name } end,
  datetime = function(name)
    return name:find "^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d[.%d]*Z$" and { name:sub(1, 19) }
  end,
  double = function(name) return tonumber(name) and { tonumber(name) } end,
}

local function mismatch(field)
  words.fail("INVALID_FIELD", ("value of filter criterion for field '%s' must be of type %s and"
    .. " should %s enclosed in quotes"):format(field.name,
    field.type == "text" and "string" or field.type, readers[field.type] and "not be" or "be"))
end

--- A literal in the form that values of the field are compared by; nil is null.
local function read(word, field)
  local reader = readers[field.type]
  if word.name and word.name:upper() == "NULL" then return nil end
  if word.quoted and not reader then
    return word.quoted ~= "" and forms[field.type](unescaped(word.quoted)) or nil
  end
  local found = word.name and reader and reader(word.name) or mismatch(field)
  return found[1]
end

local function own_value(record, field)
  local value, form = record[field.name], forms[field.type]
  if value ~= nil and form then return form(value) end
  return value
end

-- ---- tests ----

local signs = {
  ["="] = function(a, b) return a == b end, ["!="] = function(a, b) return a ~= b end,
  ["<"] = function(a, b) return a < b end, ["<="] = function(a, b) return a <= b end,
  [">"] = function(a, b) return a > b end, [">="] = function(a, b) return a >= b end,
}
signs["<>"] = signs["!="]

--- A pattern of LIKE as one of Lua's: `%` any text, `_` a character.
local function pattern_of(quoted)
  local parts, at = { "^" }, 1
  while at <= #quoted do
    local c = quoted:sub(at, at)
    if c == "\\" then
      at = at + 1
      c = quoted:sub(at, at)
      parts[#parts + 1] = (escapes[c] or c):lower():gsub("%W", "%%%0")
    else
      parts[#parts + 1] = c == "%" and ".*" or c == "_" and "[%z\1-\127\194-\244][\128-\191]*"
        or c:byte() < 128 and c:lower():gsub("%W", "%%%0") or c
    end
    at = at + 1
  end
  return table.concat(parts) .. "$"
end

local function has_all(own, wanted)
  for part in wanted:gmatch "[^;]+" do
    if not (";" .. own .. ";"):find(";" .. part .. ";", 1, true) then return false end
  end
  return true
end

local function only_for(field, operator, types)
  if not types:find(field.type, 1, true) then
    words.fail("INVALID_FIELD", ("filtering by '%s' is not possible for field '%s' of type %s")
      :format(operator, field.name, field.type))
  end
end

--- What stands in parentheses, each read for the field.
local function values(self, field)
  self:expect "("
  local list = self:list(function() return { value = read(self:value(), field) } end)
  self:expect ")"
  return list
end

local function any(list, holds)
  return function(own)
    for _, one in ipairs(list) do
      if holds(own, one.value) then return true end
    end
    return false
  end
end

local function negated(test)
  return function(own) return not test(own) end
end

local function by_sign(self, field, sign)
  local value = read(self:value(), field)
  if sign ~= "=" and sign ~= "!=" and sign ~= "<>" then
    only_for(field, sign, "text id date datetime double")
    return function(own) return own ~= nil and value ~= nil and signs[sign](own, value) end
  end
  return function(own) return signs[sign](own, value) end
end

local function includes(own, value)
  return own ~= nil and has_all(own, value)
end

local behind = {
  LIKE = function(self, field)
    only_for(field, "like", "text")
    local pattern = pattern_of(self:value().quoted or self:unexpected())
    return function(own) return own ~= nil and own:find(pattern) ~= nil end
  end,
  IN = function(self, field) return any(values(self, field), signs["="]) end,
  NOT = function(self, field)
    self:expect "IN"
    return negated(any(values(self, field), signs["="]))
  end,
  INCLUDES = function(self, field)
    only_for(field, "includes", "multipicklist")
    return any(values(self, field), includes)
  end,
  EXCLUDES = function(self, field)
    only_for(field, "excludes", "multipicklist")
    return negated(any(values(self, field), includes))
  end,
}

local function test_of(self, field_of)
  local field = field_of(self:name())
  local word = self[self.at] or self:unexpected()
  local operator = (word.name or ""):upper()
  if not signs[operator] and not behind[operator] then self:unexpected() end
  self.at = self.at + 1
  local holds = behind[operator] and behind[operator](self, field) or by_sign(self, field, operator)
  return function(record) return holds(own_value(record, field)) end
end

-- ---- their joins ----

local function one(self, field_of)
  if not self:pass "(" then return test_of(self, field_of) end
  local test = where.read(self, field_of)
  self:expect ")"
  return test
end

local joins = {
  AND = function(a, b) return function(record) return a(record) and b(record) end end,
  OR = function(a, b) return function(record) return a(record) or b(record) end end,
}

--- Reads tests up to a parenthesis or the end: all are joined by AND, or all by OR, and NOT stands
-- only before the first.
-- @param self the query's words, at the one behind WHERE
-- @tparam function field_of gives the field of a name: `name`, `type`
-- @treturn function of a record
function where.read(self, field_of)
  local test
  if self:pass "NOT" then
    test = negated(one(self, field_of))
  else
    test = one(self, field_of)
  end
  local name = self:pass "AND" and "AND" or self:pass "OR" and "OR"
  if not name then return test end
  repeat test = joins[name](test, one(self, field_of)) until not self:pass(name)
  return test
end

return where
