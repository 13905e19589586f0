--- Who may ask: a token, a signature over the body, or a client certificate that nginx verified.
--
-- The caller's secrets are never Sertifier's key, which stays in the core's memory.

local core = require "sertifier.core"
local read_file = require "sertifier.read_file"

local access = {}

local least = 16 -- bytes of a secret
local window = 300 -- seconds that a signed request may be early or late
local most_keys = 2 -- one, and its successor while callers change over

local function read_private(path)
  local is_private, problem = core.is_private(path)
  if is_private == nil then return nil, problem end
  if not is_private then return nil, "can be read by others; run `chmod 600` on it" end
  return read_file(path)
end

local function secrets_of(text)
  local list = {}
  for line in text:gmatch "[^\r\n]+" do
    if #line < least then return nil, ("a line has fewer than %d bytes"):format(least) end
    list[#list + 1] = line
  end
  if #list == 0 or #list > most_keys then
    return nil, "one secret is expected, or two, a line each, while they are changed"
  end
  return list
end

--- The secrets in a file that only its owner can read.
local function read_secrets(path, level)
  local text, problem = read_private(path)
  local list
  if text then list, problem = secrets_of(text) end
  return list or error(("%s: %s"):format(path, problem), level + 1)
end

--- What a handler's options ask of its callers.
-- @tparam table options `token_file` and `hmac_file`: one secret, or an old and a new one, a line
--   each; `mutual_tls`: true, or the list of subjects that are let in
-- @tparam number level whose line an error names: without any of the three there is no handler
-- @treturn table for `access.fault`
function access.new(options, level)
  local self = { mutual_tls = options.mutual_tls }
  if options.token_file then self.tokens = read_secrets(options.token_file, level + 1) end
  if options.hmac_file then
    self.keys = read_secrets(options.hmac_file, level + 1)
    self.hmac = require "openssl.hmac"
  end
  if self.tokens or self.keys or self.mutual_tls then return self end
  error("nobody could be let in: token_file, hmac_file or mutual_tls is expected", level + 1)
end

--- Looks at all of them, whichever it is.
local function is_one_of(secrets, given)
  local found = false
  for _, secret in ipairs(secrets) do found = core.same(secret, given) or found end
  return found
end

local function hex(bytes)
  return (bytes:gsub(".", function(c) return ("%02x"):format(c:byte()) end))
end

local function fault_of_signature(self, request)
  local at = tonumber(request.timestamp or "")
  if not at or math.abs(core.now() - at) > window then
    return ("X-Timestamp: seconds since 1970 are expected, at most %d s from now"):format(window)
  end
  local signatures = {}
  for i, key in ipairs(self.keys) do
    local hmac = self.hmac.new(key, "sha256")
    signatures[i] = hex(hmac:final(request.timestamp .. "." .. request.body))
  end
  if is_one_of(signatures, (request.signature:gsub("^sha256=", ""):lower())) then return nil end
  return "X-Signature: not the HMAC-SHA256 of the time stamp, a full stop and the body"
end

local function fault_of_certificate(self, request)
  if request.certificate ~= "SUCCESS" then return "a client certificate is expected" end
  if self.mutual_tls == true then return nil end
  for _, subject in ipairs(self.mutual_tls) do
    if subject == request.subject then return nil end
  end
  return "the client certificate's subject is not one of those that are let in"
end

--- Why a request is not let in.
-- @tparam table self from `access.new`
-- @tparam table request `token` (of Authorization: Bearer, or secretKey), `signature`, `timestamp`,
--   `body`, and nginx's word about the certificate: `certificate`, `subject`
-- @treturn string|nil nil where it is let in
function access.fault(self, request)
  local why = "no token, signature or client certificate that is known here"
  if self.mutual_tls then
    why = fault_of_certificate(self, request)
    if not why then return nil end
  end
  if self.keys and request.signature then
    why = fault_of_signature(self, request)
    if not why then return nil end
  end
  if self.tokens and request.token then
    if is_one_of(self.tokens, request.token) then return nil end
    why = "the token is not known here"
  end
  return why
end

return access
