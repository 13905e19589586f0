--- What is demanded of the fields in a request: by the sandbox, and by the gateway.
--
-- The guide names the fields of a credential and their types [S]; that a wrong type is refused
-- rather than read somehow is a guess [G], on the strict side.

local calendar = require "sertifier.calendar"
local json = require "sertifier.json"

local check = {}

local given = json.given

--- The fields of a credential in addCredentials [S].
check.fields = {
  campaignId = true, name = true, email = true, externalId = true, quickPublish = true,
  issueDate = true, expireDate = true, dontSendEmail = true, attributes = true,
}

--- The problem of a date; nil where it is one or is not given.
function check.date(value)
  value = given(value)
  if value == nil or type(value) == "string" and calendar.is_date(value) then return nil end
  return "a date as YYYY-MM-DD is expected."
end

--- The problem of a text that may be left out.
function check.text(value)
  value = given(value)
  if value ~= nil and type(value) ~= "string" then return "a string is expected." end
end

--- The problem of a text that must be there.
function check.required(value)
  value = given(value)
  if value == nil or type(value) == "string" and not value:find "%S" then
    return "the field is required."
  end
  return check.text(value)
end

--- The problem of a list that may be left out.
function check.list(value)
  value = given(value)
  if value ~= nil and not json.is_list(value) then return "a list is expected." end
end

--- The problem of a count that may be left out.
function check.count(value)
  value = given(value)
  if value == nil then return nil end
  if type(value) ~= "number" or value < 0 or value % 1 ~= 0 then
    return "a whole number is expected."
  end
end

local function email(value)
  value = given(value)
  if value == nil or value == "" then return nil end
  if type(value) == "string" and not value:find "^[^%s@]+@[^%s@]+$" then
    return "the e-mail address is not valid."
  end
  return check.text(value)
end

local function boolean(value)
  value = given(value)
  if value ~= nil and type(value) ~= "boolean" then return "true or false is expected." end
end

local function attributes(value)
  local problem = check.list(value)
  if problem then return problem end
  for _, one in ipairs(given(value) or {}) do
    if type(one) ~= "table" or check.required(one.id) then return "each needs an id." end
  end
end

-- In the order of the guide: the first problem of an item is the one that is told.
local rules = {
  { "campaignId", check.required }, { "name", check.required }, { "email", email },
  { "externalId", check.text }, { "quickPublish", boolean }, { "issueDate", check.date },
  { "expireDate", check.date }, { "dontSendEmail", boolean }, { "attributes", attributes },
}

--- Checks a credential of addCredentials.
-- @param item what stood in the list
-- @treturn string|nil the field at fault, "" for the item itself
-- @treturn string|nil what is wrong with it
function check.item(item)
  if type(item) ~= "table" then return "", "an object is expected." end
  for i = 1, #rules do
    local problem = rules[i][2](item[rules[i][1]])
    if problem then return rules[i][1], problem end
  end
end

return check
