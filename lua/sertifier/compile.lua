--- A flow and the columns of an export -> the native plan that makes credentials of its rows.

local cells_of = require "sertifier.compile.cells"
local condition = require "sertifier.condition"
local core = require "sertifier.core"
local dates = require "sertifier.condition.dates"
local nearest = require "sertifier.nearest"
local number_text = require "sertifier.number_text"
local object = require "sertifier.object"
local sorted_keys = require "sertifier.sorted_keys"

local roles = { once_per = 1, campaign = 2, name = 3, email = 4, externalId = 5, record_id = 6,
  issueDate = 7, expireDate = 8 }

local function is_id(name)
  return name:lower() == "id"
end

-- ---- steps ----

local kinds = { d = "d", s = "d", i = "i", n = "n" }
local kinds_of_fields = { d = "d", N = "n" }

local function cell_of(step, cells, type_)
  if step.known then return cells:known() end
  if step.prior then return cells:prior(step.field) end
  return step.field and cells:of(step.field, step.reads or kinds[type_])
end

local function step_of(step, cells, now)
  local type_ = step.type
  if type_ == "t" and step.field and is_id(step.field) and step.op ~= "~" then type_ = "i" end
  return { op = step.op, type = type_, text = step.now and now[step.now] or step.text,
    label = step.label or step.field, cell = cell_of(step, cells, type_) }
end

local function steps_of(steps, cells, now)
  local list = {}
  for i, step in ipairs(steps) do list[i] = step_of(step, cells, now) end
  return list
end

-- ---- functions ----

local function text_of(value, where)
  local kind = type(value)
  if kind == "nil" or kind == "string" then return value end
  if kind == "boolean" then return tostring(value) end
  if kind == "number" then return number_text(value) end
  error(("%s: its function gave a %s, not a text"):format(where, kind), 0)
end

--- What becomes of what a function gave that is no text; where it failed, says which one it was.
local function mending(where)
  return function(ok, value)
    if not ok then error(("%s: its function failed: %s"):format(where, tostring(value)), 0) end
    return text_of(value, where)
  end
end

-- ---- fields ----

local function part_of(part, cells, context, field_type)
  local what, kind = part[1], part[2]
  if kind == "l" then return { type = "l", text = what } end
  if kind == "f" then return { type = "f", steps = steps_of(what, cells, context.now) } end
  if kind == "x" then return { type = "c", cell = cells:called(what, mending(part[3])) } end
  if is_id(what) then
    return { type = "i", text = context.prefix, label = what, cell = cells:of(what, "i") }
  end
  return { type = "c", cell = cells:of(what, kinds_of_fields[field_type]) }
end

--- For messages: `email (from Email)`.
local function label_of(field)
  local from = {}
  for _, part in ipairs(field.parts) do
    if part[2] == "c" then from[#from + 1] = part[1] end
  end
  return #from == 0 and field.name or ("%s (from %s)"):format(field.name, table.concat(from, ", "))
end

local function before_of(field)
  return field.attribute and ('{"id":"%s","value":'):format(field.attribute) or field.before
end

local function field_of(field, cells, context)
  local parts = {}
  for i, part in ipairs(field.parts) do
    parts[i] = part_of(part, cells, context, field.type)
  end
  return { label = field.label or label_of(field), before = before_of(field), type = field.type,
    role = roles[field.role], required = field.required, most = field.most, parts = parts }
end

--- The record's own Id, which a write-back needs and nothing else may ask for.
local function add_record_id(fields, cells, context)
  if not cells.find "Id" then return end
  fields[#fields + 1] = field_of({ name = "Id", before = "", type = "t", role = "record_id",
    parts = { { "Id", "c" } } }, cells, context)
  cells.id_cell = cells:of("Id", "i")
end

-- ---- the whole ----

local function sentence(set, names, text)
  local list = sorted_keys(set)
  if #list == 0 then return nil end
  for i, name in ipairs(list) do
    local near = names and nearest(name, names)
    list[i] = near and ("%s (did you mean %s?)"):format(name, near) or name
  end
  return text:format(table.concat(list, ", "))
end

local compile = {}

local function need_steps(steps, need)
  for _, step in ipairs(steps) do
    if step.field then need(step.field) end
  end
end

--- The names of all fields that a flow reads, in the order of their first use, and Id.
function compile.needs(flow)
  local names, seen = {}, {}
  local function need(name)
    if not seen[name:lower()] then names[#names + 1] = name end
    seen[name:lower()] = true
  end
  need_steps(condition.steps(flow.condition, dates.moment(0)), need)
  for _, field in ipairs(flow.fields) do
    for _, part in ipairs(field.parts) do
      if part[2] == "c" then need(part[1]) end
      if part[2] == "f" then need_steps(part[1], need) end
    end
  end
  need "Id"
  return names
end

local function plan_of(flow, names, cells, context)
  local fields = {}
  for _, name in ipairs(flow.priors or {}) do cells:prior(name) end
  local call = flow.condition and flow.condition.call
  if call then cells:called(call, mending "when", true) end
  local steps = steps_of(condition.steps(flow.condition, context.now), cells, context.now)
  for i, field in ipairs(flow.fields) do fields[i] = field_of(field, cells, context) end
  local fault = sentence(cells.missing, names, "the flow reads fields that the export lacks: %s")
    or sentence(cells.repeated, nil, "the export has more than one column of this name; say which"
      .. " one, as in {!'Name'#2}: %s")
  if fault then return nil, fault end
  add_record_id(fields, cells, context)
  return { columns = cells.columns, steps = steps, fields = fields, functions = cells.functions,
    calls = cells.calls, mends = cells.mends }
end

--- Compiles a flow for an export.
-- @param flow what `flow.declare` gave
-- @tparam {string,...} names the export's columns
-- @tparam[opt] number now the run's start, seconds since 1970
-- @return the native plan, or nil and what the export lacks
function compile.plan(flow, names, now)
  local cells = cells_of.new(names, flow.object)
  local description, fault = plan_of(flow, names, cells,
    { now = dates.moment(now or core.now()), prefix = object[flow.object or ""] or "" })
  if not description then return nil, fault end
  local ok, plan = pcall(core.plan, description)
  if not ok then return nil, plan end
  return plan, cells
end

--- Whether a flow asks what earlier runs saw of the records.
-- @param flow
-- @tparam table cells the cells of its plan
function compile.asks_memory(flow, cells)
  return flow.trigger ~= "meets" or cells.known_cell ~= nil or #cells.priors > 0
end

return compile
