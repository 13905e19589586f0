--- A user's flow file: a Lua file that returns a flow.

local sertifier = require "sertifier"

local flow_file = {}

--- Loads one.
-- @tparam string path
-- @treturn table|nil the flow; or nil, message
function flow_file.load(path)
  local chunk, message = loadfile(path)
  if not chunk then return nil, message end
  local ok, flow = pcall(chunk)
  if not ok then return nil, tostring(flow) end
  if sertifier.is_flow(flow) then return flow end
  return nil, path .. ": must end with `return sertifier.flow { … }`"
end

return flow_file
