--- Records as JSON in, what became of each out.

local flowing = require "sertifier.nginx.flowing"
local json = require "sertifier.json"
local reply = require "sertifier.nginx.reply"

local records = {}

--- The objects of a body: a list, a list under a name, or one object.
-- @treturn {table,...}|nil nil where it is something else
function records.list(body, name)
  if body:find "^%s*%[" then body = ('{"%s":%s}'):format(name, body) end
  local request = json.decode(body)
  local list = request and (request[name] == nil and { request } or request[name])
  if not json.is_list(list) or list[1] == nil then return nil end
  for _, one in ipairs(list) do
    if type(one) ~= "table" then return nil end
  end
  return list
end

--- Why a list is not worked on: nil where it is.
function records.refusal(list, name, most)
  if not list then
    return reply.refuse(400, ("One or a list of %s is expected, as JSON in UTF-8; nothing was "
      .. "sent."):format(name))
  elseif #list > most then
    return reply.refuse(413, ("At most %d %s in a request, here are %d; nothing was sent.")
      :format(most, name, #list))
  end
end

--- An iterator over a list.
function records.each(list)
  local i = 0
  return function()
    i = i + 1
    return list[i]
  end
end

--- Answers a request.
-- @tparam table place as for flowing.answer, and `most`, records
-- @tparam string body
function records.answer(place, body)
  local list = records.list(body, "records")
  return records.refusal(list, "records", place.most)
    or flowing.answer(place, records.each(list))
end

return records
