--- Which flows nginx's handlers can carry out: those that need no run around them.

local compile = require "sertifier.compile"
local flow_file = require "sertifier.flow_file"
local flows = require "sertifier.flow"
local pool = require "sertifier.nginx.pool"
local read_file = require "sertifier.read_file"

local carrying = {}

local no_place = "it needs a run, which nginx's handlers have not; take it out, or export the "
  .. "records and run `sertifier issue`"

--- What of a flow needs a run; nil where nothing does.
local function needs_a_run(flow)
  for _, name in ipairs(flows.hooks) do
    if flow[name] then return name end
  end
  if flow.publish then return "publish" end
  if flow.trigger ~= "meets" then return "trigger" end
  for _, field in ipairs(flow.fields) do
    if field.attribute and not pool.is_there() then return "a look-up of attributes" end
  end
  local plan, cells = compile.plan(flow, compile.needs(flow))
  return plan and compile.asks_memory(flow, cells) and "a comparison with prior values" or nil
end

--- Reads a flow's file, and refuses at the caller's line what could not be kept.
-- @tparam string path
-- @tparam number level whose line an error names
-- @treturn string its text: threads load the flow when they first need it, and the file may be
--   another one by then
function carrying.read(path, level)
  if not path then error("flow: a flow's file is expected", level + 1) end
  local text, message = read_file(path)
  local flow
  if text then flow, message = flow_file.load(path, text) end
  if not flow then error("flow: " .. message, level + 1) end
  local what = needs_a_run(flow)
  if what then error(("flow: %s: %s: %s"):format(path, what, no_place), level + 1) end
  return text
end

return carrying
