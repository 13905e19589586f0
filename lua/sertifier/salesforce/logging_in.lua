--- How a token of an org is got: by which of the ways, as the options or the environment say.

local http = require "sertifier.http"
local version = require "sertifier.version"

local logging_in = {}

local function environment(options, name)
  return options[name] or os.getenv("SALESFORCE_" .. name:upper())
end

--- Whom a JWT is for: the login server of the org's kind.
function logging_in.audience(url)
  local host = url:match "^https?://([^/]*)" or ""
  local is_sandbox = host == "test.salesforce.com" or host:find("%.sandbox%.my%.salesforce%.com$")
    or host:find "%.scratch%.my%.salesforce%.com$"
  return is_sandbox and "https://test.salesforce.com" or "https://login.salesforce.com"
end

local function fault_of(given)
  if given.target_org then return nil end
  if not given.client_id or not given.url then
    return "no org: set SALESFORCE_URL (its My Domain) and SALESFORCE_CLIENT_ID with"
      .. " SALESFORCE_CLIENT_SECRET_FILE, or with SALESFORCE_JWT_KEY_FILE and SALESFORCE_USERNAME;"
      .. " or SALESFORCE_TARGET_ORG, which the Salesforce CLI knows"
  elseif given.jwt_key_file and not given.username then
    return "a JWT names its user: set SALESFORCE_USERNAME"
  end
end

--- A secret that is named in the options has its way over a key of the environment.
local function key_file_of(options)
  if options.secret_file then return options.jwt_key_file end
  return environment(options, "jwt_key_file")
end

local function given_by(options)
  local given = { url = environment(options, "url"), client_id = environment(options, "client_id"),
    target_org = environment(options, "target_org"), secret_file = options.secret_file,
    jwt_key_file = key_file_of(options), username = environment(options, "username") }
  if options.client_id then given.target_org = nil end
  if given.target_org then given.client_id, given.jwt_key_file = nil, nil end
  return given
end

--- Gets ready to log in.
-- @tparam table options see `sertifier.salesforce`
-- @return what has an `open`; or nil, message, code
function logging_in.of(options)
  local given = given_by(options)
  local fault = fault_of(given)
  if fault then return nil, fault, "usage" end
  if given.jwt_key_file then
    given.audience = environment(options, "audience") or logging_in.audience(given.url)
  end
  given.ca_file, given.user_agent = options.ca_file, "sertifier/" .. version
  given.timeout, given.connect_timeout = options.timeout, options.connect_timeout
  return http.login(given)
end

return logging_in
