--- Sertifier's API as a pure function: a request in, an answer out, the state in a table.
--
-- It is as strict as the real one is known to be, and has a switch for whatever is not known
-- (sandbox/behaviours.lua). Evidence: [S] Sertifier's Salesforce guide, [T] code that talks to the
-- live service, [G] a guess. Its record of what was issued and mailed is the judge of our tests.

local adding = require "sertifier.sandbox.adding"
local behaviours = require "sertifier.sandbox.behaviours"
local cjson = require("cjson").new()

local sandbox = {}

--- The switches: a list of `{ name, default, about }`.
function sandbox.behaviours()
  return behaviours.list
end

local function set_of(list)
  local set = {}
  for _, id in ipairs(list) do set[id] = true end
  return set
end

--- A new sandbox.
-- @tparam table options `campaigns` (their ids), `key`, `behave` (switches), `now` (a clock)
-- @return its state; or nil and a message about a wrong switch
function sandbox.new(options)
  local behave, message = behaviours.read(options.behave or {})
  if not behave then return nil, message end
  return { campaigns = set_of(options.campaigns), key = options.key, behave = behave,
    now = options.now or os.time, null = cjson.null, serial = 0, credentials = {}, by_id = {},
    record = { keys = {}, requests = 0, adds = 0, unknown_fields = 0, refused = 0 } }
end

--- A list without items would be encoded as an object.
local function encode(value)
  return (cjson.encode(value):gsub('("validationErrors":){}', "%1[]")
    :gsub('("data":){}', "%1[]"):gsub('("rows":){}', "%1[]"))
end

local function envelope(state, data)
  return { message = "OK", hasError = false, validationErrors = {}, data = data,
    content = state.null }
end

local function failure(state, message)
  return { message = message, hasError = true, validationErrors = { message }, data = state.null,
    content = state.null }
end

-- ---- the calls; each gets the state, the decoded request and what the path named ----

local function page(request, list)
  local start, rows = tonumber(request.startIndex) or 0, {}
  local length = math.min(tonumber(request.length) or 10, 100)
  for i = start + 1, math.min(start + length, #list) do rows[#rows + 1] = list[i] end
  return rows
end

local function wrap(state, rows)
  return envelope(state, state.behave.search_rows == "nested" and { rows = rows } or rows)
end

--- A credential as a search shows it: no externalId, no verificationLink [T].
local function found_row(credential)
  return { id = credential.id, campaignId = credential.campaignId, name = credential.name,
    email = credential.email, certificateNO = credential.certificateNo, status = credential.status,
    createDate = os.date("!%Y-%m-%dT%H:%M:%S", credential.made), issueDate = credential.issueDate,
    isPublic = credential.isPublished, recipientId = "recipient-" .. credential.id:sub(-12) }
end

local function wants(request, credential)
  local term = type(request.searchTerm) == "string" and request.searchTerm:lower() or ""
  local campaigns = type(request.campaignIds) == "table" and request.campaignIds or {}
  local named = #campaigns == 0 or set_of(campaigns)[credential.campaignId]
  local text = (credential.name .. "\0" .. (credential.email or "")):lower()
  return named and text:find(term, 1, true) ~= nil
end

local function search_credentials(state, request)
  local rows, visible = {}, state.now() - state.behave.search_delay
  for _, credential in ipairs(state.credentials) do
    if not credential.deleted and credential.made <= visible and wants(request, credential) then
      rows[#rows + 1] = found_row(credential)
    end
  end
  return wrap(state, page(request, rows))
end

local function get_credential(state, _, id)
  local credential = state.by_id[id]
  if not credential or credential.deleted then return failure(state, "Credential was not found.") end
  local row = found_row(credential)
  if not state.behave.bare_get then
    row.externalId, row.verificationLink = credential.externalId, credential.verificationLink
  end
  return envelope(state, row)
end

local function put_credential(state, request, id)
  local credential = state.by_id[id]
  if not credential then return failure(state, "Credential was not found.") end
  credential.name = request.name or credential.name
  return get_credential(state, request, id)
end

local function delete_credential(state, _, id)
  local credential = state.by_id[id]
  if not credential then return failure(state, "Credential was not found.") end
  credential.deleted = true
  return envelope(state, state.null)
end

--- Publishing mails once, or as often as it is asked for [G].
local function publish(state, request)
  for _, id in ipairs(type(request.ids) == "table" and request.ids or {}) do
    local credential = state.by_id[id]
    if not credential then return failure(state, "Credential was not found.") end
    if not credential.isPublished or state.behave.publish_mails then
      local one = state.record.keys[credential.key]
      one.mails = one.mails + 1
    end
    credential.isPublished = true
  end
  return envelope(state, state.null)
end

local function campaign(id)
  return { id = id, title = "Campaign " .. id:sub(1, 8), designId = "design-1", detailId = "detail-1",
    badgeId = "badge-1", emailTemplateId = "mail-1", emailFromName = "Sandbox",
    emailFromAddress = "sandbox@example.com", emailSubject = "Your credential", status = 3,
    privateCampaign = false }
end

local function get_campaign(state, _, id)
  if not state.campaigns[id] then return failure(state, "Campaign was not found.") end
  return envelope(state, campaign(id))
end

local function search_campaigns(state, request)
  local ids, rows = {}, {}
  for id in pairs(state.campaigns) do ids[#ids + 1] = id end
  table.sort(ids)
  for i, id in ipairs(ids) do rows[i] = campaign(id) end
  return wrap(state, page(request, rows))
end

local attributes = {
  { id = "attribute-score", title = "Score", type = 3, displayFormat = "0" },
  { id = "attribute-course", title = "Course", type = 1, displayFormat = "" },
  { id = "attribute-until", title = "Valid until", type = 2, displayFormat = "YYYY-MM-DD" },
}

local function search_attributes(state, request)
  return wrap(state, page(request, attributes))
end

local function search_recipients(state, request)
  local rows = {}
  for i, credential in ipairs(state.credentials) do
    rows[i] = { id = "recipient-" .. credential.id:sub(-12), name = credential.name,
      email = credential.email, externalID = credential.externalId }
  end
  return wrap(state, page(request, rows))
end

local function pdf_link(state, _, id)
  return envelope(state, "https://sertifier.com/pdf/" .. id)
end

local function test(state)
  return envelope(state, state.null)
end

local calls = {
  ["POST /campaign/addCredentials"] = adding.answer, -- [S]; all others [T]
  ["POST /credential/search"] = search_credentials,
  ["POST /credential/publish"] = publish,
  ["GET /credential/:id"] = get_credential,
  ["PUT /credential/:id"] = put_credential,
  ["DELETE /credential/:id"] = delete_credential,
  ["GET /credential/generatePDFLink/:id"] = pdf_link,
  ["POST /campaign/search"] = search_campaigns,
  ["GET /campaign/:id"] = get_campaign,
  ["POST /attribute/search"] = search_attributes,
  ["POST /recipient/search"] = search_recipients,
  ["GET /Test"] = test,
}

-- ---- requests ----

local function find_call(method, path)
  local call = calls[method .. " " .. path]
  if call then return call end
  local head, id = path:match "^(.*/)([%w_-]+)$"
  return head and calls[method .. " " .. head .. ":id"], id
end

local function decode(body)
  if not body or body == "" then return {} end
  local ok, value = pcall(cjson.decode, body)
  return ok and type(value) == "table" and value or nil
end

local function every(count, n)
  return n > 0 and count % n == 0
end

local function too_many(state)
  local headers, how = {}, state.behave.retry_after
  if how == "date" then
    headers["Retry-After"] = os.date("!%a, %d %b %Y %H:%M:%S GMT", state.now() + 2)
  elseif how ~= "none" then
    headers["Retry-After"] = how
  end
  return 429, encode(failure(state, "Too many requests.")), headers
end

local shapes = {
  whole = function(body) return body end,
  truncated = function(body) return body:sub(1, math.floor(#body / 2)) end,
  html = function() return "<html><body>Service is busy</body></html>" end,
  empty = function() return "" end,
}

local function add(state, request)
  local record, behave = state.record, state.behave
  record.adds = record.adds + 1
  if every(record.adds, behave.too_many_every) then return too_many(state) end
  local fails = every(record.adds, behave.server_error_every)
  if fails and behave.server_error == "before" then return 500, "Internal Server Error" end
  local body = encode(adding.answer(state, request))
  if fails then return 500, "Internal Server Error" end
  return 200, shapes[behave.answer](body)
end

--- Not Sertifier's: what was asked of the sandbox and what it did, for tests. It needs no key.
local function tell_record(state)
  return 200, cjson.encode(state.record)
end

local function is_trusted(state, headers)
  return headers.secretkey == state.key and headers["api-version"] ~= nil
end

--- Answers a request.
-- @param state what `sandbox.new` gave
-- @tparam table request `method`, `path`, `headers` (names in lower case), `body`
-- @treturn number the HTTP status
-- @treturn string the body
-- @treturn table|nil headers
function sandbox.answer(state, request)
  if request.path == "/sandbox/record" then return tell_record(state) end
  state.record.requests = state.record.requests + 1
  if not is_trusted(state, request.headers) then
    state.record.refused = state.record.refused + 1
    return tonumber(state.behave.key_error), encode(failure(state, "Forbidden"))
  end
  local call, id = find_call(request.method, request.path)
  if not call then return 404, encode(failure(state, "Not found")) end
  local decoded = decode(request.body)
  if not decoded then return 200, encode(failure(state, "The request is not valid JSON.")) end
  if call == adding.answer then return add(state, decoded) end
  return 200, encode(call(state, decoded, id))
end

return sandbox
