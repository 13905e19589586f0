--- A user's flow file: a Lua file that returns a flow.

local sertifier = require "sertifier"

local flow_file = {}

local function compile(path, text)
  if not text then return loadfile(path) end
  -- A mark and a line for the shell are passed over, as loadfile does.
  text = text:gsub("^\239\187\191", ""):gsub("^#[^\n]*", "")
  return (loadstring or load)(text, "@" .. path)
end

--- Loads one.
-- @tparam string path
-- @tparam[opt] string text of the file, where it was read already
-- @treturn table|nil the flow; or nil, message
function flow_file.load(path, text)
  local chunk, message = compile(path, text)
  if not chunk then return nil, message end
  local ok, flow = pcall(chunk)
  if not ok then return nil, tostring(flow) end
  if sertifier.is_flow(flow) then return flow end
  return nil, path .. ": must end with `return sertifier.flow { … }`"
end

return flow_file
