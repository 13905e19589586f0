--- An HTTP answer of addCredentials -> an outcome for each credential that was sent.
--
-- What may be sent again is decided here, and only what is proven not to have been applied:
--
--   no byte of the body left; 401, 403, 404, 413, 415, 422, 429; hasError, no row: not applied
--   a row that names the credential: issued
--   anything else: in doubt
--
-- Facts are marked as in sandbox.lua: [S] Sertifier's Salesforce guide, [T] code that talks to the
-- live service, [G] a guess.

local cjson = require("cjson").new()
local core = require "sertifier.core"
local envelope = require "sertifier.envelope"
local match = require "sertifier.answer.match"
local waiting = require "sertifier.answer.waiting"
local words = require "sertifier.words"

local answer = {}

--- Any row at all, under any campaign: the server did something.
local function has_rows(data)
  if type(data) ~= "table" then return data ~= nil and data ~= cjson.null end
  return next(data) ~= nil and not envelope.is_hollow(data)
end

-- ---- outcomes ----

local function all(credentials, state, reason)
  local outcomes = {}
  for i, one in ipairs(credentials) do
    outcomes[i] = { key = one.key, state = state, reason = reason }
  end
  return outcomes
end

local function in_doubt(credentials, reason, retry_after)
  return all(credentials, "in_doubt", reason),
    { class = "in_doubt", code = "in_doubt", message = reason, retry_after = retry_after }
end

local function not_applied(credentials, action, code, message, retry_after)
  return all(credentials, "not_applied", message),
    { class = "not_applied", action = action, code = code, message = message,
      retry_after = retry_after }
end

local function rejected(credentials, reason)
  return all(credentials, "rejected", reason),
    { class = "not_applied", code = "rejected", message = reason }
end

--- Refused as a whole: a single credential is rejected, more are sent in smaller requests until the
-- one at fault stands alone.
local function refused(credentials, reason)
  if #credentials == 1 then return rejected(credentials, reason) end
  return not_applied(credentials, "split", "rejected", reason)
end

local key_advice = "Sertifier refused the API key (HTTP %d): copy the private key again from "
  .. "Settings > API & Integrations, and give it as SERTIFIER_SECRET_KEY or as a key file"

--- What to do where the key is refused.
-- @tparam number status 401 or 403
function answer.refused_key(status)
  return key_advice:format(status)
end

local function refused_with(reason)
  return function(credentials) return refused(credentials, reason) end
end

local by_status = {
  [401] = function(c) return not_applied(c, "stop", "auth", answer.refused_key(401)) end,
  [403] = function(c) return not_applied(c, "stop", "auth", answer.refused_key(403)) end,
  [404] = function(c)
    return not_applied(c, "stop", "address",
      "Sertifier has no such call at this address (HTTP 404): check SERTIFIER_URL")
  end,
  [413] = refused_with "the request is too large for Sertifier (HTTP 413)",
  [415] = refused_with "Sertifier refused the request's type (HTTP 415)",
  [422] = refused_with "Sertifier cannot process it (HTTP 422)",
  [429] = function(c, result)
    return not_applied(c, "retry", "limit", "Sertifier asked for fewer requests (HTTP 429)",
      waiting.seconds(result))
  end,
}

--- A plan's limit is told by flags that other answers lack [T]; nothing more can be issued then.
local function plan_limit(body)
  if body.showPurchaseSheet == true or (body.upgradePlan and body.upgradePlan ~= cjson.null) then
    return "Sertifier's plan is used up: see Settings > Billing there"
  end
end

--- A reason with advice, where it may be about the campaign.
local function with_advice(credentials, reason)
  if not reason:lower():find("campaign", 1, true) then return reason end
  return ("%s (campaign %s: copy its ID from Advanced > Integrations, and see that it is active)")
    :format(reason, credentials[1].campaign)
end

local function not_named(body, credentials)
  local said = words.of(body, credentials)
  return "Sertifier's answer does not name it" .. (said and ": " .. said or "")
end

--- An answer with rows: what is named is issued, what is not is in doubt.
local function from_rows(credentials, body)
  local outcomes, missing, unnamed = {}, 0, nil
  local found = match.rows(credentials, body.data)
  for i, one in ipairs(credentials) do
    if found[i] then
      outcomes[i] = { key = one.key, state = "issued", credential = found[i] }
    else
      missing, unnamed = missing + 1, unnamed or not_named(body, credentials)
      outcomes[i] = { key = one.key, state = "in_doubt", reason = unnamed }
    end
  end
  return outcomes, missing == 0 and { class = "applied" }
    or { class = missing < #credentials and "applied" or "in_doubt", code = "in_doubt",
      message = ("Sertifier's answer names %d of %d"):format(#credentials - missing, #credentials) }
end

local function from_body(credentials, body)
  local limit = plan_limit(body)
  if body.hasError ~= true or has_rows(body.data) then
    local outcomes, verdict = from_rows(credentials, body)
    if limit then verdict.action, verdict.code, verdict.message = "stop", "plan", limit end
    return outcomes, verdict
  end
  if limit then return not_applied(credentials, "stop", "plan", limit) end
  local reason = "Sertifier said: " .. (words.of(body, credentials) or "(no reason given)")
  return refused(credentials, with_advice(credentials, reason))
end

local advice = {
  connect = "; is the address right, and does a firewall stand between?",
  resolve = "; is the address right, and is there a network?",
  tls = "; is this machine's clock right, and does it know the certificate's authority?",
}

local function from_failure(credentials, result)
  local what = ("%s (%s)%s"):format(result.message or "the request failed", result.error,
    advice[result.error] or "")
  if result.sent then return in_doubt(credentials, "no answer came: " .. what) end
  -- A certificate does not become right while a run waits.
  return not_applied(credentials, result.error == "tls" and "stop" or "retry", result.error,
    "cannot reach Sertifier: " .. what)
end

--- The body of a 200, whatever it is.
local function from_any(credentials, text, read_body)
  local body = envelope.decode(text)
  if not body then return in_doubt(credentials, "Sertifier's answer is not a JSON object") end
  return read_body(credentials, body)
end

--- The usual answer is read at once: a row for each credential.
local function from_text(credentials, text, is_brief)
  local list = core.answer(text, credentials, is_brief)
  if not list then return from_any(credentials, text, from_body) end
  for i, row in ipairs(list) do
    list[i] = { key = credentials[i].key, state = "issued", credential = row }
  end
  return list, { class = "applied" }
end

--- What a result says without its body; nil where that is to be read.
local function from_status(credentials, result)
  if result.error then return from_failure(credentials, result) end
  local by = by_status[result.status]
  if by then return by(credentials, result) end
  if result.status == 200 then return nil end
  return in_doubt(credentials, ("Sertifier answered HTTP %d"):format(result.status),
    waiting.seconds(result))
end

--- Reads what came of a request.
-- @tparam table result one of `client:poll`'s results
-- @tparam {table,...} credentials as sent: `key`, `campaign`, `name`, `email`, `externalId`
-- @tparam[opt] boolean is_brief whether more of an issued credential than its `id` and its
--   `verificationLink` may be left out
-- @treturn {table,...} an outcome each: `key`, the credential's; `state`, which is issued (with
--   `credential`), rejected, in_doubt or not_applied (with `reason`)
-- @treturn table the verdict: `class`, and where more is to be done `action` (split, retry, stop),
--   `code`, `message`, `retry_after` in seconds
function answer.read(result, credentials, is_brief)
  local outcomes, verdict = from_status(credentials, result)
  if outcomes then return outcomes, verdict end
  return from_text(credentials, result.body, is_brief)
end

--- Reads what came of a request for another call than addCredentials.
-- @tparam table result
-- @tparam {table,...} credentials or whatever else it was about
-- @tparam function read_body of those and the decoded body of a 200; gives what this gives
-- @return as `answer.read`
function answer.read_other(result, credentials, read_body)
  local outcomes, verdict = from_status(credentials, result)
  if outcomes then return outcomes, verdict end
  return from_any(credentials, result.body, read_body)
end

return answer
