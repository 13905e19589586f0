--- A record-triggered Flow, as `sf project retrieve` writes it -> a flow in Lua.
--
-- Source: Flow and its subtypes in Salesforce's Metadata API guide. What cannot be carried over is
-- named in a comment, never dropped.

local condition = require "sertifier.condition"
local credential = require "sertifier.credential"
local values = require "sertifier.flow_import.values"
local text = require "sertifier.flow_import.text"
local xml = require "sertifier.flow_import.xml"

local flow_import = {}

local most_bytes = 16 * 1024 * 1024

--- Elements of a Flow that say nothing about what it does, and those that are read below.
local known = {}
for name in ([[apiVersion areMetricsLoggedToDataCloud constants description environments formulas
  interviewLabel label migratedFromWorkflowRuleName processMetadataValues processType runInMode
  start status textTemplates variables actionCalls assignments recordUpdates fullName isTemplate
  isOverridable timeZoneSidKey triggerOrder]]):gmatch "%S+" do known[name] = true end

local known_start = {}
for name in ([[connector doesRequireRecordChangedToMeetCriteria filterFormula filterLogic filters
  locationX locationY object recordTriggerType triggerType flowRunAsUser]]):gmatch "%S+" do
  known_start[name] = true
end

local function note(self, form, ...)
  table.insert(self.notes, form:format(...))
end

-- ---- when it runs ----

local triggers = { Create = "created", Update = "updated", CreateAndUpdate = "meets",
  None = "meets" }

local function read_trigger(self, start)
  local kind = start:text "recordTriggerType" or "None"
  self.trigger = triggers[kind] or "meets"
  if start:text "doesRequireRecordChangedToMeetCriteria" == "true" then
    self.trigger = "updated to meet"
  elseif not triggers[kind] then
    note(self, "recordTriggerType %s: an export knows nothing of deleted records", kind)
  end
  local type_ = start:text "triggerType"
  if type_ and not type_:find "^Record" then
    note(self, "triggerType %s: run `sertifier issue` at its times, as from cron", type_)
  end
end

local function read_filters(self, start)
  local filters = {}
  for _, one in ipairs(start:all "filters") do
    local value, message = values.literal(self, one:child "value")
    filters[#filters + 1] = { one:text "field", one:text "operator", value }
    if message then note(self, "filter on %s: %s", one:text "field", message) end
  end
  if #filters == 0 then return end
  filters.logic = start:text "filterLogic" or "and"
  local _, message = condition.compile(filters)
  self.when = filters
  if message then note(self, "filters: %s", message) end
end

local function read_start(self, start)
  self.object = start:text "object"
  read_trigger(self, start)
  read_filters(self, start)
  local formula = start:text "filterFormula"
  if formula then
    self.formula = values.bare(formula)
    local _, message = condition.formula(self.formula, self.object)
    if message then note(self, "filterFormula: %s", message) end
  end
  for _, child in ipairs(start.children) do
    if not known_start[child.name] then
      note(self, "start: %s (line %d)", child.name, child.line)
    end
  end
end

-- ---- what it sends ----

local fields = { campaignId = "campaign" }
for _, field in ipairs(credential.fields) do fields[field.name] = field.name end

--- `credential.email` and `email` are both the e-mail address.
local function field_of(reference)
  return fields[reference:match "([^.]+)$"]
end

local function take(self, reference, value, line)
  local field = reference and field_of(reference)
  if not field then
    if reference then note(self, "%s is set (line %d)", reference, line) end
    return
  end
  local given, message = values.template(self, value)
  if given ~= nil then self.map[field] = given end
  if message then note(self, "%s: %s (line %d)", reference, message, line) end
end

local function read_action(self, action)
  local name = action:text "actionName" or "an action"
  if not name:lower():find "credential" then
    return note(self, "action %s (line %d)", name, action.line)
  end
  self.has_action = true
  for _, one in ipairs(action:all "inputParameters") do
    local reference = one:text "name"
    if field_of(reference or "") then take(self, reference, one:child "value", one.line) end
  end
end

local function read_assignments(self, element)
  for _, one in ipairs(element:all "assignmentItems") do
    local reference = one:text "assignToReference"
    local operator = one:text "operator"
    if operator == "Assign" then
      take(self, reference, one:child "value", one.line)
    elseif not (reference or ""):lower():find "credentials$" then
      note(self, "%s: operator %s (line %d)", reference or "?", operator or "?", one.line)
    end
  end
end

-- ---- what it writes back ----

local answers = {}
for _, name in ipairs(credential.answers) do answers[name] = true end

local function read_update(self, update)
  for _, one in ipairs(update:all "inputAssignments") do
    local value = one:child "value"
    local reference = value and value:text "elementReference" or ""
    local answer, field = reference:match "([^.]+)$", one:text "field"
    if field and answer and answers[answer] then
      self.write_back[field] = "{!" .. answer .. "}"
    else
      note(self, "Update Records sets %s, which is no part of Sertifier's answer (line %d)",
        field or "?", one.line)
    end
  end
end

-- ---- the whole ----

local readers = { start = read_start, actionCalls = read_action, assignments = read_assignments,
  recordUpdates = read_update }

local function read(self, root)
  values.begin(self, root)
  self.name = root:text "label"
  for _, element in ipairs(root.children) do
    local reader = readers[element.name]
    if reader then reader(self, element) end
    if not known[element.name] then
      note(self, "%s %s (line %d)", element.name, element:text "name" or "", element.line)
    end
  end
  if not self.has_action then note(self, "no action whose name speaks of credentials was found") end
end

--- Reads a Flow's metadata.
-- @tparam string source the file's text
-- @treturn string a flow in Lua; or nil, message
function flow_import.convert(source)
  if #source > most_bytes then return nil, "is too large for a Flow" end
  local root, message = xml.read(source)
  if not root then return nil, message end
  if root.name ~= "Flow" then return nil, ("holds a %s, not a Flow"):format(root.name) end
  local self = { notes = {}, map = {}, write_back = {} }
  read(self, root)
  return text.write(self)
end

return flow_import
