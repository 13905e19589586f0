--- The sandbox's calls on credentials that were issued: get, change, delete, publish, PDF link.

local adding = require "sertifier.sandbox.adding"
local check = require "sertifier.request_check"
local json = require "sertifier.json"
local record = require "sertifier.sandbox.record"
local reply = require "sertifier.sandbox.reply"
local rows = require "sertifier.sandbox.rows"

local credentials = {}

local given = json.given

--- Makes a call on the credential that the path names; an unknown one is an error [G].
local function on_credential(work)
  return function(state, request, id)
    local credential = state:credential(id)
    if not credential then return reply.unknown(state, "Credential not found.") end
    return work(state, credential, request)
  end
end

--- GET /credential/:id [T].
credentials.get = on_credential(function(state, credential)
  return reply.done(state, "Success", rows.single(state, credential))
end)

local function problems_of_change(request)
  local problems = {}
  for _, name in ipairs { "name", "issueDate", "expireDate" } do
    local problem
    if name ~= "name" then
      problem = check.date(request[name])
    elseif given(request.name) ~= nil then
      problem = check.required(request.name)
    end
    if problem then problems[#problems + 1] = { key = name, value = problem } end
  end
  return problems
end

--- PUT /credential/:id [T]; what is left out stays [G].
credentials.put = on_credential(function(state, credential, request)
  record.ignored(state.record, request, { name = true, issueDate = true, expireDate = true })
  local problems = problems_of_change(request)
  if #problems > 0 then return reply.refused(state, "Credential not changed.", problems) end
  local issue_date = given(request.issueDate)
  credential.name = given(request.name) or credential.name
  credential.issue_date = issue_date and issue_date .. "T00:00:00" or credential.issue_date
  credential.expire_date = given(request.expireDate) or credential.expire_date
  return reply.done(state, "Success", rows.single(state, credential))
end)

--- DELETE /credential/:id [T]; the record still knows it.
credentials.delete = on_credential(function(state, credential)
  credential.deleted = true
  return reply.done(state, "Success")
end)

--- GET /credential/generatePDFLink/:idOrCertificateNo [T]; that `data` is the link is a guess [G].
credentials.pdf_link = on_credential(function(state, credential)
  return reply.done(state, "Success",
    json.quote(("https://sertifier.com/pdf/%s.pdf"):format(credential.id)))
end)

local function find_all(state, ids)
  local good, problems = {}, {}
  for i, id in ipairs(ids) do
    local credential = type(id) == "string" and state:credential(id)
    if credential then
      good[#good + 1] = credential
    else
      problems[#problems + 1] = { key = ("ids[%d]"):format(i - 1),
        value = "the credential was not found." }
    end
  end
  return good, problems
end

--- POST /credential/publish [T]. Whether it mails, and whether a second publish mails again, is not
-- known: `publish_mails`. An unknown id does what a bad credential does to an add [G].
function credentials.publish(state, request)
  record.ignored(state.record, request, { ids = true })
  local ids = given(request.ids)
  if not json.is_list(ids) or ids[1] == nil then
    return reply.refused(state, "Credentials not published.",
      { { key = "ids", value = "a list with at least one id is expected." } })
  end
  local good, problems = find_all(state, ids)
  if #problems > 0 and (#good == 0 or state.behave.bad_item == "whole") then
    return reply.refused(state, "Credentials not published.", problems)
  end
  local mails = state.behave.publish_mails
  for _, credential in ipairs(good) do
    adding.publish(credential, mails == "always" or mails == "once" and not credential.published)
  end
  return reply.envelope(state, "Success", #problems > 0, problems, "null")
end

return credentials
