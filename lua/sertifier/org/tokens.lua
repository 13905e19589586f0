--- Tokens: how an app gets one, and which requests have one that is good.

local assertion = require "sertifier.org.assertion"
local json = require "sertifier.json"
local reply = require "sertifier.org.reply"

local tokens = {}

--- A refusal, which has the time of the org's clock.
local function refused(state, code, about)
  local now = math.floor(state.now() + state.behave.clock)
  return 400, ('{"error":"%s","error_description":%s}'):format(code, json.quote(about)),
    { ["Content-Type"] = "application/json;charset=UTF-8",
      ["Date"] = os.date("!%a, %d %b %Y %H:%M:%S GMT", now) }
end

local function form_of(body)
  local form = {}
  for name, value in (body or ""):gmatch "([^&=]+)=([^&]*)" do
    form[name] = reply.unescaped(value)
  end
  return form
end

local jwt = "urn:ietf:params:oauth:grant-type:jwt-bearer"

local function fault_of(state, request)
  local form, type_ = form_of(request.body), request.headers["content-type"] or ""
  if not type_:find "^application/x%-www%-form%-urlencoded" then
    return "invalid_request", "the content type must be application/x-www-form-urlencoded"
  elseif form.grant_type == jwt and state.org.public_key then
    local about = assertion.fault(state, form.assertion)
    return about and "invalid_grant", about
  elseif form.grant_type ~= "client_credentials" then
    return "unsupported_grant_type", "grant type not supported"
  elseif form.client_id ~= state.org.client_id then
    return "invalid_client_id", "client identifier invalid"
  elseif form.client_secret ~= state.org.client_secret then
    return "invalid_client", "invalid client credentials"
  elseif state.behave.token ~= "ok" then
    return state.behave.token, "the app is not allowed to"
  end
end

--- A token's endpoint.
function tokens.grant(state, request)
  state:count "token"
  if state.behave.token == "html" then
    return 200, "<html><body>Log in</body></html>\n", reply.html
  end
  local code, about = fault_of(state, request)
  if code then return refused(state, code, about) end
  state.given = state.given + 1
  local token = ("00D5g000000SPEC!AQ.%d_token"):format(state.given)
  state.tokens[token] = state.behave.expire_after > 0 and state.behave.expire_after or math.huge
  return 200, json.encode { access_token = token, instance_url = request.address,
    token_type = "Bearer", issued_at = "1700000000000", signature = "c2lnbmF0dXJl",
    id = request.address .. "/id/00D5g000000SPEC/0055g000000SPEC" }, reply.headers(state)
end

--- What is wrong with a request's token: an answer, or nil.
function tokens.fault(state, request)
  local token = (request.headers.authorization or ""):match "^Bearer (%S+)$"
  local left = state.tokens[token]
  if state.behave.session == "not_rest" then
    return reply.fault(401, "INVALID_SESSION_ID",
      "This session is not valid for use with the REST API")
  elseif not left or left == 0 or state.behave.session == "refused" or state.behave.revoked then
    return reply.fault(401, "INVALID_SESSION_ID", "Session expired or invalid")
  end
  state.tokens[token] = left - 1
end

return tokens
