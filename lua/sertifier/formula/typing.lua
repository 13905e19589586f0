--- The type that each part of a formula has.
--
-- A field has none of its own, as an export is text: how it is read follows from what stands beside
-- it. Its type is nil here, and so is NULL's.

local functions = require "sertifier.formula.functions"

local typing = {}

local of = {}

--- The type of a node: a letter, or nil where it is what it must be.
function typing.of(node)
  return of[node.kind](node)
end

--- The first type that is known of some nodes; nil where none is.
function typing.first(...)
  for i = 1, select("#", ...) do
    local type = typing.of((select(i, ...)))
    if type then return type end
  end
end

local first = typing.first

local function always(type)
  return function() return type end
end

of.text, of.number, of.boolean = always "t", always "n", always "b"
of.field, of.null = always(nil), always(nil)
of["|"], of["&&"], of["not"] = always "b", always "b", always "b"
of["="], of["<>"], of["<"], of["<="] = always "b", always "b", always "b", always "b"
of[">"], of[">="] = always "b", always "b"
of["&"], of["*"], of["/"], of.minus = always "t", always "n", always "n", always "n"

function of.global(node)
  return node.type
end

--- Whether a type is that of a date or a date-time.
function typing.is_time(type)
  return type == "d" or type == "s"
end

local is_time = typing.is_time

--- What is a field may also be a date, where one is wanted.
local function both_numbers(a, b)
  return a == "n" and b == "n" and "n" or nil
end

of["+"] = function(node)
  local a, b = typing.of(node[1]), typing.of(node[2])
  if is_time(a) then return a end
  if is_time(b) then return b end
  if a == "t" or b == "t" then return "t" end
  return both_numbers(a, b)
end

of["-"] = function(node)
  local a, b = typing.of(node[1]), typing.of(node[2])
  if is_time(b) then return "n" end
  if is_time(a) then return a end
  return both_numbers(a, b)
end

local calls = { TEXT = always "t", DATEVALUE = always "d", DATETIMEVALUE = always "s",
  ISBLANK = always "b", ISNULL = always "b", AND = always "b", OR = always "b", NOT = always "b",
  ISCHANGED = always "b", ISNEW = always "b", PRIORVALUE = always(nil) }

function calls.ADDMONTHS(node)
  return typing.of(node[1]) or "d"
end

function calls.BLANKVALUE(node)
  return first(node[1], node[2])
end

function calls.IF(node)
  return first(node[2], node[3])
end

function calls.CASE(node)
  local results = {}
  for i = 3, #node, 2 do results[#results + 1] = node[i] end
  results[#results + 1] = node[#node]
  return first((table.unpack or unpack)(results))
end

function of.call(node)
  local special = calls[node.value]
  if special then return special(node) end
  return functions[node.value].gives
end

return typing
