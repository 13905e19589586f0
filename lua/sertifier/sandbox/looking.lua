--- The sandbox's searches of credentials, campaigns, attributes and recipients.

local check = require "sertifier.request_check"
local json = require "sertifier.json"
local record = require "sertifier.sandbox.record"
local reply = require "sertifier.sandbox.reply"
local rows = require "sertifier.sandbox.rows"

local looking = {}

local given = json.given

local rules = { startIndex = check.count, length = check.count, searchTerm = check.text,
  campaignIds = check.list, recipientIds = check.list, types = check.list }

local ordered = { "startIndex", "length", "searchTerm", "campaignIds", "recipientIds", "types" }

--- Checks a search; its `status` is a number for credentials, a list for campaigns.
-- @treturn {table,...} the problems
local function problems_of(state, request, known)
  local problems = {}
  record.ignored(state.record, request, known)
  for _, name in ipairs(ordered) do
    local problem = known[name] and rules[name](request[name])
    if problem then problems[#problems + 1] = { key = name, value = problem } end
  end
  local problem = known.status and known.status(request.status)
  if problem then problems[#problems + 1] = { key = "status", value = problem } end
  return problems
end

--- Whether a value is in a list; no list, or an empty one, has all.
local function in_list(list, value)
  list = given(list)
  if list == nil or list[1] == nil then return true end
  for _, one in ipairs(list) do
    if one == value then return true end
  end
  return false
end

--- Whether a search term is met by one of up to two texts, whatever the case.
local function meets(state, request, a, b)
  local term = (given(request.searchTerm) or ""):lower()
  a, b = a:lower(), (b or ""):lower()
  if term == "" then return true end
  if state.behave.search_match == "exact" then return a == term or b == term end
  return a:find(term, 1, true) ~= nil or b:find(term, 1, true) ~= nil
end

--- Those of a list that are wanted, in the order of `search_order`.
local function pick(state, list, is_wanted)
  local picked = {}
  local first, last, step = 1, #list, 1
  if state.behave.search_order == "newest" then first, last, step = #list, 1, -1 end
  for i = first, last, step do
    if is_wanted(list[i]) then picked[#picked + 1] = list[i] end
  end
  return picked
end

--- One page of rows: `data` itself, or under a name in it [G].
local function page(state, request, list, row_of)
  local start, length = given(request.startIndex) or 0, given(request.length) or 10
  local largest, texts = state.behave.largest_page, {}
  if largest > 0 and length > largest then length = largest end
  for i = start + 1, math.min(start + length, #list) do
    texts[#texts + 1] = row_of(state, list[i])
  end
  local data = json.list(texts)
  if state.behave.search_rows == "nested" then
    data = ('{"items":%s,"totalCount":%d}'):format(data, #list)
  end
  return reply.done(state, "Success", data)
end

--- Makes a search: the fields that it knows, the list that it searches, whether one is wanted.
local function search(known, list_of, row_of, is_wanted)
  known.startIndex, known.length, known.searchTerm = true, true, true
  return function(state, request)
    local problems = problems_of(state, request, known)
    if #problems > 0 then return reply.refused(state, "The search is not valid.", problems) end
    local picked = pick(state, list_of(state), function(one)
      return is_wanted(state, request, one)
    end)
    return page(state, request, picked, row_of)
  end
end

--- POST /credential/search [T]; `search_delay` hides what is new.
looking.credentials = search({ status = check.count, campaignIds = true, recipientIds = true },
  function(state) return state.credentials end, rows.found,
  function(state, request, one)
    local status = given(request.status) or 0 -- 0 is no filter [G]
    return not one.deleted and one.created + state.behave.search_delay <= state.now()
      and (status == 0 or status == (one.published and 3 or 1))
      and (state.behave.search_campaigns == "ignored"
        or in_list(request.campaignIds, one.campaign.id))
      and in_list(request.recipientIds, one.recipient.id)
      and meets(state, request, one.name, one.email)
  end)

--- POST /campaign/search [T].
looking.campaigns = search({ status = check.list },
  function(state) return state.campaign_list end, rows.campaign,
  function(state, request, one)
    return in_list(request.status, state:campaign_status(one)) and meets(state, request, one.title)
  end)

--- POST /attribute/search [T].
looking.attributes = search({ types = true },
  function(state) return state.attributes end, rows.attribute,
  function(state, request, one)
    return in_list(request.types, one.type) and meets(state, request, one.title)
  end)

--- POST /recipient/search [T].
looking.recipients = search({},
  function(state) return state.recipient_list end, rows.recipient,
  function(state, request, one) return meets(state, request, one.name, one.email) end)

--- GET /campaign/:id [T].
function looking.campaign(state, _, id)
  local campaign = state.campaigns[id]
  if not campaign then return reply.unknown(state, "Campaign not found.") end
  return reply.done(state, "Success", rows.campaign(state, campaign))
end

return looking
