--- Sertifier's calls: what `sertifier.client` gives, as in `client:campaign(id)`.
--
-- These calls do not pass through the ledger: what `add_credentials` sends twice is issued twice.
-- A flow's `run` is the safe way to issue. Each gives the answer's `data` (true where it is null);
-- or nil, message, code, and where the server says so the seconds to wait. Codes are `auth`,
-- `limit`, `server`, `http`, `rejected`, `malformed`, and those of the network; see
-- [error codes](../../errors.html). Sertifier's own guide tells of `add_credentials` alone; the
-- other calls are as programs use them that are published.
-- @module sertifier.api

local cjson = require "cjson"
local core = require "sertifier.core"
local later = require "sertifier.later"
local typed = require "sertifier.typed"
local version = require "sertifier.version"

-- Loaded where they are used: what single calls need, what reads answers, and libcurl, which takes
-- long.
local data_of = later "sertifier.api.data"
local given = later "sertifier.api.given"
local http = later "sertifier.http"
local waiting = later "sertifier.answer.waiting"

local api = {}
api.__index = api

local option_types = { url = "string", key_file = "string", ca_file = "string",
  timeout = "number", connect_timeout = "number" }

--- Where the key was found, for people: never the key.
local function key_from(options)
  return options.key_file or core.is_set "SERTIFIER_SECRET_KEY" and "SERTIFIER_SECRET_KEY"
    or os.getenv "SERTIFIER_SECRET_KEY_FILE"
end

--- Opens a client.
-- @tparam[opt] table options `url` (or SERTIFIER_URL, else https://b2b.sertifier.com), `key_file`
--   (or SERTIFIER_SECRET_KEY, or SERTIFIER_SECRET_KEY_FILE), `ca_file`, `timeout` and
--   `connect_timeout` in seconds (60 and 10)
-- @tparam[opt=1] number level whose line an error names, as for `error`
-- @return the client; or nil, message, code ("key" or "url")
-- @local
function api.open(options, level)
  options = options or {}
  typed.check("client", options, option_types, (level or 1) + 1)
  typed.check_seconds(options, (level or 1) + 1)
  local url = options.url or os.getenv "SERTIFIER_URL" or "https://b2b.sertifier.com"
  local native, message, code = http.client { url = url, key_file = options.key_file,
    ca_file = options.ca_file, timeout = options.timeout,
    connect_timeout = options.connect_timeout, user_agent = "sertifier/" .. version }
  if not native then return nil, message, code end
  return setmetatable({ native = native, finished = {}, key_from = key_from(options), url = url },
    api)
end

--- Starts addCredentials with a body, as a text or as `core.body` gives it; for runs.
-- @treturn number the request's id
-- @local
function api:send(body)
  return self.native:submit("POST", "/campaign/addCredentials", body)
end

--- Starts any other call; for runs.
-- @treturn number the request's id
-- @local
function api:submit(method, path, values)
  return self.native:submit(method, path, values and cjson.encode(values))
end

--- The requests that ended, as `http.client`'s poll gives them; waits `seconds` at the most.
-- @local
function api:poll(seconds)
  if #self.finished == 0 then return self.native:poll(seconds) end
  local list = self.finished
  self.finished = {}
  return list
end

--- Lets requests go on for `seconds` at the most; what ends is kept for `poll`.
local function go_on(self, seconds)
  for _, one in ipairs(self.native:poll(seconds)) do self.finished[#self.finished + 1] = one end
end

--- Lets requests begin that were started, without waiting; what ends is kept for `poll`.
-- @local
function api:start()
  go_on(self, 0)
end

--- What a client is once it is closed: its calls are mistakes, but for a second `close`.
local closed = { __index = function(_, name)
  if name == "close" then return function() end end
  return api[name] and function() error("the client is closed", 2) end
end }

--- Closes the client and wipes the key; requests in flight are given up.
function api:close()
  if self.is_held then error("a run uses the client; close it after the run", 2) end
  self.native:close()
  self.is_closed = true
  setmetatable(self, closed)
end

-- ---- single calls ----

--- Takes a request's result out of those that have ended.
local function take(self, id)
  for i, result in ipairs(self.finished) do
    if result.id == id then return table.remove(self.finished, i) end
  end
end

--- Waits for one request.
local function wait(self, id)
  while true do
    local result = take(self, id)
    if result then return result end
    go_on(self, 1)
  end
end

--- Notes how far Sertifier's clock is ahead of ours, in seconds.
local function note_clock(self, result)
  local date = waiting.http_date(result.date)
  if date then self.ahead = date - core.now() end
end

local function read(self, result)
  note_clock(self, result)
  return data_of(result)
end

--- The whole result of a key check, as `http.client`'s poll gives it.
-- @local
function api:probe()
  return wait(self, self.native:submit("GET", "/Test"))
end

local function call(self, method, path, body)
  return read(self, wait(self, self.native:submit(method, path, body)))
end

--- Checks the key.
-- @treturn table|boolean
function api:test()
  return call(self, "GET", "/Test")
end

--- A campaign.
-- @tparam string id
-- @treturn table
function api:campaign(id)
  return call(self, "GET", "/campaign/" .. given.id(id))
end

--- Issues credentials; not through the ledger.
-- @tparam {table,...} list credentials as Sertifier's API names their fields
-- @treturn table by campaign, the credentials that were issued
function api:add_credentials(list)
  if type(list) ~= "table" or type(list[1]) ~= "table" then
    error("a list of credentials is expected", 2)
  end
  return call(self, "POST", "/campaign/addCredentials", given.encode { credentials = list })
end

--- Searches credentials.
-- @tparam[opt] table query `startIndex`, `length`, `status`, `searchTerm`, `campaignIds`,
--   `recipientIds`; else the first ten
-- @treturn table
function api:search(query)
  return call(self, "POST", "/credential/search",
    given.encode(query or { startIndex = 0, length = 10 }))
end

--- A credential.
-- @tparam string id
-- @treturn table
function api:credential(id)
  return call(self, "GET", "/credential/" .. given.id(id))
end

--- Credentials, all asked for at once.
-- @tparam {string,...} ids
-- @treturn {table,...} for each `data`; or `message`, `code` and the seconds to `wait`
function api:credentials(ids)
  local requests, answers = {}, {}
  for i, id in ipairs(given.ids(ids)) do
    requests[i] = self.native:submit("GET", "/credential/" .. id)
  end
  for i, request in ipairs(requests) do
    local data, message, code, seconds = read(self, wait(self, request))
    answers[i] = { data = data, message = message, code = code, wait = seconds }
  end
  return answers
end

--- Publishes drafts; whether a second call mails again is not known.
-- @tparam {string,...} ids
-- @treturn table|boolean
function api:publish(ids)
  if #given.ids(ids) == 0 then
    error("a list of Sertifier's ids is expected, got an empty one", 2)
  end
  return call(self, "POST", "/credential/publish", given.encode { ids = ids })
end

--- Deletes a credential.
-- @tparam string id
-- @treturn table|boolean
function api:delete(id)
  return call(self, "DELETE", "/credential/" .. given.id(id))
end

--- Searches attributes.
-- @tparam[opt] table query `startIndex`, `length`, `searchTerm`, `types`; else the first hundred
-- @treturn table
function api:attributes(query)
  return call(self, "POST", "/attribute/search",
    given.encode(query or { startIndex = 0, length = 100 }))
end

--- A link to the PDF of a credential.
-- @tparam string id of the credential, or its number
-- @treturn string
function api:pdf_link(id)
  return call(self, "GET", "/credential/generatePDFLink/" .. given.id(id))
end

return api
