--- Formulas, as Salesforce writes them -> steps of a native program (csrc/formula.h).

local emitting = require "sertifier.formula.emitting"
local grammar = require "sertifier.formula.grammar"
local lpeg = require "lpeg"
local resolve = require "sertifier.formula.names"
local syntax = require "sertifier.syntax"
local typing = require "sertifier.formula.typing"
require "sertifier.formula.calls"

local value, convert = emitting.value, emitting.convert

local formula = {}

--- The grammar of an expression, for templates.
formula.grammar = grammar

--- Compiles a tree that the grammar gave.
-- @tparam table tree
-- @tparam string text that it was read from
-- @tparam string want the type of what it gives: "t" for a text, "b" for a condition
-- @tparam[opt] string object the flow's object, whose name may stand in front of a field
-- @tparam[opt] string hint the type that the text is read as afterwards: "d" for a date
-- @treturn {step,...} or nil and a message that points at the mistake
function formula.compile(tree, text, want, object, hint)
  local self = { steps = {}, text = text }
  local ok, mistake = pcall(function()
    resolve(tree, object)
    if hint == "d" and typing.of(tree) == nil then value(self, tree, "d") end
    if #self.steps == 0 then value(self, tree, want) else convert(self, tree, "d", want) end
  end)
  if ok then return self.steps end
  if type(mistake) ~= "table" then error(mistake, 0) end
  return nil, mistake.message .. syntax.caret(text, mistake.at, "here")
end

local whole = grammar * syntax.token(lpeg.P(-1), "the end")

--- Parses and compiles a formula that is a condition.
-- @return its steps; or nil and a message
function formula.condition(text, object)
  local tree, message = syntax.match(whole, text)
  if not tree then return nil, message end
  return formula.compile(tree, text, "b", object)
end

return formula
