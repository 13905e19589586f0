--- The sandbox's addCredentials: what is checked, what is made, what is answered.

local adding = {}

--- Something like a GUID, the n-th of this sandbox.
local function new_id(state)
  state.serial = state.serial + 1
  return ("5a4dbc0e-0000-4000-8000-%012x"):format(state.serial)
end

local fields = { campaignId = true, name = true, email = true, externalId = true,
  quickPublish = true, issueDate = true, expireDate = true, dontSendEmail = true, attributes = true }

--- Unknown fields are ignored without a word [T]; only the record counts them.
local function count_unknown(state, item)
  for name in pairs(item) do
    if not fields[name] then state.record.unknown_fields = state.record.unknown_fields + 1 end
  end
end

local function is_text(value)
  return type(value) == "string" and value:find "%S" ~= nil
end

local function is_date(value, null)
  return value == nil or value == null
    or type(value) == "string" and value:match "^%d%d%d%d%-%d%d%-%d%d$" ~= nil
end

--- What is wrong with an item, or nil. Required are campaignId and name [S]; the rest is [G].
local function fault_of(state, item)
  if type(item) ~= "table" then return "credentials", "must be an object" end
  count_unknown(state, item)
  if not is_text(item.campaignId) then return "campaignId", "is required" end
  if not state.campaigns[item.campaignId] then return "campaignId", "Campaign was not found." end
  if not is_text(item.name) then return "name", "is required" end
  if is_text(item.email) and not item.email:match "^[^@%s]+@[^@%s]+%.[^@%s]+$" then
    return "email", "is not valid"
  end
  if not is_date(item.issueDate, state.null) then return "issueDate", "is not valid" end
  if not is_date(item.expireDate, state.null) then return "expireDate", "is not valid" end
end

local function validation_errors(state, faults)
  if state.behave.validation == "null" then return state.null end
  local list = {}
  for i, fault in ipairs(faults) do
    list[i] = state.behave.validation == "objects" and { key = fault[1], value = fault[2] }
      or fault[1] .. ": " .. fault[2]
  end
  return list
end

local function text(value)
  return type(value) == "string" and value or nil
end

--- One mail for each credential that is published and does not say otherwise [S].
local function mails(item)
  return item.quickPublish == true and item.dontSendEmail ~= true and 1 or 0
end

--- Counts for the judge: adds and mails of each key.
local function note(state, credential, item)
  local key = credential.campaignId .. "/" .. (credential.externalId or credential.email or "")
  local one = state.record.keys[key] or { adds = 0, mails = 0 }
  one.adds, one.mails = one.adds + 1, one.mails + mails(item)
  one.verificationLink = credential.verificationLink
  state.record.keys[key] = one
  credential.key = key
end

local function make(state, item, now)
  local id = new_id(state)
  local day = text(item.issueDate) or os.date("!%Y-%m-%d", now)
  local credential = { id = id, campaignId = item.campaignId, name = item.name,
    email = text(item.email), externalId = text(item.externalId), status = 1, made = now,
    certificateNo = id:sub(-12):upper(), issueDate = day .. "T00:00:00",
    expireDate = text(item.expireDate), isPublished = item.quickPublish == true,
    certificateImageLink = "https://sertifier.com/image/certificate/" .. id,
    badgeImageLink = "https://sertifier.com/image/badge/" .. id,
    verificationLink = "https://sertifier.com/cd/" .. id }
  state.credentials[#state.credentials + 1] = credential
  state.by_id[id] = credential
  note(state, credential, item)
  return credential
end

--- A credential as the answer to addCredentials shows it [S].
local function row_of(state, credential)
  local big = state.behave.spelling == "NO"
  local recased = state.behave.echo == "recased"
  return { id = credential.id, status = 1, issueDate = credential.issueDate,
    name = recased and credential.name:upper() or credential.name,
    email = recased and credential.email and credential.email:upper() or credential.email,
    [big and "certificateNO" or "certificateNo"] = credential.certificateNo,
    [big and "externalID" or "externalId"] = credential.externalId,
    certificateImageLink = credential.certificateImageLink,
    badgeImageLink = credential.badgeImageLink, verificationLink = credential.verificationLink }
end

local function reversed(list)
  local back = {}
  for i = #list, 1, -1 do back[#back + 1] = list[i] end
  return back
end

--- `data` maps each campaign to the rows made in it [S].
local function data_of(state, made)
  local data = {}
  if state.behave.echo == "reversed" then made = reversed(made) end
  for i = 1, #made - state.behave.drop_rows do
    local id = made[i].campaignId
    data[id] = data[id] or {}
    table.insert(data[id], row_of(state, made[i]))
  end
  return next(data) and data or state.null
end

local function refuse(state, message, faults)
  return { message = message, hasError = true, data = state.null, content = state.null,
    validationErrors = validation_errors(state, faults) }
end

local function over_plan(state, count)
  local limit = state.behave.plan_limit
  return limit > 0 and #state.credentials + count > limit
end

local function check(state, items)
  local good, faults = {}, {}
  for _, item in ipairs(items) do
    local field, problem = fault_of(state, item)
    if field then faults[#faults + 1] = { field, problem } else good[#good + 1] = item end
  end
  return good, faults
end

--- Carries out the call.
-- @return the answer's envelope
function adding.answer(state, request)
  local items = type(request.credentials) == "table" and request.credentials or {}
  local largest = state.behave.largest_batch
  if #items == 0 or (largest > 0 and #items > largest) then
    return refuse(state, "The number of credentials is not valid.",
      { { "credentials", "must have between 1 and the allowed number of items" } })
  end
  local good, faults = check(state, items)
  if #faults > 0 and (state.behave.bad_item == "whole" or #good == 0) then
    return refuse(state, faults[1][1] == "campaignId" and faults[1][2] or "Validation failed.", faults)
  end
  if over_plan(state, #good) then
    local answer = refuse(state, "Your plan's limit is reached.", {})
    answer.showPurchaseSheet = true
    return answer
  end
  local made, now = {}, state.now()
  for i, item in ipairs(good) do made[i] = make(state, item, now) end
  return { message = "Credentials added successfully to campaigns.", hasError = #faults > 0,
    validationErrors = validation_errors(state, faults), data = data_of(state, made),
    content = state.null }
end

return adding
