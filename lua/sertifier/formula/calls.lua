--- The steps of a formula's function calls.

local emitting = require "sertifier.formula.emitting"
local functions = require "sertifier.formula.functions"
local typing = require "sertifier.formula.typing"

local emit, add, call, value = emitting.emit, emitting.add, emitting.call, emitting.value
local both, fail = emitting.both, emitting.fail

local special = {}

function special.TEXT(self, node)
  value(self, node[1], typing.of(node[1]) or "t")
  if typing.of(node[1]) and typing.of(node[1]) ~= "t" then
    call(self, "TEXT" .. typing.of(node[1]), node)
  end
  return "t"
end

--- A field's number is a text as the export writes it.
function special.VALUE(self, node)
  if node[1].kind == "field" then node[1].reads = "n" end
  value(self, node[1], "t")
  call(self, "VALUE", node)
  return "n"
end

function special.DATEVALUE(self, node)
  local have = typing.of(node[1]) or "d"
  if have == "n" or have == "b" then have = "t" end -- which says what is wrong
  value(self, node[1], have)
  if have ~= "d" then call(self, "DATEVALUE" .. have, node) end
  return "d"
end

function special.DATETIMEVALUE(self, node)
  local is_time = (typing.of(node[1]) or "s") == "s"
  value(self, node[1], is_time and "s" or "t")
  if not is_time then call(self, "DATETIMEVALUEt", node) end
  return "s"
end

function special.ADDMONTHS(self, node)
  local type_ = typing.of(node[1]) == "s" and "s" or "d"
  return both(self, node, type_, "n", "ADDMONTHS" .. type_, type_)
end

--- As in Salesforce: a checkbox is never blank.
local function refuse_boolean(node, type_)
  if type_ == "b" then fail(node, "%s( ) takes no true or false", node.value) end
end

function special.BLANKVALUE(self, node, want)
  local type_ = typing.of(node) or want
  refuse_boolean(node, type_)
  return both(self, node, type_, type_, "BLANKVALUE" .. type_, type_)
end

function special.ISBLANK(self, node)
  local type_ = typing.of(node[1]) or "t"
  refuse_boolean(node, type_)
  value(self, node[1], type_)
  call(self, "ISBLANK" .. type_, node)
  return "b"
end
special.ISNULL = special.ISBLANK

function special.IF(self, node, want)
  local type_ = typing.of(node) or want
  value(self, node[1], "b")
  value(self, node[2], type_)
  value(self, node[3], type_)
  call(self, "IF", node)
  return type_
end

--- From the last choice to the first, so that the first that is right stays.
function special.CASE(self, node, want)
  local type_ = typing.of(node) or want
  if #node % 2 == 1 then
    fail(node, "CASE( ) takes a value, pairs of a choice and a result, and what else it is")
  end
  value(self, node[#node], type_)
  for i = #node - 2, 2, -2 do
    emit["="](self, { kind = "=", from = node.from, to = node.to, node[1], node[i] })
    value(self, node[i + 1], type_)
    call(self, "CASE", node)
  end
  return type_
end

special.AND, special.OR, special.NOT = emit["&&"], emit["|"], emit["not"]

local function field_of(node)
  local field = node[1]
  if field.kind ~= "field" then fail(field, "%s( ) takes a field", node.value) end
  return field
end

--- Whether the record was there before: then its field has a prior value.
local function add_known(self)
  add(self, { op = "c", type = "b", known = true })
end

function special.ISCHANGED(self, node)
  local field = field_of(node)
  add_known(self)
  value(self, field, "t")
  value(self, { kind = "field", value = field.value, prior = true }, "t")
  call(self, "=t", node)
  add(self, { op = "-" })
  add(self, { op = "&" })
  return "b"
end

--- Of a new record it is the value that it has.
function special.PRIORVALUE(self, node, want)
  local field = field_of(node)
  add_known(self)
  value(self, { kind = "field", value = field.value, prior = true }, want)
  value(self, field, want)
  call(self, "IF", node)
  return want
end

function special.ISNEW(self)
  add_known(self)
  add(self, { op = "-" })
  return "b"
end

function emit.call(self, node, want)
  if special[node.value] then return special[node.value](self, node, want) end
  local known = functions[node.value]
  if known.now then
    add(self, { op = "k", type = known.gives, now = known.now })
    return known.gives
  end
  for i, part in ipairs(node) do value(self, part, known.takes:sub(i, i)) end
  call(self, known.step or node.value, node)
  return known.gives
end

return emit
