--- What can go wrong between a request and its answer: 429, server errors, spoiled answers.

local dates = require "sertifier.sandbox.dates"
local reply = require "sertifier.sandbox.reply"

local mishaps = {}

local calls = { add = "POST /campaign/addCredentials", publish = "POST /credential/publish" }

--- Whether the switches meet a call.
local function is_met(state, call)
  local only = calls[state.behave.mishap_calls]
  return not only or only == call
end

local function is_turn(count, every)
  return every > 0 and count % every == 0
end

local function too_many(state)
  local seconds, now = state.behave.retry_after, state.now()
  local status, body, headers = reply.status(state, 429, "Too many requests.")
  if seconds == "none" then return status, body, headers end
  local text = state.behave.retry_after_form == "date" and dates.http(now + seconds)
    or ("%d"):format(seconds)
  return status, body, { ["Content-Type"] = headers["Content-Type"], ["Retry-After"] = text }
end

local function is_over_rate(state)
  local counts, limit = state.mishaps, state.behave.rate_limit
  local second = math.floor(state.now())
  if second ~= counts.second then counts.second, counts.in_second = second, 0 end
  counts.in_second = counts.in_second + 1
  return limit > 0 and counts.in_second > limit
end

local function server_error(state)
  local status = tonumber(state.behave.server_error_status) or reply.closed
  local _, body, headers = reply.status(state, status, "The server failed.")
  if status ~= 307 then return status, body, headers end
  return status, body, { ["Content-Type"] = headers["Content-Type"], Location = "/elsewhere" }
end

--- Counts a request with the right key, and says what happens in place of its work.
-- @treturn number|nil the status, nil where the work is to be done; then the body, and the headers
function mishaps.before(state, call)
  if not is_met(state, call) then return nil end
  local counts, behave = state.mishaps, state.behave
  counts.count = counts.count + 1
  if is_over_rate(state) or is_turn(counts.count, behave.too_many_every) then
    return too_many(state)
  end
  if behave.server_error == "before" and is_turn(counts.count, behave.server_error_every) then
    return server_error(state)
  end
end

-- What becomes of a body: it, and the headers; or nil, for a closed connection.
local spoil = {}

local json_headers = reply.headers "envelope"

function spoil.truncated(body)
  return body:sub(1, math.floor(#body / 2)), json_headers
end

function spoil.cut(body)
  return body:sub(1, math.floor(#body / 2)),
    { ["Content-Type"] = json_headers["Content-Type"], ["Content-Length"] = #body }
end

function spoil.empty() return "", json_headers end
function spoil.html() return "<html><body>One moment</body></html>\n", reply.headers "html" end
function spoil.text() return "OK", reply.headers "text" end
function spoil.list(body) return "[" .. body .. "]", json_headers end
function spoil.closed() return nil end

function spoil.misplaced(body)
  return (body:gsub('"data":{"[^"]+":%[', '"data":{"another-campaign":[', 1)), json_headers
end

--- What becomes of an answer, now that the work is done.
-- @treturn number the status
-- @treturn string the body
-- @treturn table the headers
function mishaps.after(state, call, status, body, headers)
  headers = headers or json_headers
  local behave, count = state.behave, state.mishaps.count
  if not is_met(state, call) then return status, body, headers end
  if behave.server_error == "after" and is_turn(count, behave.server_error_every) then
    return server_error(state)
  end
  local change = spoil[behave.answer]
  if not change or status ~= 200 or not is_turn(count, behave.answer_every) then
    return status, body, headers
  end
  body, headers = change(body)
  if not body then return reply.closed, "", reply.headers "empty" end
  return status, body, headers
end

return mishaps
