--- What Salesforce's errors mean, and what to do: told with Salesforce's own code.

local faults = {}

local cures = {
  invalid_client_id = "copy the consumer key again from the connected app",
  invalid_client = "copy the consumer secret again from the connected app",
  invalid_grant = "let the connected app allow the client credentials flow, as a user who may read"
    .. " and write the records",
  invalid_request = "see that the address is that of the org's My Domain",
  unsupported_grant_type = "give the address of the org's My Domain, not login.salesforce.com",
  inactive_user = "activate the user whom the connected app runs as",
  inactive_org = "the org is closed",
  app_blocked = "let an administrator allow the connected app again",
  OAUTH_APP_BLOCKED = "let an administrator allow the connected app again",
  invalid_app_access = "give the user's profile or permission set the connected app",
  INVALID_SESSION_ID = "let the connected app and its user have access to the API",
  API_DISABLED_FOR_ORG = "the org's edition has no API",
  API_CURRENTLY_DISABLED = "let the user have the permission API Enabled",
  INSUFFICIENT_ACCESS = "let the user have access to these records",
  INVALID_FIELD = "see that the field exists, and that the user may see it",
  INVALID_TYPE = "see that the object exists, and that the user may see it",
  MALFORMED_QUERY = "mend the query",
  QUERY_TIMEOUT = "ask for fewer records at once, or by an indexed field",
  INVALID_QUERY_LOCATOR = "the query took longer than Salesforce keeps it; run again",
  REQUEST_LIMIT_EXCEEDED = "the org's requests of this day are used up; run again later",
  SERVER_UNAVAILABLE = "the org is busy or in maintenance; run again later",
}

--- A text, and what to do, where a code in `said` is known.
function faults.with_cure(text, said)
  for code in said:gmatch "[%w_]+" do
    if cures[code] then return ("%s; %s"):format(text, cures[code]) end
  end
  return text
end

-- What `invalid_grant` means of a JWT stands in its description.
local cures_of_jwt = {
  { "approved this consumer", "let the connected app's policies pre-authorize admin approved users,"
    .. " and give it to the user's profile or permission set; a revoked app says the same" },
  { "invalid assertion", "see that the app uses digital signatures, and has the certificate of this"
    .. " private key" },
  { "audience", "say SALESFORCE_AUDIENCE: https://test.salesforce.com of a sandbox,"
    .. " https://login.salesforce.com of others" },
  { "expired", "set this machine's clock: a JWT is good for three minutes" },
}

local function with_cure_of_login(problem)
  for _, case in ipairs(cures_of_jwt) do
    if problem:find("^invalid_grant: .*" .. case[1]) then
      return ("%s; %s"):format(problem, case[2])
    end
  end
  return faults.with_cure(problem, problem:match "^[%w_]+")
end

--- Why there is no token.
-- @tparam string problem as `http.login` tells it
-- @tparam string code
-- @treturn string
function faults.of_login(problem, code)
  if code == "auth" then
    return "Salesforce gives no token: " .. with_cure_of_login(problem)
  elseif code == "answer" then
    return ("Salesforce gives no token: %s; see that the address is that of the org's My Domain,"
      .. " and that the org is not in maintenance"):format(problem)
  elseif code == "cli" then
    return problem .. "; see what `sf org display` says"
  end
  return "Salesforce: " .. problem
end

--- Why one record was not written. A trigger that met a lock says so in the middle of its words.
-- @tparam string code Salesforce's
-- @tparam string message
-- @treturn table `code`, `message`
function faults.of_row(code, message)
  local is_locked = message:find("UNABLE_TO_LOCK_ROW", 1, true)
  return { code = is_locked and "UNABLE_TO_LOCK_ROW" or code, message = message }
end

--- Whether a code is Salesforce's own, and not one of the network's or ours.
function faults.is_refusal(code)
  return code:find "^%u" ~= nil
end

--- The first error of an answer: `[{ errorCode, message }]`.
local function error_of(value)
  local one = type(value) == "table" and value[1]
  if type(one) ~= "table" or type(one.errorCode) ~= "string" then return nil end
  return one.errorCode, tostring(one.message):gsub("%s+", " ")
end

-- A new token does not help against these.
local function is_over(code, message)
  return code == "INVALID_SESSION_ID" and not message:find "not valid for use"
    and not message:find "not attached"
end

local later = { [420] = true, [429] = true, [500] = true, [502] = true, [503] = true, [504] = true }

local function of_status(result, value)
  local code, message = error_of(value)
  local status = ("HTTP %d"):format(result.status)
  if not code then
    local what = result.content_type and " with " .. result.content_type or ""
    return { code = "answer", again = later[result.status] and "later",
      message = ("Salesforce: %s%s where JSON was expected; the org may be in maintenance"):format(
        status, what) }
  end
  local again = is_over(code, message) and "login" or later[result.status] and "later"
  if code == "REQUEST_LIMIT_EXCEEDED" and message:find "Concurrent" then again = "later" end
  return { code = code == "REQUEST_LIMIT_EXCEEDED" and "limit" or code, again = again or nil,
    message = faults.with_cure(("Salesforce: %s: %s"):format(code, message), code) }
end

local passing = { connect = true, timeout = true, cut = true, rewind = true, resolve = true }

--- What is wrong with a call's result; nil where nothing is.
-- @tparam table result as `http.client`'s poll gives it
-- @param value its body, decoded, or the result itself where that is right; false where it is no
--   JSON
-- @treturn table|nil `message`, `code`; `again`: "login" with a new token, "later"
function faults.of_result(result, value)
  if result.error then
    return { code = result.error, again = passing[result.error] and "later",
      message = "Salesforce: " .. (result.message or result.error) }
  end
  if result.status < 300 and type(value) == "table" then return nil end
  local fault = of_status(result, value)
  fault.retry_after = tonumber(result.retry_after)
  return fault
end

return faults
