--- The fields of a flow's credentials: its campaign, its map, and what it issues once per.
--
-- A field has what csrc/plan.h says of one, and `parts`: those that template.lua gives, or
-- `{ call, "x" }`, a function of the record.

local constant = require "sertifier.flow.constant"
local credential = require "sertifier.credential"
local did_you_mean = require "sertifier.did_you_mean"
local envelope = require "sertifier.envelope"
local sorted_keys = require "sertifier.sorted_keys"
local template = require "sertifier.template"

local fields = {}

local function is_one_of(list, value)
  for _, one in ipairs(list) do
    if one == value then return true end
  end
  return false
end

--- The parts of a template or a function, or an empty list after the fault was noted.
-- @treturn table the parts
-- @treturn boolean whether they are right, and all of them text
local function parts_of(self, value, where, fault, hint)
  if type(value) == "function" then return { { value, "x", where } }, false end
  local parts, message = template.parse(value, self.object, hint)
  if not parts then fault("%s: %s", where, message) end
  return parts or {}, parts ~= nil and constant.is(parts)
end

local function add_field(self, field)
  self.fields[#self.fields + 1] = field
end

local function json_key(name)
  return (',"%s":'):format(name)
end

local expected = { string = true, ["function"] = true }

-- ---- the map ----

--- A field of the credential from what `map` says of it.
local function map_field(self, field, value, fault)
  local where = "map." .. field.name
  if field.type == "b" and type(value) == "boolean" then
    return add_field(self, { name = field.name, before = json_key(field.name), type = "j",
      parts = { { tostring(value), "l" } } })
  end
  if not expected[type(value)] then
    return fault("%s: %s expected, got %s", where, field.type == "b"
      and "string, boolean or function" or "string or function", type(value))
  end
  local parts, is_constant = parts_of(self, value, where, fault, field.type)
  local wrong = is_constant and constant.fault(field, value)
  if wrong then fault("%s: %s", where, wrong) end
  add_field(self, { name = field.name, before = json_key(field.name), type = field.type,
    role = field.role, required = field.required, most = field.most, parts = parts })
end

local function map_attribute(self, id, value, fault)
  local where = "map.attributes." .. tostring(id)
  if type(id) ~= "string" or id == "" or not expected[type(value)] then
    return fault("%s: an attribute's ID or title and a template are expected", where)
  end
  add_field(self, { name = where:sub(5), attribute = id, type = "a",
    parts = parts_of(self, value, where, fault) })
end

local function check_names(map, fault)
  local names = credential.names()
  for _, name in ipairs(sorted_keys(map)) do
    if not is_one_of(names, name) then
      fault("map.%s: a credential has no such field%s", tostring(name), did_you_mean(name, names))
    end
  end
  if map.name == nil then fault("map.name: missing; every credential needs a name") end
end

--- The fields that `map` lists, in the guide's order.
function fields.add_map(self, map, fault)
  check_names(map, fault)
  for _, field in ipairs(credential.fields) do
    if map[field.name] ~= nil then map_field(self, field, map[field.name], fault) end
  end
  if map.attributes == nil then return end
  if type(map.attributes) ~= "table" then
    return fault("map.attributes: table expected, got %s", type(map.attributes))
  end
  for _, id in ipairs(sorted_keys(map.attributes)) do
    map_attribute(self, id, map.attributes[id], fault)
  end
end

-- ---- the campaign ----

--- `{ Course__c = { ["First Aid"] = "ID", … } }` as a formula: a CASE of the field's values.
local function by_value(campaigns, fault)
  local field, list = next(campaigns)
  if type(field) ~= "string" or type(list) ~= "table" or next(campaigns, field) ~= nil
    or next(list) == nil then
    fault("campaign: { Field = { [value] = campaign's ID, … } } is expected")
    return {}
  end
  local steps = { { op = "k", type = "t", text = "" } }
  for _, value in ipairs(sorted_keys(list)) do
    if not envelope.is_id(list[value]) then
      fault("campaign.%s: %q is not a campaign's ID", tostring(value), tostring(list[value]))
    end
    steps[#steps + 1] = { op = "=", type = "t", field = field, text = tostring(value) }
    steps[#steps + 1] = { op = "k", type = "t", text = tostring(list[value]) }
    steps[#steps + 1] = { op = "f", text = "CASE" }
  end
  return { { steps, "f", field } }, ("the flow's campaign for this %s"):format(field)
end

local function campaign_parts(self, campaign, fault)
  if campaign == nil then
    fault("campaign: missing; its ID stands in Sertifier under Advanced > Integrations")
    return {}
  end
  if type(campaign) == "table" then return by_value(campaign, fault) end
  local parts = parts_of(self, campaign, "campaign", fault)
  local fixed = #parts == 1 and parts[1][2] == "l"
  if (fixed or campaign == "") and not envelope.is_id(campaign) then
    fault("campaign: %q is not a campaign's ID", campaign)
  end
  return parts
end

--- The campaign: an ID, a template, a function, or a table from a field's values to IDs.
function fields.add_campaign(self, campaign, fault)
  local parts, label = campaign_parts(self, campaign, fault)
  add_field(self, { name = "campaign", label = label, before = '{"campaignId":', type = "c",
    role = "campaign", required = true, parts = parts })
end

-- ---- the rest ----

--- What is issued once per.
function fields.add_once_per(self, once_per, fault)
  local parts, is_constant = parts_of(self, once_per, "once_per", fault)
  if is_constant then
    fault("once_per: %q names no field: only one record could ever be issued%s", once_per,
      constant.hint(once_per))
  end
  add_field(self, { name = "once_per", before = "", type = "t", role = "once_per",
    required = true, parts = parts })
end

--- A part of what is written back is literal, or something that Sertifier's answer has.
local function check_written(name, part, fault)
  if part[2] == "f" then
    fault("write_back.%s: a formula cannot stand here: %s", name, part[3])
  elseif part[2] == "c" and not is_one_of(credential.answers, part[1]) then
    fault("write_back.%s: Sertifier's answer has no %s%s", name, part[1],
      did_you_mean(part[1], credential.answers))
  end
end

--- The parts of what is written back, by Salesforce's field.
function fields.write_back(self, write_back, fault)
  local all = {}
  for _, name in ipairs(sorted_keys(write_back)) do
    local value = write_back[name]
    local parts = type(value) == "string" and template.parse(value, self.object)
    if not parts or type(name) ~= "string" then
      fault("write_back.%s: a template such as {!verificationLink} is expected", tostring(name))
    end
    for _, part in ipairs(parts or {}) do check_written(name, part, fault) end
    all[name] = parts
  end
  return all
end

return fields
