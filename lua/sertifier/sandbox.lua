--- Sertifier's API as a pure function: a request in, an answer out, the state in a table.
--
-- It is as strict as the real one is known to be, has a switch for whatever is not known
-- (sandbox/behaviours.lua), and keeps a record that judges its clients (sandbox/record.lua).
-- Evidence: [S] Sertifier's Salesforce guide, [T] code that talks to the live service, [G] a guess.

local adding = require "sertifier.sandbox.adding"
local behaviours = require "sertifier.sandbox.behaviours"
local control = require "sertifier.sandbox.control"
local credentials = require "sertifier.sandbox.credentials"
local dates = require "sertifier.sandbox.dates"
local json = require "sertifier.json"
local looking = require "sertifier.sandbox.looking"
local mishaps = require "sertifier.sandbox.mishaps"
local record = require "sertifier.sandbox.record"
local reply = require "sertifier.sandbox.reply"
local states = require "sertifier.sandbox.state"

local sandbox = {}

--- The switches, in a sensible order.
-- @treturn {table,...} each `name`, `default`, `about`, `values` (in words) and `grade`
sandbox.behaviours = behaviours.list

--- A new sandbox; the same requests get the same answers from it, as far as its clock is the same.
-- @tparam table options `campaigns`: their ids, or tables of `id`, `title`, `status` (1 draft, 2
--   scheduled, 3 sent); `key`: the API key that it wants; `behave`: switches, by name; `now`: a
--   clock in seconds, `os.time` if not given; `seed`: a number that ids are made from;
--   `attributes`: those that a search finds, each `id`, `title`, `type`, `displayFormat`
-- @treturn table|nil its state; or nil, message, "behave" or "campaign"
function sandbox.new(options)
  local behave, message, code = behaviours.read(options.behave or {})
  if not behave then return nil, message, code end
  return states.new(options, behave)
end

-- Each takes the state, the decoded request, and the id in the path; gives status, body, headers.
local calls = {
  ["POST /campaign/addCredentials"] = adding.answer, -- [S]; the others [T]
  ["POST /credential/search"] = looking.credentials,
  ["GET /credential/:id"] = credentials.get,
  ["PUT /credential/:id"] = credentials.put,
  ["DELETE /credential/:id"] = credentials.delete,
  ["POST /credential/publish"] = credentials.publish,
  ["GET /credential/generatePDFLink/:id"] = credentials.pdf_link,
  ["GET /campaign/:id"] = looking.campaign,
  ["POST /campaign/search"] = looking.campaigns,
  ["POST /attribute/search"] = looking.attributes,
  ["POST /recipient/search"] = looking.recipients,
  ["GET /Test"] = function(state) return reply.done(state, "Success", "true") end,
}

--- The call that a method and a path name, and the id in the path.
local function find_call(method, path)
  local call = method .. " " .. path
  if calls[call] then return call end
  local head, id = call:match "^(.*/)([%w_-]+)$"
  if head and calls[head .. ":id"] then return head .. ":id", id end
  return "unknown"
end

local function has_body(request)
  return request.method == "POST" or request.method == "PUT"
end

--- What is wrong with a request before its call is looked at; all but the api-version [S] is [G].
local function fault_of(request, call, decoded)
  local headers = request.headers
  if call == "unknown" then return 404, "There is no such call." end
  if headers["api-version"] ~= "3.3" then return 400, "The header api-version must be 3.3." end
  if not has_body(request) then return nil end
  if not (headers["content-type"] or ""):lower():find "^application/json" then
    return 415, "The content type must be application/json."
  end
  if not decoded then return 400, "The body is not a JSON object in UTF-8." end
end

local function is_missing(state, call)
  return state.behave.other_calls == "missing" and call ~= "POST /campaign/addCredentials"
end

local function work(state, request, call, id, decoded)
  local status, message = fault_of(request, call, decoded)
  if status then return reply.status(state, status, message) end
  return calls[call](state, decoded, id)
end

local function answer(state, request, path)
  local call, id = find_call(request.method, path)
  if is_missing(state, call) then call = "unknown" end
  local has_key = request.headers.secretkey == state.key
  record.request(state.record, call, has_key)
  if not has_key then -- 403 [S], or 401 [T]
    return reply.status(state, tonumber(state.behave.key_error), "The secretKey is not valid.")
  end
  local decoded = has_body(request) and json.decode(request.body) or nil
  if call == "POST /campaign/addCredentials" then record.seen(state.record, decoded) end
  local status, body, headers = mishaps.before(state, call)
  if status then return status, body, headers end
  return mishaps.after(state, call, work(state, request, call, id, decoded))
end

--- The headers, with the date of a clock that is ahead.
local function dated(state, headers)
  if state.behave.clock_ahead == 0 then return headers end
  local all = { Date = dates.http(state.now()) }
  for name, value in pairs(headers) do all[name] = value end
  return all
end

--- Answers a request.
-- @tparam table state from `sandbox.new`
-- @tparam table request `method`, `path` (with its query), `headers` (names in lower case; those
--   read are secretkey, api-version and content-type), `body`
-- @treturn number the HTTP status; 444: the connection is to be closed without an answer
-- @treturn string the body
-- @treturn table the headers, not to be changed; where a Content-Length among them is longer than
--   the body, the connection is to be closed after it
-- @treturn number seconds to wait before the answer is sent
function sandbox.answer(state, request)
  local path, query = request.path:match "^([^?]*)%??(.*)$"
  if path:find("/sandbox/", 1, true) == 1 then
    local call = request.method .. " " .. path
    local status, body, headers = control.answer(state, request, call, query)
    return status, body, headers, 0
  end
  local status, body, headers = answer(state, request, path)
  record.status(state.record, status)
  return status, body, dated(state, headers), state.behave.latency
end

return sandbox
