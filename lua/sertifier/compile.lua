--- A flow and the columns of an export -> the native plan that makes credentials of its rows.

local core = require "sertifier.core"
local nearest = require "sertifier.nearest"
local object = require "sertifier.object"

local roles = { once_per = 1, campaign = 2, name = 3, email = 4, externalId = 5, record_id = 6 }

--- The columns that a plan reads, each once, found whatever their case.
local function new_cells(names)
  local by_name, counts = {}, {}
  for i, name in ipairs(names) do
    local key = name:lower()
    by_name[key] = by_name[key] or i
    counts[key] = (counts[key] or 0) + 1
  end
  local cells = { columns = {}, by_column = {}, missing = {}, repeated = {} }
  function cells.of(name)
    local column = by_name[name:lower()]
    if not column then cells.missing[name] = true end
    if column and counts[name:lower()] > 1 then cells.repeated[name] = true end
    column = column or 0
    if not cells.by_column[column] then
      cells.columns[#cells.columns + 1] = column
      cells.by_column[column] = #cells.columns
    end
    return cells.by_column[column]
  end
  return cells
end

local function is_id(name)
  return name:lower() == "id"
end

local function step_of(step, cells)
  if not step.field then return step end
  local type_ = step.type == "t" and is_id(step.field) and "i" or step.type
  return { op = step.op, type = type_, text = step.text, label = step.field,
    cell = cells.of(step.field) }
end

local function part_of(part, cells, prefix)
  if part[2] == "l" then return { type = "l", text = part[1] } end
  if is_id(part[1]) then
    return { type = "i", text = prefix, label = part[1], cell = cells.of(part[1]) }
  end
  return { type = "c", cell = cells.of(part[1]) }
end

--- For messages: `email (from Email)`.
local function label_of(field)
  local from = {}
  for _, part in ipairs(field.parts) do
    if part[2] == "c" then from[#from + 1] = part[1] end
  end
  return #from == 0 and field.name or ("%s (from %s)"):format(field.name, table.concat(from, ", "))
end

local function field_of(field, cells, prefix)
  local parts = {}
  for i, part in ipairs(field.parts) do parts[i] = part_of(part, cells, prefix) end
  return { label = label_of(field), before = field.before, type = field.type,
    role = roles[field.role], required = field.required, parts = parts }
end

--- The record's own Id, which a write-back needs and nothing else may ask for.
local function add_record_id(fields, names, cells, prefix)
  for _, name in ipairs(names) do
    if is_id(name) then
      fields[#fields + 1] = field_of({ name = "Id", before = "", type = "t", role = "record_id",
        parts = { { name, "c" } } }, cells, prefix)
      return
    end
  end
end

local function sentence(set, names, text)
  local list = {}
  for name in pairs(set) do list[#list + 1] = name end
  if #list == 0 then return nil end
  table.sort(list)
  for i, name in ipairs(list) do
    local near = names and nearest(name, names)
    list[i] = near and ("%s (did you mean %s?)"):format(name, near) or name
  end
  return text:format(table.concat(list, ", "))
end

local compile = {}

--- The names of all fields that a flow reads, in the order of their first use, and Id.
function compile.needs(flow)
  local names, seen = {}, {}
  local function need(name)
    if not seen[name:lower()] then names[#names + 1] = name end
    seen[name:lower()] = true
  end
  for _, step in ipairs(flow.condition) do
    if step.field then need(step.field) end
  end
  for _, field in ipairs(flow.fields) do
    for _, part in ipairs(field.parts) do
      if part[2] == "c" then need(part[1]) end
    end
  end
  need "Id"
  return names
end

--- Compiles a flow for an export.
-- @param flow what `flow.declare` gave
-- @tparam {string,...} names the export's columns
-- @return the native plan, or nil and what the export lacks
function compile.plan(flow, names)
  local cells, prefix = new_cells(names), object[flow.object or ""] or ""
  local steps, fields = {}, {}
  for i, step in ipairs(flow.condition) do steps[i] = step_of(step, cells) end
  for i, field in ipairs(flow.fields) do fields[i] = field_of(field, cells, prefix) end
  local fault = sentence(cells.missing, names, "the flow reads fields that the export lacks: %s")
    or sentence(cells.repeated, nil, "the export has more than one column of this name: %s")
  if fault then return nil, fault end
  add_record_id(fields, names, cells, prefix)
  return core.plan { columns = cells.columns, steps = steps, fields = fields }
end

return compile
