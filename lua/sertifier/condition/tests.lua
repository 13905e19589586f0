--- Trees of tests: what SOQL, Flow's filters and a table of values all become.
--
-- A node is a test (`op`, `type`, `field`, `text`, as csrc/condition.h has them), a span of dates
-- (`op`, `field`, `span`), a formula (`steps`), a function (`call`), or joins others: `op` "&", "|"
-- or "-" with its parts as list. `source` is its text, for people.

local number_text = require "sertifier.number_text"

local tests = {}

--- A parent's Id, or the record's own; a label has blanks, a custom field `__c`.
local function is_id(field)
  return field:match "^[%w.]*Id$" ~= nil or field:lower() == "id"
end

local function looks_like_id(text)
  return (#text == 15 or #text == 18) and not text:find "%W"
end

local literal_types = { string = "t", number = "n", boolean = "b" }

local constants = { ["{!$globalconstant.true}"] = true, ["{!$globalconstant.false}"] = false,
  ["{!$globalconstant.emptystring}"] = "" }

--- What a constant of Flow's stands for; any other value is itself.
function tests.plain(value)
  local constant
  if type(value) == "string" then constant = constants[value:lower()] end
  if constant == nil then return value end
  return constant
end

--- Whether a text is a merge field, and so no value that a cell could have.
function tests.names(text)
  return text:find "^{!.*}$" ~= nil
end

--- A Lua value as a literal. An empty text asks for an empty cell.
-- @return nil and a message where it cannot be one
function tests.literal(value)
  value = tests.plain(value)
  local type_ = value == "" and "0" or literal_types[type(value)]
  if type_ == "t" and tests.names(value) then type_ = nil end
  if not type_ then
    return nil, "a text, a number or a boolean is expected, got "
      .. (type(value) == "string" and value or type(value))
  end
  return { type = type_, text = type_ == "n" and number_text(value) or tostring(value) }
end

--- A field against a literal. A text that equals an empty one is NULL, as in SOQL.
function tests.compare(field, op, value)
  if value.type == "span" then return { op = op, field = field, span = value } end
  local type = value.type
  if value.text == "" and (op == "=" or op == "!") then type = "0" end
  if type == "t" and op ~= "~" and is_id(field) and looks_like_id(value.text) then type = "i" end
  return { op = op, type = type, field = field, text = value.text }
end

--- Joins nodes from left to right; one alone stays what it is.
function tests.joined(op)
  return function(first, ...)
    local node = first
    for _, more in ipairs { ... } do
      if node.op == op and not node.source then
        node[#node + 1] = more
      else
        node = { op = op, node, more }
      end
    end
    return node
  end
end

function tests.negated(node)
  return { op = "-", node }
end

local function over(join, each)
  return function(field, op, values)
    local nodes = {}
    for i, value in ipairs(values) do nodes[i] = each(field, op, value) end
    if #nodes == 1 then return nodes[1] end
    nodes.op = join
    return nodes
  end
end

--- IN and NOT IN.
tests.any = over("|", tests.compare)

function tests.none(field, op, values)
  return tests.negated(tests.any(field, op, values))
end

--- INCLUDES: one of several texts, of which 'a;b' asks for both.
local function all_of(field, op, text)
  local nodes = { op = "&" }
  for part in text:gmatch "[^;]+" do
    nodes[#nodes + 1] = { op = op, type = "t", field = field, text = part:match "^%s*(.-)%s*$" }
  end
  if #nodes < 2 then return nodes[1] or { op = "=", type = "0", field = field, text = "" } end
  return nodes
end

tests.includes = over("|", all_of)

function tests.excludes(field, op, values)
  return tests.negated(tests.includes(field, op, values))
end

return tests
