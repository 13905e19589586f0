--- addCredentials in the sandbox.

local check = require "sertifier.request_check"
local dates = require "sertifier.sandbox.dates"
local json = require "sertifier.json"
local record = require "sertifier.sandbox.record"
local reply = require "sertifier.sandbox.reply"
local rows = require "sertifier.sandbox.rows"

local adding = {}

local given, quote = json.given, json.quote
local added = "Credentials added successfully to campaigns." -- [S]

--- `data`: campaignId -> list of rows [S].
local function data_of(state, made)
  local behave, lists, order = state.behave, {}, {}
  local backwards = behave.echo == "reversed" or behave.echo == "both"
  for i, credential in ipairs(made) do
    local campaign = credential.campaign.id
    if not lists[campaign] then lists[campaign], order[#order + 1] = {}, campaign end
    local list = lists[campaign]
    if i <= #made - behave.drop_rows then
      table.insert(list, backwards and 1 or #list + 1, rows.added(state, credential))
    end
  end
  local members = {}
  for i, campaign in ipairs(order) do
    members[i] = quote(campaign) .. ":" .. json.list(lists[campaign])
  end
  return "{" .. table.concat(members, ",") .. "}"
end

-- ---- problems ----

--- Whether credentials can be issued in a campaign; an unknown one is HTTP 200, hasError and no
-- credential [S], a scheduled one cannot issue [T].
local function campaign_problem(state, item)
  local campaign = state.campaigns[item.campaignId]
  if not campaign then return "campaignId", "the campaign was not found." end
  if state:campaign_status(campaign) == 2 then
    return "campaignId", "the campaign is scheduled, and cannot issue."
  end
end

--- The switch `refuse`: a credential that only the server finds fault with.
local function refused_by_switch(state, item)
  local text = state.behave.refuse
  if text == "" then return nil end
  for _, field in ipairs { "name", "email", "externalId" } do
    local value = given(item[field])
    if value and value:find(text, 1, true) then return field, "the value is not accepted." end
  end
end

local function problem_of(state, item)
  local field, value = check.item(item)
  if not field then field, value = campaign_problem(state, item) end
  if not field then field, value = refused_by_switch(state, item) end
  return field, value
end

--- Sorts a request's items into those to issue and problems; also the campaigns that it names.
local function sort_out(state, list)
  local good, problems, campaigns, named = {}, {}, {}, {}
  for i, item in ipairs(list) do
    local field, value = problem_of(state, item)
    if field then
      local at = ("credentials[%d]"):format(i - 1)
      problems[#problems + 1] = { key = field == "" and at or at .. "." .. field, value = value }
    else
      good[#good + 1] = item
    end
    local id = type(item) == "table" and item.campaignId
    if type(id) == "string" and not named[id] then
      named[id], campaigns[#campaigns + 1] = true, id
    end
  end
  return good, problems, campaigns
end

local function refuse(state, problems, campaigns)
  local first = problems[1]
  return reply.refused(state, ("Credentials could not be added: %s: %s"):format(first.key,
    first.value), problems, campaigns)
end

local function refuse_list(state, value)
  return refuse(state, { { key = "credentials", value = value } })
end

local function refuse_size(state, largest)
  local text = ("at most %d in a request."):format(largest)
  local status = tonumber(state.behave.largest_batch_error)
  if status then return reply.status(state, status, text) end
  return refuse_list(state, text)
end

-- ---- the work ----

--- Publishes a credential; the e-mail goes where there is an address and it was not declined [S].
function adding.publish(credential, mails)
  credential.published = true
  if mails and credential.email and not credential.silent then
    credential.entry.mails = credential.entry.mails + 1
  end
end

local function issue(state, item, now, today)
  local email, external_id = given(item.email), given(item.externalId)
  if email == "" then email = nil end
  local issue_date = given(item.issueDate)
  local credential = state:add { campaign = state.campaigns[item.campaignId], name = item.name,
    email = email, external_id = external_id, created = now,
    silent = item.dontSendEmail == true, expire_date = given(item.expireDate),
    issue_date = issue_date and issue_date .. "T00:00:00" or today,
    recipient = state:recipient(item.name, email, external_id) }
  credential.entry = record.added(state.record, item, credential.id, rows.link(credential))
  if item.quickPublish == true then adding.publish(credential, true) end
  return credential
end

--- A used-up plan is told by members that other answers lack [T].
local function plan_members(state)
  local signal, members = state.behave.plan_signal, ',"isUpgraded":false'
  if signal ~= "upgradePlan" then members = members .. ',"showPurchaseSheet":true' end
  if signal ~= "showPurchaseSheet" then members = members .. ',"upgradePlan":"Professional"' end
  return members
end

--- Cuts a list to what the plan still allows; none of it where a bad item refuses the whole [G].
-- @treturn boolean whether it did
local function cut_to_plan(state, items)
  local limit = state.behave.plan_limit
  local left = math.max(0, limit - #state.credentials)
  if limit == 0 or #items <= left then return false end
  if state.behave.bad_item == "whole" then left = 0 end
  for i = #items, left + 1, -1 do items[i] = nil end
  return true
end

local function issue_all(state, items)
  local made, now = {}, state.now()
  local today = dates.iso(now)
  for i, item in ipairs(items) do made[i] = issue(state, item, now, today) end
  return made
end

--- Issues what is good, and answers; what came before has nothing against it.
local function carry_out(state, good, problems, campaigns)
  local over = cut_to_plan(state, good)
  local more = over and plan_members(state) or nil
  if #good == 0 then
    return reply.refused(state, "Your plan's credentials are used up.", problems, campaigns, more)
  end
  local data = data_of(state, issue_all(state, good))
  local failed = over or #problems > 0
  return reply.envelope(state, failed and "Some credentials could not be added." or added,
    failed and state.behave.partial_error, problems, data, more)
end

--- Adds credentials [S]. There is no refusal of duplicates: what is sent twice is issued twice.
function adding.answer(state, request)
  local list = given(request.credentials)
  record.ignored(state.record, request, { credentials = true })
  if not json.is_list(list) or list[1] == nil then
    return refuse_list(state, "a list with at least one credential is expected.")
  end
  for _, item in ipairs(list) do
    if type(item) == "table" then record.ignored(state.record, item, check.fields) end
  end
  local largest = state.behave.largest_batch
  if largest > 0 and #list > largest then return refuse_size(state, largest) end
  local good, problems, campaigns = sort_out(state, list)
  if #problems > 0 and (#good == 0 or state.behave.bad_item == "whole") then
    return refuse(state, problems, campaigns)
  end
  return carry_out(state, good, problems, campaigns)
end

return adding
