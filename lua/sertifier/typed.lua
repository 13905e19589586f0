--- The options of what is opened: each has a name that there is and the type it should have.

local did_you_mean = require "sertifier.did_you_mean"

local typed = {}

local function names_of(types)
  local names = {}
  for name in pairs(types) do names[#names + 1] = name end
  return names
end

local function fault_of(name, value, types)
  local wanted = types[name]
  if not wanted then return "no such option" .. did_you_mean(name, names_of(types)) end
  return type(value) ~= wanted and wanted .. " expected, got " .. type(value)
end

--- Checks options at the line of a caller.
-- @tparam string opened what takes them, for messages: "client"
-- @tparam table options
-- @tparam table types name -> type
-- @tparam number level whose line an error names, as for `error`
function typed.check(opened, options, types, level)
  if type(options) ~= "table" then
    error(("%s: a table of options is expected, got %s"):format(opened, type(options)), level + 1)
  end
  for name, value in pairs(options) do
    local fault = fault_of(name, value, types)
    if fault then error(("%s: %s: %s"):format(opened, tostring(name), fault), level + 1) end
  end
end

return typed
