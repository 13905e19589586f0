--- The steps of a formula's values and operators.
--
-- `emit[kind](self, node, want)` adds the steps of a node and gives the type of what they leave;
-- what has no type of its own becomes the one that is wanted.

local functions = require "sertifier.formula.functions"
local typing = require "sertifier.formula.typing"

local emitting = {}

--- A mistake in a formula: caught where it began.
function emitting.fail(node, text, ...)
  error({ at = node.from, message = text:format(...) }, 0)
end

local fail = emitting.fail

local emit = {}
emitting.emit = emit

function emitting.add(self, step)
  self.steps[#self.steps + 1] = step
end

local add = emitting.add

--- Calls a native function; where it fails, the message names this part of the formula.
function emitting.call(self, name, node)
  add(self, { op = "f", text = name, label = self.text:sub(node.from, node.to - 1) })
end

local call = emitting.call

--- Makes a value of one type of one of another, where Salesforce's people expect no less.
function emitting.convert(self, node, have, want)
  if have == want then return end
  if want == "t" then return call(self, "TEXT" .. have, node) end
  if have == "s" and want == "d" then return call(self, "DATEVALUEs", node) end
  fail(node, "%s is expected here, and this is %s", functions.words[want], functions.words[have])
end

local convert = emitting.convert

--- Emits a node as a value of this type.
function emitting.value(self, node, want)
  local have = emit[node.kind](self, node, want)
  if have ~= want then convert(self, node, have, want) end
end

local value = emitting.value

local function constant(type, text)
  return function(self, node)
    add(self, { op = "k", type = type, text = text or node.value })
    return type
  end
end

emit.text, emit.number, emit.boolean = constant "t", constant "n", constant "b"

function emit.null(self, _, want)
  add(self, { op = "k", type = want == "b" and "t" or want, text = "" })
  return want == "b" and "t" or want
end

function emit.global(self, node)
  add(self, { op = "k", type = node.type, text = node.text, now = node.now })
  return node.type
end

function emit.field(self, node, want)
  add(self, { op = "c", type = want, field = node.value, prior = node.prior, reads = node.reads })
  return want
end

local function joining(op)
  return function(self, node)
    for i, part in ipairs(node) do
      value(self, part, "b")
      if i > 1 then add(self, { op = op }) end
    end
    return "b"
  end
end

emit["|"], emit["&&"] = joining "|", joining "&"

emit["not"] = function(self, node)
  value(self, node[1], "b")
  add(self, { op = "-" })
  return "b"
end

function emit.minus(self, node)
  value(self, node[1], "n")
  call(self, "-", node)
  return "n"
end

local sums = { ["+"] = true, ["-"] = true }

--- The type in which a comparison is made. NULL is compared as whatever the other side is; where no
-- date is wanted, a sum is a number, and so is the time between two dates.
local function comparison_type(node)
  local type_ = typing.first(node[1], node[2])
  if typing.is_time(type_) and typing.of(node[2]) == "n" then return "n" end
  if type_ then return type_ end
  if node.kind == "=" or node.kind == "<>" then
    return (sums[node[1].kind] or sums[node[2].kind]) and "n" or "t"
  end
  fail(node, "whether these are numbers or dates cannot be told; write VALUE( ) or DATEVALUE( ) "
    .. "around one of them")
end

--- `step` compares the parts, or the parts in the other order.
local function comparing(step, swapped, negated)
  return function(self, node)
    local type_ = comparison_type(node)
    if step ~= "=" and (type_ == "t" or type_ == "b") then
      fail(node, "numbers and dates have an order, and this is %s", functions.words[type_])
    end
    value(self, node[swapped and 2 or 1], type_)
    value(self, node[swapped and 1 or 2], type_)
    call(self, step .. type_, node)
    if negated then add(self, { op = "-" }) end
    return "b"
  end
end

emit["="], emit["<>"] = comparing "=", comparing("=", false, true)
emit["<"], emit["<="] = comparing "<", comparing "<="
emit[">"], emit[">="] = comparing("<", true), comparing("<=", true)

--- Two values of these types, and what is made of them.
function emitting.both(self, node, a, b, step, gives)
  value(self, node[1], a)
  value(self, node[2], b)
  call(self, step, node)
  return gives
end

local both = emitting.both

emit["&"] = function(self, node)
  return both(self, node, "t", "t", "&", "t")
end

emit["*"] = function(self, node)
  return both(self, node, "n", "n", "*", "n")
end

emit["/"] = function(self, node)
  return both(self, node, "n", "n", "/", "n")
end

local is_time = typing.is_time

--- What a sum is of: numbers, unless a date is wanted or stands in it.
local function sum_type(node, want)
  return typing.of(node) or (is_time(want) and want) or "n"
end

emit["+"] = function(self, node, want)
  local type_ = sum_type(node, want)
  if type_ == "t" then return both(self, node, "t", "t", "&", "t") end
  if type_ == "n" then return both(self, node, "n", "n", "+n", "n") end
  local dated = is_time(typing.of(node[2])) and 2 or 1
  value(self, node[dated], type_)
  value(self, node[3 - dated], "n")
  call(self, "+" .. type_, node)
  return type_
end

--- From a date, a date or a number of days is taken: a field is the one that leaves what is wanted.
emit["-"] = function(self, node, want)
  local a, b = typing.of(node[1]), typing.of(node[2])
  local time = b or want == "n" and a
  if is_time(time) then return both(self, node, time, time, "-" .. time .. time, "n") end
  if is_time(a) or (not a and is_time(want)) then
    local type_ = a or want
    value(self, node[1], type_)
    value(self, node[2], "n")
    call(self, "-", { from = node[2].from, to = node[2].to })
    call(self, "+" .. type_, node)
    return type_
  end
  return both(self, node, "n", "n", "-n", "n")
end

return emitting
