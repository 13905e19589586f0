--- A flow's declaration, checked as a whole, and compiled for the columns of an export.

local condition = require "sertifier.condition"
local credential = require "sertifier.credential"
local envelope = require "sertifier.envelope"
local nearest = require "sertifier.nearest"
local template = require "sertifier.template"

local flow = {}

local types = {
  name = "string", object = "string", campaign = "string", when = { "string", "table" },
  map = "table", once_per = "string", write_back = "table", on_issued = "function",
  on_rejected = "function", on_doubt = "function", publish = "string",
}

local properties = {}
for property in pairs(types) do properties[#properties + 1] = property end
table.sort(properties)

local function did_you_mean(name, names)
  local near = nearest(tostring(name), names)
  return near and ("; did you mean %s?"):format(near) or ""
end

local function is_of(value, wanted)
  if type(wanted) == "string" then return type(value) == wanted end
  for _, one in ipairs(wanted) do
    if type(value) == one then return true end
  end
end

local function words(wanted)
  return type(wanted) == "string" and wanted or table.concat(wanted, " or ")
end

local function sorted_keys(map)
  local keys = {}
  for key in pairs(map) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  return keys
end

local function check_properties(declaration, fault)
  for _, name in ipairs(sorted_keys(declaration)) do
    local wanted, value = types[name], declaration[name]
    if not wanted then
      fault("%s: a flow has no such property%s", name, did_you_mean(name, properties))
    elseif not is_of(value, wanted) then
      fault("%s: %s expected, got %s", name, words(wanted), type(value))
    end
  end
end

--- A template's parts, or an empty list after the fault was noted.
local function parts_of(text, self, where, fault)
  local parts, message = template.parse(text, self.object)
  if not parts then fault("%s: %s", where, message) end
  return parts or {}
end

local function add_field(self, field)
  self.fields[#self.fields + 1] = field
end

local function json_key(name)
  return (',"%s":'):format(name)
end

--- A field of the credential from what `map` says of it: a template, or a boolean.
local function map_field(self, field, value, fault)
  local where = "map." .. field.name
  if field.type == "b" and type(value) == "boolean" then
    return add_field(self, { name = field.name, before = json_key(field.name), type = "j",
      parts = { { tostring(value), "l" } } })
  end
  if type(value) ~= "string" then
    return fault("%s: %s expected, got %s", where,
      field.type == "b" and "string or boolean" or "string", type(value))
  end
  add_field(self, { name = field.name, before = json_key(field.name), type = field.type,
    role = field.role, required = field.required, parts = parts_of(value, self, where, fault) })
end

local function map_attributes(self, attributes, fault)
  if type(attributes) ~= "table" then
    return fault("map.attributes: table expected, got %s", type(attributes))
  end
  for _, id in ipairs(sorted_keys(attributes)) do
    local where, value = "map.attributes." .. tostring(id), attributes[id]
    if not envelope.is_id(id) or type(value) ~= "string" then
      fault("%s: an attribute's ID and a template are expected", where)
    else
      add_field(self, { name = where:sub(5), before = ('{"id":"%s","value":'):format(id),
        type = "a", parts = parts_of(value, self, where, fault) })
    end
  end
end

local function check_map(self, map, fault)
  local names = credential.names()
  for _, name in ipairs(sorted_keys(map)) do
    local known = name == "attributes"
    for _, field in ipairs(credential.fields) do known = known or field.name == name end
    if not known then
      fault("map.%s: a credential has no such field%s", tostring(name), did_you_mean(name, names))
    end
  end
  if map.name == nil then fault("map.name: missing; every credential needs a name") end
  for _, field in ipairs(credential.fields) do
    if map[field.name] ~= nil then map_field(self, field, map[field.name], fault) end
  end
  if map.attributes ~= nil then map_attributes(self, map.attributes, fault) end
end

local function check_campaign(self, campaign, fault)
  if campaign == nil then
    return fault("campaign: missing; its ID stands in Sertifier under Advanced > Integrations")
  end
  local parts = parts_of(campaign, self, "campaign", fault)
  local fixed = #parts == 1 and parts[1][2] == "l"
  if (fixed or #parts == 0) and not envelope.is_id(campaign) then
    fault("campaign: %q is not a campaign's ID", campaign)
  end
  add_field(self, { name = "campaign", before = '{"campaignId":', type = "c", role = "campaign",
    required = true, parts = parts })
end

local function check_write_back(self, fault)
  for _, name in ipairs(sorted_keys(self.write_back)) do
    local value = self.write_back[name]
    local parts = type(value) == "string" and template.parse(value, self.object)
    if not parts or type(name) ~= "string" then
      fault("write_back.%s: a template such as {!verificationLink} is expected", tostring(name))
    end
    for _, part in ipairs(parts or {}) do
      local known = part[2] == "l"
      for _, answer in ipairs(credential.answers) do known = known or answer == part[1] end
      if not known then
        fault("write_back.%s: Sertifier's answer has no %s%s", name, part[1],
          did_you_mean(part[1], credential.answers))
      end
    end
    self.write_back_parts[name] = parts
  end
end

local function check_condition(self, when, fault)
  local program, message = condition.compile(when)
  if not program then fault("when: %s", message) end
  self.condition = program or {}
end

--- With `publish = "after check"` everything is added as a draft.
local function publishing(declaration, map, fault)
  local when = declaration.publish
  if type(when) ~= "string" then return map end
  if when ~= "after check" then fault('publish: "after check" is expected, got "%s"', when) end
  local drafts = { quickPublish = false }
  for name, value in pairs(map) do drafts[name] = drafts[name] == nil and value or drafts[name] end
  return drafts
end

local function is_sound(declaration, name)
  local value = declaration[name]
  return value ~= nil and is_of(value, types[name])
end

local function sound(declaration, name, default)
  if is_sound(declaration, name) then return declaration[name] end
  return default
end

local function check_all(self, declaration, fault)
  check_properties(declaration, fault)
  if declaration.campaign == nil or is_sound(declaration, "campaign") then
    check_campaign(self, declaration.campaign, fault)
  end
  check_condition(self, sound(declaration, "when"), fault)
  local map = sound(declaration, "map", credential.guide_map())
  check_map(self, publishing(declaration, map, fault), fault)
  check_write_back(self, fault)
  add_field(self, { name = "once_per", before = "", type = "t", role = "once_per",
    required = true, parts = parts_of(self.once_per, self, "once_per", fault) })
end

--- Declares a flow.
-- @tparam table declaration its properties, as the README lists them
-- @tparam[opt=1] number level whose line an error names, as for `error`
-- @treturn table the flow; an error names every mistake of the declaration
function flow.declare(declaration, level)
  if type(declaration) ~= "table" then
    error(("flow: table expected, got %s"):format(type(declaration)), (level or 1) + 1)
  end
  local faults = {}
  local function fault(text, ...) faults[#faults + 1] = text:format(...) end
  local self = { declaration = declaration, fields = {}, write_back_parts = {},
    name = sound(declaration, "name"), object = sound(declaration, "object"),
    once_per = sound(declaration, "once_per", "{!Id}"), campaign = declaration.campaign,
    on_issued = declaration.on_issued, on_rejected = declaration.on_rejected,
    on_doubt = declaration.on_doubt, publish = declaration.publish,
    write_back = sound(declaration, "write_back",
      { Sertifier_Verification_Link__c = "{!verificationLink}" }) }
  check_all(self, declaration, fault)
  if #faults > 0 then
    error(("flow: %d mistake%s\n  %s"):format(#faults, #faults == 1 and "" or "s",
      table.concat(faults, "\n  ")), (level or 1) + 1)
  end
  return self
end

return flow
