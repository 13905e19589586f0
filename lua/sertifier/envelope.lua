--- Sertifier's envelope: `{ message, hasError, validationErrors, data, content }`.

local cjson = require("cjson").new()

cjson.decode_max_depth(50)

local envelope = {}

--- Whether a value can be one of Sertifier's ids.
function envelope.is_id(value)
  return type(value) == "string" and #value >= 8 and #value <= 64 and value:find "^[%w_-]+$" ~= nil
end

--- Decodes a body; nil where it is no JSON object.
function envelope.decode(body)
  local ok, value = pcall(cjson.decode, body)
  -- An array would have a first element; an empty one says nothing either way.
  if not ok or type(value) ~= "table" or value[1] ~= nil or body:match "^%s*%[" then return nil end
  return value
end

--- Whether a `data` holds nothing but empty lists.
function envelope.is_hollow(data)
  for _, list in pairs(data) do
    if type(list) ~= "table" then
      if list ~= cjson.null then return false end
    elseif next(list) ~= nil then
      return false
    end
  end
  return true
end

return envelope
