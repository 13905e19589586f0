--- What a program gives to a single call: a mistake in it is an error at the line of the call.

local cjson = require "cjson"
local envelope = require "sertifier.envelope"

local given = {}

local function check_id(id, level)
  if envelope.is_id(id) then return end
  error(("one of Sertifier's ids is expected, got %s"):format(type(id)), level + 1)
end

--- An id.
function given.id(id)
  check_id(id, 3)
  return id
end

--- A list of ids.
function given.ids(ids)
  if type(ids) ~= "table" then
    error("a list of Sertifier's ids is expected, got " .. type(ids), 3)
  end
  for _, id in ipairs(ids) do check_id(id, 3) end
  return ids
end

--- A request, as JSON.
function given.encode(request)
  if type(request) ~= "table" then error("a table is expected, got " .. type(request), 3) end
  local ok, text = pcall(cjson.encode, request)
  if not ok then error("the request: " .. text, 3) end
  return text
end

return given
