--- Change Data Capture events -> the records that they tell of.
--
-- An event of an update holds what changed. In the form of CometD other fields are absent; in that
-- of the Pub/Sub API all are there, and those that did not change are null. So a field that is null
-- was cleared only where `changedFields` or `nulledFields` names it; any other is not known.

local events = {}

local function payload_of(event)
  local data = type(event.data) == "table" and event.data or event
  return type(data.payload) == "table" and data.payload or data
end

--- @return the header of a change event; nil where it is none
function events.header(event)
  local header = payload_of(event).ChangeEventHeader
  return type(header) == "table" and header or nil
end

--- How a record names a part of a compound field: `LastName` of Name, `MailingCity` of
-- MailingAddress.
local function part_name(compound, part)
  if compound == "Name" then return part end
  return (compound:match "^(.*)Address$" or compound .. ".") .. part
end

--- A payload's fields, those in compound fields too.
local function fields_of(payload)
  local row = {}
  for name, value in pairs(payload) do
    if name ~= "ChangeEventHeader" then row[name] = value end
    if name ~= "ChangeEventHeader" and type(value) == "table" then
      for part, inner in pairs(value) do
        if type(part) == "string" then row[part_name(name, part)] = inner end
      end
    end
  end
  return row
end

local function add_name(set, name)
  local compound, part = name:match "^([^.]+)%.(.+)$"
  set[name:lower()] = true
  if compound then set[part_name(compound, part):lower()] = true end
end

--- The names that the header says were changed or cleared, in lower case.
local function changed_names(header)
  local set = {}
  for _, key in ipairs { "changedFields", "nulledFields" } do
    for _, name in ipairs(type(header[key]) == "table" and header[key] or {}) do
      if type(name) == "string" then add_name(set, name) end
    end
  end
  return set
end

local values = { string = true, number = true, boolean = true } -- null is none, nor is a compound

local function has_value(row, name)
  for key, value in pairs(row) do
    if key:lower() == name and values[type(value)] then return true end
  end
  return false
end

--- A field that the flow reads and of which the event does not tell, or nil.
local function unknown(row, header, needs)
  if header.changeType ~= "UPDATE" then return nil end
  local changed = changed_names(header)
  for _, name in ipairs(needs) do
    local key = name:lower()
    if key ~= "id" and not changed[key] and not has_value(row, key) then return name end
  end
end

local again = "read the record again"

--- Why an event makes no record that can be used; or false where it is of no concern.
local function fault_of(header, ids)
  local kind = tostring(header.changeType)
  if kind:find "DELETE$" and not kind:find "UNDELETE$" then return false end
  if kind:find "^GAP_" then return ("is a %s event, without fields: %s"):format(kind, again) end
  if type(ids) ~= "table" or #ids == 0 then return "names no record" end
  for _, id in ipairs(ids) do
    if tostring(id):find("*", 1, true) then return "is of many records, not named: " .. again end
  end
end

local function rows_of(event, needs)
  local header = events.header(event)
  if not header then return nil, "is no change event" end
  local fault = fault_of(header, header.recordIds)
  if fault ~= nil then return nil, fault or nil end
  local row = fields_of(payload_of(event))
  local missing = unknown(row, header, needs)
  if missing then
    return nil, ("%s is not in the event, which holds what changed: %s"):format(missing, again)
  end
  return row, header.recordIds
end

local function with_id(row, id)
  local copy = { Id = id }
  for name, value in pairs(row) do copy[name] = value end
  return copy
end

--- The records of an iterator's events: one for each Id that an event names.
-- @tparam function next_event as for `tables.open`
-- @tparam {string,...} needs the fields that the flow reads
function events.rows(next_event, needs)
  local row, ids, place, line = nil, {}, 0, nil
  return function()
    if place == #ids then
      local event, at, problem = next_event()
      if not event then return event, at, problem end
      local fields, found = rows_of(event, needs)
      if not fields then return false, at, found end
      row, ids, place, line = fields, found, 0, at
    end
    place = place + 1
    return with_id(row, ids[place]), line
  end
end

return events
