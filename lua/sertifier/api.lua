--- Sertifier's calls, over the native client.
--
-- These calls do not pass through the ledger: what `add_credentials` sends twice is issued twice.
-- A flow's `run` is the safe way to issue.

local cjson = require "cjson"
local core = require "sertifier.core"
local envelope = require "sertifier.envelope"
local nearest = require "sertifier.nearest"
local version = require "sertifier.version"
local words = require "sertifier.words"

local api = {}
api.__index = api

local options_known = { url = "string", key_file = "string", ca_file = "string",
  timeout = "number", connect_timeout = "number" }

local function check_options(options, level)
  local names = {}
  for name in pairs(options_known) do names[#names + 1] = name end
  for name, value in pairs(options) do
    local wanted = options_known[name]
    if not wanted then
      local near = nearest(tostring(name), names)
      error(("client: no such option: %s%s"):format(tostring(name),
        near and ("; did you mean %s?"):format(near) or ""), level + 1)
    elseif type(value) ~= wanted then
      error(("client: %s: %s expected, got %s"):format(name, wanted, type(value)), level + 1)
    end
  end
end

--- Where the key was found, for people: never the key.
local function key_from(options)
  return options.key_file or core.is_set "SERTIFIER_SECRET_KEY" and "SERTIFIER_SECRET_KEY"
    or os.getenv "SERTIFIER_SECRET_KEY_FILE"
end

--- Opens a client.
-- @tparam[opt] table options `url` (or SERTIFIER_URL, else https://b2b.sertifier.com), `key_file`
--   (or SERTIFIER_SECRET_KEY, or SERTIFIER_SECRET_KEY_FILE), `ca_file`, `timeout` and
--   `connect_timeout` in seconds (60 and 10)
-- @return the client; or nil, message, code ("key" or "url")
function api.open(options, level)
  options = options or {}
  check_options(options, (level or 1) + 1)
  local native, message, code = core.client {
    url = options.url or os.getenv "SERTIFIER_URL", key_file = options.key_file,
    ca_file = options.ca_file, timeout = options.timeout,
    connect_timeout = options.connect_timeout, user_agent = "sertifier/" .. version,
  }
  if not native then return nil, message, code end
  return setmetatable({ native = native, finished = {}, key_from = key_from(options),
    url = options.url or os.getenv "SERTIFIER_URL" or "https://b2b.sertifier.com" }, api)
end

--- Starts addCredentials with a body that a batch has made; for runs.
-- @treturn number the request's id
function api:send(body)
  return self.native:submit("POST", "/campaign/addCredentials", body)
end

--- Starts any other call; for runs.
-- @treturn number the request's id
function api:submit(method, path, values)
  return self.native:submit(method, path, values and cjson.encode(values))
end

--- The requests that ended, as `core.client`'s poll gives them; waits `seconds` at the most.
function api:poll(seconds)
  if #self.finished == 0 then return self.native:poll(seconds) end
  local list = self.finished
  self.finished = {}
  return list
end

--- Closes the client and wipes the key; requests in flight are given up.
function api:close()
  self.native:close()
end

-- ---- single calls ----

--- Waits for one request; what else ends meanwhile is kept for `poll`.
local function wait(self, id)
  while true do
    local found
    for _, result in ipairs(self.native:poll(1)) do
      if result.id == id then found = result else self.finished[#self.finished + 1] = result end
    end
    if found then return found end
  end
end

local function fail(result)
  if result.error then return nil, result.message or result.error, result.error end
  local body = envelope.decode(result.body) or {}
  local code = (result.status == 401 or result.status == 403) and "auth"
    or result.status == 429 and "limit" or "http"
  local said = words.of(body)
  return nil, ("Sertifier answered HTTP %d%s"):format(result.status, said and ": " .. said or ""),
    code
end

local function call(self, method, path, request)
  local id = self.native:submit(method, path, request and cjson.encode(request))
  local result = wait(self, id)
  if result.error or result.status ~= 200 then return fail(result) end
  local body = envelope.decode(result.body)
  if not body then return nil, "Sertifier's answer is not a JSON object", "malformed" end
  if body.hasError == true then
    return nil, "Sertifier said: " .. (words.of(body) or "(no reason given)"), "rejected"
  end
  if body.data == nil then return body end -- some calls may answer without the envelope
  if body.data == cjson.null then return true end
  return body.data
end

--- The whole result of a key check, as `core.client`'s poll gives it.
function api:probe()
  return wait(self, self.native:submit("GET", "/Test"))
end

local function check_id(id, level)
  if not envelope.is_id(id) then
    error(("one of Sertifier's ids is expected, got %s"):format(type(id)), (level or 1) + 2)
  end
  return id
end

--- Checks the key [T]. Each of these calls gives its `data`, or nil, message, code.
function api:test()
  return call(self, "GET", "/Test")
end

--- A campaign [T].
function api:campaign(id)
  return call(self, "GET", "/campaign/" .. check_id(id))
end

--- Issues credentials [S]; not through the ledger.
-- @tparam {table,...} list credentials as Sertifier's API names their fields
function api:add_credentials(list)
  if type(list) ~= "table" or #list == 0 then error("a list of credentials is expected", 2) end
  return call(self, "POST", "/campaign/addCredentials", { credentials = list })
end

--- Searches credentials [T].
-- @tparam table query `startIndex`, `length`, `status`, `searchTerm`, `campaignIds`, `recipientIds`
function api:search(query)
  return call(self, "POST", "/credential/search",
    query or { startIndex = 0, length = 10 })
end

--- A credential [T].
function api:credential(id)
  return call(self, "GET", "/credential/" .. check_id(id))
end

--- Publishes drafts [T]; whether a second call mails again is not known.
function api:publish(ids)
  for _, id in ipairs(ids) do check_id(id) end
  return call(self, "POST", "/credential/publish", { ids = ids })
end

--- Deletes a credential [T].
function api:delete(id)
  return call(self, "DELETE", "/credential/" .. check_id(id))
end

--- Searches attributes [T].
function api:attributes(query)
  return call(self, "POST", "/attribute/search",
    query or { startIndex = 0, length = 100 })
end

--- A link to the PDF of a credential [T].
function api:pdf_link(id)
  return call(self, "GET", "/credential/generatePDFLink/" .. check_id(id))
end

return api
