--- Entry conditions: SOQL's WHERE syntax, or a table of values -> a condition program.
--
-- A program is a list of steps in postfix order (csrc/condition.h): tests of a field against a
-- literal, and the operators that join what stands before them.

local lpeg = require "lpeg"
local P, R, S, C = lpeg.P, lpeg.R, lpeg.S, lpeg.C

local condition = {}

-- Notes the farthest place that a match reached in the state of this parse, for the caret.
local mark = lpeg.Cmt(lpeg.Carg(1), function(_, at, state)
  state.farthest = math.max(state.farthest, at)
  return true
end)

local word_end = -(R("az", "AZ", "09") + "_")
local function keyword(text)
  local pattern = P(true)
  for letter in text:gmatch "." do pattern = pattern * S(letter:lower() .. letter:upper()) end
  return pattern * word_end
end

local function token(pattern)
  return S " \t\r\n" ^ 0 * mark * pattern
end

local reserved = keyword "AND" + keyword "OR" + keyword "NOT" + keyword "NULL" + keyword "TRUE"
  + keyword "FALSE"
local name = (R("az", "AZ") + "_") * (R("az", "AZ", "09") + "_") ^ 0
local field = token(C(name * ("." * name) ^ 0) - reserved)

local digit = R "09"
local date = digit ^ 4 * "-" * digit * digit * "-" * digit * digit
local clock = S "Tt" * digit * digit * ":" * digit * digit * ":" * digit * digit
  * ("." * digit ^ 1) ^ -1 * (S "Zz" + S "+-" * digit * digit * P ":" ^ -1 * digit * digit)
local number = S "+-" ^ -1 * (digit ^ 1 * ("." * digit ^ 0) ^ -1 + "." * digit ^ 1)
  * (S "eE" * S "+-" ^ -1 * digit ^ 1) ^ -1

-- SOQL's escapes in quoted text.
local escapes = { n = "\n", r = "\r", t = "\t", b = "\b", f = "\f" }
local escaped = P "\\" * C(S "nrtbfNRTBF\"'\\") / function(c) return escapes[c:lower()] or c end
local quoted = "'" * lpeg.Cs((escaped + (1 - S "'\\")) ^ 0) * "'"

local function literal_of(type)
  return function(text) return { type = type, text = text } end
end

local literal = token(
  C(keyword "NULL") / function() return { type = "0", text = "" } end
  + C(keyword "TRUE" + keyword "FALSE") / literal_of "b"
  + quoted / literal_of "t"
  + C(date * clock ^ -1) * word_end / literal_of "d"
  + C(number) * word_end / literal_of "n")

local operators = { ["="] = "=", ["!="] = "!", ["<>"] = "!", ["<"] = "<", ["<="] = "[",
  [">"] = ">", [">="] = "]" }
local operator = token(C(P "!=" + "<>" + "<=" + ">=" + "=" + "<" + ">")) / operators

local function test(name_, op, value)
  return { { op = op, type = value.type, field = name_, text = value.text } }
end

local function append(list, more)
  for _, step in ipairs(more) do list[#list + 1] = step end
  return list
end

local function joined(op)
  return function(first, ...)
    for _, more in ipairs { ... } do
      append(first, more)
      first[#first + 1] = { op = op }
    end
    return first
  end
end

local function negated(program)
  program[#program + 1] = { op = "-" }
  return program
end

local V = lpeg.V
local grammar = P {
  "whole",
  whole = V "either" * token(-1),
  either = V "both" * (token(keyword "OR") * V "both") ^ 0 / joined "|",
  both = V "one" * (token(keyword "AND") * V "one") ^ 0 / joined "&",
  one = token(keyword "NOT") * V "one" / negated
    + token "(" * V "either" * token ")"
    + field * operator * literal / test,
}

local function caret(text, at)
  local line = text:gsub("%s", " ")
  return ("\n    %s\n    %s^ here"):format(line, (" "):rep(at - 1))
end

local function parse(text)
  local state = { farthest = 1 }
  local program = grammar:match(text, 1, state)
  if program then return program end
  return nil, "cannot be read as a condition such as Status__c = 'Certified'"
    .. caret(text, state.farthest)
end

local literal_types = { string = "t", number = "n", boolean = "b" }

--- `{ Field = value, ... }`: all hold. An empty text asks for an empty cell.
local function from_table(values)
  local fields, program = {}, {}
  for name_ in pairs(values) do fields[#fields + 1] = name_ end
  table.sort(fields, function(a, b) return tostring(a) < tostring(b) end)
  for i, name_ in ipairs(fields) do
    local value = values[name_]
    local type_ = value == "" and "0" or literal_types[type(value)]
    if type(name_) ~= "string" or not type_ then
      return nil, ("%s: a text, a number or a boolean is expected, got %s")
        :format(tostring(name_), type(value))
    end
    append(program, test(name_, "=", { type = type_, text = tostring(value) }))
    if i > 1 then program[#program + 1] = { op = "&" } end
  end
  return program
end

--- Compiles entry conditions.
-- @tparam string|table|nil when SOQL's WHERE syntax, or `{ Field = value, ... }`; nil: every record
-- @treturn {step,...} the program: `{ op =, type =, field =, text = }` tests and `{ op = }` joins
-- @return nil and a message that points at the mistake
function condition.compile(when)
  if when == nil then return {} end
  if type(when) == "table" then return from_table(when) end
  return parse(when)
end

return condition
