--- Salesforce's formula language -> a tree.
--
-- A node has `kind` (text, number, boolean, null, field, call, or an operator's sign), its parts as
-- list, and `from` and `to`, where it stands in the text.

local lpeg = require "lpeg"
local syntax = require "sertifier.syntax"

local P, C, Cc, Cp, Cg, Ct, V = lpeg.P, lpeg.C, lpeg.Cc, lpeg.Cp, lpeg.Cg, lpeg.Ct, lpeg.V
local token, keyword = syntax.token, syntax.keyword

local function node(kind, pattern)
  return Ct(Cg(Cc(kind), "kind") * Cg(Cp(), "from") * pattern * Cg(Cp(), "to"))
end

local function valued(kind, pattern)
  return node(kind, Cg(pattern, "value"))
end

local function joined(left, sign, right)
  return { kind = sign, from = left.from, to = right.to, left, right }
end

--- Operators of one rank, from left to right.
local function ranked(one, signs)
  return lpeg.Cf(one * lpeg.Cg(token(signs, "an operator") * one) ^ 0, joined)
end

local sign = syntax.operator
local dollar = P "$"
local global = C(dollar * syntax.path)

local value = token(
  valued("number", syntax.number)
  + valued("field", syntax.label)
  + valued("text", syntax.quoted '"' + syntax.quoted "'")
  + valued("boolean", keyword "TRUE" * Cc "true" + keyword "FALSE" * Cc "false")
  + node("null", keyword "NULL")
  + node("call", Cg(syntax.name, "value") * token("(")
    * (V "expression" * (token(",", ",") * V "expression") ^ 0) ^ -1 * token(")", ")"))
  + node("field", Cg(dollar * keyword "Record__Prior" * "." * Cc(true), "prior")
    * Cg(syntax.path, "value"))
  + node("field", dollar * keyword "Record" * "." * Cg(syntax.path, "value"))
  + valued("global", global)
  + valued("field", syntax.path),
  "a field, a value or a function")

return P {
  "expression",
  expression = ranked(V "both", sign("||", "|")),
  both = ranked(V "equal", sign("&&")),
  equal = ranked(V "ordered", sign("==", "=") + sign("<>") + sign("!=", "<>") + sign "="),
  ordered = ranked(V "sum", sign "<=" + sign ">=" + (P "<" - "<>") * Cc "<" + sign ">"),
  sum = ranked(V "product", sign "+" + sign "-" + (P "&" - "&&") * Cc "&"),
  product = ranked(V "unary", sign "*" + sign "/"),
  unary = token(node("not", (P "!" - "!=") * V "unary"))
    + token(node("minus", P "-" * V "unary"))
    + token(P "+") * V "unary"
    + token("(") * V "expression" * token(")", ")")
    + value,
}
