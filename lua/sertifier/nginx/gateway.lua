--- addCredentials as Sertifier has it, and safe to ask twice.

local check = require "sertifier.request_check"
local core = require "sertifier.core"
local credential = require "sertifier.credential"
local did_you_mean = require "sertifier.did_you_mean"
local envelope = require "sertifier.envelope"
local json = require "sertifier.json"
local reply = require "sertifier.nginx.reply"

local gateway = {}

local given = json.given

-- ---- what was asked ----

local field_names = { "campaignId" }
for _, name in ipairs(credential.names()) do field_names[#field_names + 1] = name end

local most_errors = 20 -- told in one answer
local longest_name, longest_id = 64, 255 -- bytes

local function note(errors, text, ...)
  if #errors < most_errors then errors[#errors + 1] = text:format(...) end
end

--- Sertifier ignores fields that it does not know, in silence [T].
local function note_unknown(errors, where, object, known, names)
  local unknown = {}
  for name in pairs(object) do
    if not known[name] then unknown[#unknown + 1] = tostring(name):sub(1, longest_name) end
    if #unknown == most_errors then break end
  end
  table.sort(unknown)
  for _, name in ipairs(unknown) do
    note(errors, "%s%s: no such field%s", where, name, did_you_mean(name, names))
  end
end

local function check_attributes(errors, where, list)
  for i, one in ipairs(list) do
    local at = ("%s.attributes[%d]"):format(where, i - 1)
    note_unknown(errors, at .. ".", one, { id = true, value = true }, { "id", "value" })
    if check.required(one.value) then note(errors, "%s.value: a text is expected", at) end
  end
end

--- What the server does not ask for, and a key is made of.
local function check_key(errors, where, item)
  local external_id = given(item.externalId)
  if not envelope.is_id(item.campaignId) then
    note(errors, "%s.campaignId: not the form of a campaign's ID", where)
  elseif external_id == nil or external_id == "" then
    note(errors, "%s.externalId: missing; it tells a repeated request from a new one: map it to "
      .. "the record's Id", where)
  elseif #external_id > longest_id then
    note(errors, "%s.externalId: longer than %d bytes", where, longest_id)
  end
end

local function check_item(errors, item, i)
  local where = ("credentials[%d]"):format(i - 1)
  local field, problem = check.item(item)
  if type(item) == "table" then
    note_unknown(errors, where .. ".", item, check.fields, field_names)
  end
  if field then
    return note(errors, "%s%s: %s", where, field == "" and "" or "." .. field, problem)
  end
  check_key(errors, where, item)
  check_attributes(errors, where, given(item.attributes) or {})
end

--- The faults of a decoded request, nil where there are none.
local function faults_of(request, most)
  local errors, list = {}, given(request.credentials)
  note_unknown(errors, "", request, { credentials = true }, { "credentials" })
  if not json.is_list(list) or list[1] == nil then
    errors[#errors + 1] = "credentials: a list with at least one credential is expected"
  elseif #list > most then
    return 413, { ("credentials: at most %d in a request, here are %d"):format(most, #list) }
  else
    for i, item in ipairs(list) do check_item(errors, item, i) end
  end
  return #errors > 0 and 400 or nil, errors
end

-- ---- what is sent ----

local head = json.form
  "campaignId name email externalId quickPublish issueDate expireDate dontSendEmail"
local attribute = json.form "id value"

--- A form's object without the members that are not given.
local function object_of(form, values)
  local some = {}
  for _, member in ipairs(form) do
    if given(values[member.name]) ~= nil then some[#some + 1] = member end
  end
  some[1] = { name = some[1].name, before = "{" .. some[1].before:sub(2) }
  return json.object(some, values)
end

local function json_of(item)
  local attributes = given(item.attributes)
  if not attributes or #attributes == 0 then return object_of(head, item) end
  local list = {}
  for i, one in ipairs(attributes) do list[i] = object_of(attribute, one) end
  return object_of(head, item):sub(1, -2) .. ',"attributes":' .. json.list(list) .. "}"
end

--- What the ledger and the delivery keep of a credential.
local function item_of(item)
  -- An Id's two forms are one record's; other external ids are what they are.
  local once_per = core.widen_id(item.externalId)
  return { key = item.campaignId .. "/" .. once_per, campaign = item.campaignId,
    once_per = once_per, external_id = item.externalId, externalId = item.externalId,
    name = item.name, email = given(item.email), json = json_of(item) }
end

-- ---- what is answered ----

--- The server's row; of an earlier one what the ledger kept, and what the caller says.
local function row_of(item, outcome)
  local made = outcome.credential or {}
  return reply.row { id = made.id, name = made.name or item.name, email = made.email or item.email,
    status = made.status or made.id and 1, certificateNo = made.certificateNo,
    issueDate = made.issueDate, externalId = made.externalId or item.externalId,
    certificateImageLink = made.certificateImageLink, badgeImageLink = made.badgeImageLink,
    verificationLink = made.verificationLink }
end

local has_row = { issued = true, already_issued = true, queued = true }

--- `data`: campaignId -> list of rows [S]; null where there is no row.
local function data_of(items, outcomes)
  local lists, order = {}, {}
  for i, item in ipairs(items) do
    if has_row[outcomes[i].state] then
      local list = lists[item.campaign]
      if not list then
        list = {}
        lists[item.campaign], order[#order + 1] = list, item.campaign
      end
      list[#list + 1] = row_of(item, outcomes[i])
    end
  end
  for i, campaign in ipairs(order) do
    order[i] = json.quote(campaign) .. ":" .. json.list(lists[campaign])
  end
  return #order > 0 and "{" .. table.concat(order, ",") .. "}" or nil
end

local said = { in_doubt = "in doubt: ", sending = "", rejected = "", not_applied = "not sent: " }

local function errors_of(outcomes)
  local errors = {}
  for i, one in ipairs(outcomes) do
    if said[one.state] then
      errors[#errors + 1] = ("credentials[%d]: %s%s"):format(i - 1, said[one.state],
        one.reason or "")
    end
  end
  return errors
end

--- Answers a request.
-- @tparam table place `ledger`, `client`, `most` (credentials), `queued` (true: only write it down)
-- @tparam string body
-- @treturn table an answer of reply.lua, with the `times` of the delivery
function gateway.answer(place, body)
  local request = json.decode(body)
  if not request then
    return reply.refuse(400, "The body is not a JSON object in UTF-8; nothing was sent.")
  end
  local status, errors = faults_of(request, place.most)
  if status then
    return reply.refuse(status, "The request cannot be read as addCredentials; nothing was sent.",
      errors)
  end
  local items, outcomes = {}, {}
  for i, item in ipairs(request.credentials) do items[i] = item_of(item) end
  local done, message = place.deliver(place, items)
  if not done then return reply.new(503, "Not sent: " .. message, { retry_after = 5 }) end
  for i, item in ipairs(items) do outcomes[i] = done.outcomes[item.key] end
  local answer = reply.of(outcomes, done.verdict, { data = data_of(items, outcomes),
    errors = errors_of(outcomes), fault = done.fault })
  answer.times = done.times
  return answer
end

return gateway
