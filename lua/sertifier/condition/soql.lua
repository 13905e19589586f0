--- SOQL's WHERE syntax -> a tree of tests.

local cjson = require "cjson"
local dates = require "sertifier.condition.dates"
local lpeg = require "lpeg"
local syntax = require "sertifier.syntax"
local tests = require "sertifier.condition.tests"

local P, S, C, Cc, Cp, V = lpeg.P, lpeg.S, lpeg.C, lpeg.Cc, lpeg.Cp, lpeg.V
local token, keyword, word = syntax.token, syntax.keyword, syntax.word

-- Asked word by word: a pattern of them all takes longer to make than most conditions to read.
local words = { AND = true, OR = true, NOT = true, NULL = true, TRUE = true, FALSE = true,
  IN = true, LIKE = true, INCLUDES = true, EXCLUDES = true }
local reserved = lpeg.Cmt(syntax.name, function(_, at, name) return words[name:upper()] and at end)

local record = (keyword "$Record" * ".") ^ -1
local field = token(syntax.label + syntax.quoted "'" + record * (syntax.path - reserved),
  "a field's name")

local function literal_of(type)
  return function(text) return { type = type, text = text } end
end

-- Two of them can be one character, as in JSON.
local hex = lpeg.R("09", "af", "AF")
local unicode = (P "\\u" * hex * hex * hex * hex) ^ 1 / function(escapes)
  local ok, list = pcall(cjson.decode, '["' .. escapes .. '"]')
  return ok and list[1] or escapes
end
local quoted = syntax.quoted("'", unicode)
-- What a backslash says to LIKE itself is left to it.
local pattern = syntax.quoted("'", unicode + P "\\\\")

local date_literal = C((lpeg.R("az", "AZ", "09") + "_") ^ 1) * (P ":" * C(lpeg.R "09" ^ 1)) ^ -1
local function known_literal(_, at, name, n)
  return dates.is_known(name, n) and at, { type = "span", name = name, n = n }
end

-- What looks like a date and is none is nothing else either.
local function known_date(_, at, text)
  return dates.is_moment(text) and at, text
end

local literal = token(
  C(keyword "NULL") / function() return { type = "0", text = "" } end
  + C(keyword "TRUE" + keyword "FALSE") / literal_of "b"
  + quoted / literal_of "t"
  + lpeg.Cmt(syntax.date, known_date) / literal_of "d"
  + C(S "+-" ^ -1 * syntax.number - syntax.date) / literal_of "n"
  + lpeg.Cmt(date_literal, known_literal),
  "a value ('text', 80, TRUE, NULL, 2025-01-31, LAST_N_DAYS:30)")

local operators = { ["="] = "=", ["!="] = "!", ["<>"] = "!", ["<"] = "<", ["<="] = "[",
  [">"] = ">", [">="] = "]" }
local operator = token(C(P "!=" + "<>" + "<=" + ">=" + "=" + "<" + ">"),
  "= != < <= > >=") / operators

local text = token(quoted, "'text'")

-- By their names where they are used: a pattern is copied into each that it is a part of.
local a_literal, a_text = V "literal", V "text"
local function list_of(one)
  return token("(", "(") * lpeg.Ct(one * (token(",", ",") * one) ^ 0) * token(")", ")")
end

-- What stands behind a field, each with the function that makes the test of it.
local behind = operator * a_literal * Cc(tests.compare)
  + word "LIKE" * Cc "~" * (token(pattern, "'text'") / literal_of "t") * Cc(tests.compare)
  + word "IN" * Cc "=" * list_of(a_literal) * Cc(tests.any)
  + word "NOT" * word "IN" * Cc "=" * list_of(a_literal) * Cc(tests.none)
  + word "INCLUDES" * Cc ";" * list_of(a_text) * Cc(tests.includes)
  + word "EXCLUDES" * Cc ";" * list_of(a_text) * Cc(tests.excludes)

local function made(from, name, op, value, make, to, whole, object)
  local node = make(syntax.field(name, object), op, value)
  node.source = whole:sub(from, to - 1):match "^%s*(.*)$"
  return node
end

local test = Cp() * field * behind * Cp() * lpeg.Carg(2) * lpeg.Carg(3) / made

local grammar = P {
  "whole",
  whole = V "either" * token(-1, "the end"),
  either = V "both" * (word "OR" * V "both") ^ 0 / tests.joined "|",
  both = V "one" * (word "AND" * V "one") ^ 0 / tests.joined "&",
  one = word "NOT" * V "one" / tests.negated
    + token("(", "(") * V "either" * token(")", ")")
    + test,
  literal = literal,
  text = text,
}

--- Parses a condition.
-- @return the tree; or nil and a message that points at the mistake
return function(text_, object)
  return syntax.match(grammar, text_, text_, object)
end
