--- A flow's declaration, checked as a whole.

local condition = require "sertifier.condition"
local credential = require "sertifier.credential"
local did_you_mean = require "sertifier.did_you_mean"
local fields = require "sertifier.flow.fields"
local sorted_keys = require "sertifier.sorted_keys"
local typed = require "sertifier.typed"

local flow = {}

local types = {
  name = "string", object = "string", campaign = { "string", "table", "function" },
  when = { "string", "table", "function" }, formula = "string", trigger = "string",
  map = "table", once_per = { "string", "function" }, write_back = "table", publish = "string",
}

--- The hooks: properties that are functions.
flow.hooks = { "before_issue", "on_start", "on_batch", "on_issued", "on_rejected", "on_doubt",
  "on_finish" }
for _, hook in ipairs(flow.hooks) do types[hook] = "function" end

local triggers = { "meets", "created", "updated", "updated to meet" }

local properties = sorted_keys(types)

local function check_properties(declaration, fault)
  for _, name in ipairs(sorted_keys(declaration)) do
    local wanted, value = types[name], declaration[name]
    if not wanted then
      fault("%s: a flow has no such property%s", tostring(name), did_you_mean(name, properties))
    elseif not typed.is(value, wanted) then
      fault("%s: %s", name, typed.fault_of(value, wanted))
    end
  end
end

--- The declared value where it is of the right type, or the default.
local function sound(declaration, name, default)
  local value = declaration[name]
  if value ~= nil and typed.is(value, types[name]) then return value end
  return default
end

local function check_condition(self, declaration, fault)
  local when, text = sound(declaration, "when"), sound(declaration, "formula")
  if when ~= nil and text then fault("formula: `when` says already which records are wanted") end
  local tree, message = condition.compile(when, self.object)
  if message then fault("when: %s", message) end
  if text then tree, message = condition.formula(text, self.object) end
  if text and not tree then fault("formula: %s", message) end
  self.condition = tree
end

local function check_trigger(self, declaration, fault)
  self.trigger = sound(declaration, "trigger", "meets")
  for _, one in ipairs(triggers) do
    if one == self.trigger then return end
  end
  fault('trigger: "%s" is none%s', self.trigger, did_you_mean(self.trigger, triggers))
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

local function check_all(self, declaration, fault)
  check_properties(declaration, fault)
  if declaration.campaign == nil or sound(declaration, "campaign") then
    fields.add_campaign(self, declaration.campaign, fault)
  end
  check_condition(self, declaration, fault)
  check_trigger(self, declaration, fault)
  local map = sound(declaration, "map", credential.guide_map())
  fields.add_map(self, publishing(declaration, map, fault), fault)
  self.write_back_parts = fields.write_back(self, self.write_back, fault)
  fields.add_once_per(self, self.once_per, fault)
end

local function new(declaration)
  local self = { declaration = declaration, fields = {}, name = sound(declaration, "name"),
    object = sound(declaration, "object"), once_per = sound(declaration, "once_per", "{!Id}"),
    campaign = declaration.campaign, publish = declaration.publish,
    write_back = sound(declaration, "write_back",
      { Sertifier_Verification_Link__c = "{!verificationLink}" }) }
  for _, hook in ipairs(flow.hooks) do self[hook] = sound(declaration, hook) end
  return self
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
  local self = new(declaration)
  check_all(self, declaration, fault)
  if #faults > 0 then
    error(("flow: %d mistake%s\n  %s"):format(#faults, #faults == 1 and "" or "s",
      table.concat(faults, "\n  ")), (level or 1) + 1)
  end
  return self
end

return flow
