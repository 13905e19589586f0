--- What is given by name: each name is one that there is, and its value of the type it should have.

local did_you_mean = require "sertifier.did_you_mean"
local sorted_keys = require "sertifier.sorted_keys"

local typed = {}

--- Whether a value is of a type, or of one of several.
-- @param value
-- @tparam string|{string,...} wanted
-- @treturn boolean
function typed.is(value, wanted)
  if type(wanted) == "string" then return type(value) == wanted end
  for _, one in ipairs(wanted) do
    if type(value) == one then return true end
  end
  return false
end

local function words(wanted)
  if type(wanted) == "string" then return wanted end
  return table.concat(wanted, ", ", 1, #wanted - 1) .. " or " .. wanted[#wanted]
end

--- What is wrong with a value's type, in words; nil where nothing is.
function typed.fault_of(value, wanted)
  if typed.is(value, wanted) then return nil end
  return words(wanted) .. " expected, got " .. type(value)
end

local function fault_of(name, value, types)
  if types[name] then return typed.fault_of(value, types[name]) end
  return "no such option" .. did_you_mean(name, sorted_keys(types))
end

--- Checks options at the line of a caller.
-- @tparam string|nil opened what takes them, for messages: "client"
-- @tparam table options
-- @tparam table types name -> type, or a list of types
-- @tparam number level whose line an error names, as for `error`
function typed.check(opened, options, types, level)
  local place = opened and opened .. ": " or ""
  if type(options) ~= "table" then
    error(("%sa table of options is expected, got %s"):format(place, type(options)), level + 1)
  end
  for name, value in pairs(options) do
    local fault = fault_of(name, value, types)
    if fault then error(("%s%s: %s"):format(place, tostring(name), fault), level + 1) end
  end
end

--- Checks the times that a client takes, as libcurl takes them, at the line of a caller.
function typed.check_seconds(options, level)
  for _, name in ipairs { "timeout", "connect_timeout" } do
    local seconds = options[name]
    if seconds and not (seconds > 0 and seconds <= 1e9) then
      error(name .. ": a number above 0 is expected", level + 1)
    end
  end
end

return typed
