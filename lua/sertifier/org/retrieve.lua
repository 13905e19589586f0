--- Fields of records whose Ids are known, up to 2,000 at once.

local json = require "sertifier.json"
local reply = require "sertifier.org.reply"
local states = require "sertifier.org.state"

local most = 2000

local function call_fault(request, decoded)
  if not (request.headers["content-type"] or ""):find "^application/json" then
    return "UNSUPPORTED_MEDIA_TYPE", "Content-Type not supported"
  elseif not decoded or not json.is_list(decoded.ids) or not json.is_list(decoded.fields) then
    return "JSON_PARSER_ERROR", "ids and fields are expected"
  elseif #decoded.ids > most then
    return "EXCEEDED_MAX_SIZE_REQUEST", "record limit reached: 2000"
  end
end

--- Its fields by their own names; or nil, and one that there is not.
local function fields_of(object, names)
  local fields = {}
  for i, name in ipairs(names) do
    local field = states.field(object, name)
    if not field then return nil, name end
    fields[i] = field.name
  end
  return fields
end

local function add(parts, ...)
  for _, part in ipairs { ... } do parts[#parts + 1] = part end
end

local function add_value(parts, value)
  if type(value) ~= "string" then return add(parts, value == nil and "null" or tostring(value)) end
  if value:find '[%c"\\]' then return add(parts, json.quote(value)) end
  add(parts, '"', value, '"')
end

--- Adds a record. Its pieces stay pieces: LuaJIT is slow where many long texts are alike.
local function add_record(parts, before, record, fields)
  add(parts, before, record.Id, '"}')
  for _, name in ipairs(fields) do
    add(parts, ',"' .. name .. '":')
    add_value(parts, record[name])
  end
  add(parts, "}")
end

--- The records in the order of their Ids, and null where there is none.
local function told(state, ids, before, fields)
  local parts = {}
  for i, id in ipairs(ids) do
    local record = state.by_id[id]
    if i > 1 then add(parts, ",") end
    if record and not record.IsDeleted then
      add_record(parts, before, record, fields)
    else
      add(parts, "null")
    end
  end
  return "[" .. table.concat(parts) .. "]"
end

--- Answers with them.
return function(state, request, base, object)
  if not states.fields[object] then return reply.fault(404, "NOT_FOUND", "no such object") end
  local decoded = json.decode(request.body)
  local code, message = call_fault(request, decoded)
  if code then return reply.fault(400, code, message) end
  local fields, unknown = fields_of(object, decoded.fields)
  if not fields then
    return reply.fault(400, "INVALID_FIELD", ("No such column '%s'"):format(unknown))
  end
  local before = ('{"attributes":{"type":"%s","url":"%s/sobjects/%s/'):format(object, base, object)
  return 200, told(state, decoded.ids, before, fields)
end
