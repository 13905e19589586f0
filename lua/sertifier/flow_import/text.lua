--- Writes an imported flow as a Lua file.

local credential = require "sertifier.credential"
local number_text = require "sertifier.number_text"
local sorted_keys = require "sertifier.sorted_keys"

local text = {}

local no_campaign = "YOUR_CAMPAIGN_ID"

local function quoted(value)
  if type(value) == "number" then return number_text(value) end
  if type(value) ~= "string" then return tostring(value) end
  return (("%q"):format(value):gsub("\\\n", "\\n"):gsub("\r", "\\r"))
end

local function add(lines, form, ...)
  lines[#lines + 1] = form:format(...)
end

local function add_when(lines, flow)
  if flow.formula then return add(lines, "  formula = %s,", quoted(flow.formula)) end
  if not flow.when then return end
  add(lines, "  when = {")
  for _, filter in ipairs(flow.when) do
    local cells = {}
    for i = 1, 3 do
      if filter[i] ~= nil then cells[#cells + 1] = quoted(filter[i]) end
    end
    add(lines, "    { %s },", table.concat(cells, ", "))
  end
  add(lines, "    logic = %s,\n  },", quoted(flow.when.logic))
end

local function add_map(lines, flow)
  local map = flow.map
  if next(map) == nil then return end
  add(lines, "  map = {")
  for _, field in ipairs(credential.fields) do
    if map[field.name] ~= nil then
      add(lines, "    %s = %s,", field.name, quoted(map[field.name]))
    end
  end
  if map.name == nil then
    add(lines, '    name = "{!FirstName} {!LastName}", -- the Flow does not say')
  end
  add(lines, "  },")
end

local function add_write_back(lines, flow)
  local names = sorted_keys(flow.write_back)
  for i, name in ipairs(names) do
    names[i] = ("[%s] = %s"):format(quoted(name), quoted(flow.write_back[name]))
  end
  if #names > 0 then add(lines, "  write_back = { %s },", table.concat(names, ", ")) end
end

local function add_notes(lines, notes)
  if #notes == 0 then return end
  add(lines, "-- Not carried over:")
  for _, note in ipairs(notes) do
    lines[#lines + 1] = "--   " .. note:gsub("[\r\n]+", "\n--   ")
  end
  lines[#lines + 1] = ""
end

--- @tparam table flow what flow_import.lua read
-- @treturn string
function text.write(flow)
  local lines = {}
  add_notes(lines, flow.notes)
  local campaign = flow.map.campaign or no_campaign
  flow.map.campaign = nil
  add(lines, 'local sertifier = require "sertifier"\n\nreturn sertifier.flow {')
  if flow.name then add(lines, "  name = %s,", quoted(flow.name)) end
  if flow.object then add(lines, "  object = %s,", quoted(flow.object)) end
  add(lines, "  campaign = %s,%s", quoted(campaign),
    campaign == no_campaign and " -- Sertifier: Advanced > Integrations" or "")
  add_when(lines, flow)
  if flow.trigger ~= "meets" then add(lines, "  trigger = %s,", quoted(flow.trigger)) end
  add_map(lines, flow)
  add_write_back(lines, flow)
  add(lines, "}\n")
  return table.concat(lines, "\n")
end

return text
