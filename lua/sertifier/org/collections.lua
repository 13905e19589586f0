--- Updates of many records at once, each with a result of its own; and what fields there are.

local json = require "sertifier.json"
local locks = require "sertifier.org.locks"
local reply = require "sertifier.org.reply"
local states = require "sertifier.org.state"

local collections = {}

local most = 200

--- The fields of an object.
function collections.describe(_, _, _, object)
  local fields, texts = states.fields[object], {}
  if not fields then return reply.fault(404, "NOT_FOUND", "There is no such object") end
  for name, field in pairs(fields) do
    if not name:find(".", 1, true) then
      texts[#texts + 1] = ('{"name":"%s","length":%d,"updateable":%s,"relationshipOrder":null}')
        :format(name, field.length, tostring(field.updateable))
    end
  end
  return 200, ('{"name":"%s","fields":%s}'):format(object, json.list(texts))
end

-- The record has to be told by its place in the list: there is no id beside an error.
local function error_json(code, message, field)
  return ('{"success":false,"errors":[{"statusCode":"%s","message":%s,"fields":[%s]}]}')
    :format(code, json.quote(message), field and '"' .. field .. '"' or "")
end

local function field_fault(record, object)
  for name, value in pairs(record) do
    local field = (states.fields[object] or {})[name]
    if name ~= "attributes" and name:lower() ~= "id" then
      if not field then return "INVALID_FIELD", "No such column '" .. name .. "'", name end
      if not field.updateable then
        return "INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields: " .. name, name
      elseif field.length > 0 and #tostring(value):gsub("[\128-\191]", "") > field.length then
        return "STRING_TOO_LONG", name .. ": data value too large", name
      end
    end
  end
end

--- What is wrong with one record: a code, a message and a field; or nil.
-- @tparam table state
-- @tparam table record
-- @tparam number n which one it is of those that are updated together
-- @tparam table seen those before it, by Id
-- @tparam table transaction as for `locks`
function collections.fault(state, record, n, seen, transaction)
  local id = record.id or record.Id
  local own = state.by_id[id]
  if not own then return "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id" end
  if own.IsDeleted then return "ENTITY_IS_DELETED", "entity is deleted" end
  if seen[id] then return "DUPLICATE_VALUE", "duplicate id in list" end
  seen[id] = true
  if locks.is_locked(state, own, n, transaction) then return locks.fault(state) end
  if state.behave.row_error ~= "" then return state.behave.row_error, "the org's own words" end
  return field_fault(record, record.attributes.type)
end

--- Updates one.
function collections.apply(state, record)
  local own = state.by_id[record.id or record.Id]
  for name, value in pairs(record) do
    if states.fields.Contact[name] and name ~= "Id" then own[name] = value end
  end
  own.SystemModstamp = os.date("!%Y-%m-%dT%H:%M:%S.000+0000",
    math.floor(state.now() + state.behave.clock))
  state.updates = state.updates + 1
end

--- What is wrong with the call as a whole: a code and a message; or nil.
local function call_fault(request, decoded)
  if not (request.headers["content-type"] or ""):find "^application/json" then
    return "UNSUPPORTED_MEDIA_TYPE", "Content-Type not supported"
  elseif not decoded or not json.is_list(decoded.records) or #decoded.records == 0 then
    return "JSON_PARSER_ERROR", "records are expected"
  elseif #decoded.records > most then
    return "EXCEEDED_MAX_SIZE_REQUEST", "record limit reached: 200"
  end
  for _, record in ipairs(decoded.records) do
    if type(record.attributes) ~= "table" or not record.attributes.type then
      return "INVALID_INPUT", "include a type in attributes"
    end
  end
end

--- Updates records: where `allOrNone` is true, all of them or none.
function collections.update(state, request)
  local decoded = json.decode(request.body)
  local code, message = call_fault(request, decoded)
  if code then return reply.fault(400, code, message) end
  local texts, seen, good, transaction = {}, {}, {}, locks.of_call(state)
  for n, record in ipairs(decoded.records) do
    local wrong, why, field = collections.fault(state, record, n, seen, transaction)
    texts[n] = wrong and error_json(wrong, why, field)
      or ('{"id":"%s","success":true,"errors":[]}'):format(record.id or record.Id)
    if not wrong then good[#good + 1] = n end
  end
  local rolled_back = decoded.allOrNone == true and #good < #texts
  for _, n in ipairs(good) do
    if rolled_back then
      texts[n] = error_json("ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "Record rolled back because not all records were valid")
    else
      collections.apply(state, decoded.records[n])
    end
  end
  return 200, json.list(texts)
end

return collections
