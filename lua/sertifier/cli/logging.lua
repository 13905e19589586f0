--- A run's events on standard error, a JSON object a line.

local cjson = require "cjson"
local sorted_keys = require "sertifier.sorted_keys"
local telling = require "sertifier.cli.telling"

local logging = {}

--- `2026-07-08T09:10:11.123Z`
local function time_of(seconds)
  local whole = math.floor(seconds)
  return os.date("!%Y-%m-%dT%H:%M:%S", whole)
    .. (".%03dZ"):format(math.floor((seconds - whole) * 1000))
end

--- The line of an event; its attributes in the order of their names.
function logging.line(event)
  local parts = {}
  for i, name in ipairs(sorted_keys(event.attributes)) do
    local value = event.attributes[name]
    parts[i] = ('"%s":%s'):format(name, type(value) == "string" and telling.quote(value)
      or cjson.encode(value))
  end
  return ('{"timestamp":"%s","severityText":"%s","eventName":"%s","attributes":{%s}}\n'):format(
    time_of(event.timestamp), event.severityText, event.eventName, table.concat(parts, ","))
end

--- What a run is given to tell.
function logging.write(event)
  io.stderr:write(logging.line(event))
end

return logging
