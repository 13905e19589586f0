--- Salesforce's REST API, over the native client: what `sertifier.salesforce` gives.
--
-- The token stays in C. All calls here may be repeated: a query reads, and an update writes fixed
-- values. So a token that is no longer good is replaced once and the call repeated once, and what
-- has no answer is asked again.
-- @module sertifier.salesforce

local cjson = require("cjson").new()
local core = require "sertifier.core"
local faults = require "sertifier.salesforce.faults"
local logging_in = require "sertifier.salesforce.logging_in"
local query = require "sertifier.salesforce.query"
local retries = require "sertifier.retries"
local typed = require "sertifier.typed"

local salesforce = {}
salesforce.__index = salesforce

local option_types = { url = "string", client_id = "string", secret_file = "string",
  jwt_key_file = "string", username = "string", audience = "string", target_org = "string",
  ca_file = "string", timeout = "number", connect_timeout = "number",
  version = "string", stop_at = "number", batch_size = "number", bulk_above = "number",
  lock_wait = "number" }

-- ---- tokens ----

--- Gets a token, and with it a new client, for which the org says the address.
local function log_in(self)
  local native, address, code = self.login:open()
  if not native then return nil, faults.of_login(address, code), code end
  self.native, self.address = native, address
  self.flying[native] = {}
  return true
end

--- Opens a client of an org: it has a token when this returns.
-- @tparam[opt] table options see `sertifier.salesforce`
-- @tparam[opt=1] number level whose line an error names, as for `error`
-- @return the client; or nil, message, code ("usage", "key", "url", "auth", "answer", "cli", or as
--   for requests)
-- @local
function salesforce.open(options, level)
  options = options or {}
  typed.check("salesforce", options, option_types, (level or 1) + 1)
  typed.check_seconds(options, (level or 1) + 1)
  local login, message, code = logging_in.of(options)
  if not login then return nil, message, code end
  local self = setmetatable({ login = login, flying = {}, stop_at = options.stop_at or 0.95,
    batch_size = options.batch_size or 200, bulk_above = options.bulk_above or 10000,
    lock_wait = options.lock_wait or 2, described = {},
    base = ("/services/data/v%s"):format(options.version or "62.0") }, salesforce)
  local ok, why, what = log_in(self)
  if not ok then return nil, why, what end
  return self
end

--- Closes the client and wipes its token; what is in flight is given up.
function salesforce:close()
  for native in pairs(self.flying) do native:close() end
  self.login:close()
  self.is_closed = true
end

-- ---- calls ----

--- Notes how much of the day's requests is used.
local function note_usage(self, result)
  local used, most = (result.limit_info or ""):match "api%-usage=(%d+)/(%d+)"
  if used then self.used, self.most = tonumber(used), tonumber(most) end
end

local function is_used_up(self)
  return self.used and self.used >= self.stop_at * self.most
end

--- Takes in what has ended; waits `seconds` for it at the most.
local function poll(self, native, seconds)
  local flying = self.flying[native]
  for _, result in ipairs(native:poll(seconds)) do
    flying[result.id].result = result
    flying[result.id] = nil
  end
end

--- Starts a call. Its body, or what is wanted where it has none, is CSV where `is_csv` says so.
-- @treturn table for `finish`
-- @local
function salesforce:start(method, path, body, is_csv)
  local request = { method = method, path = path, body = body, is_csv = is_csv }
  if is_used_up(self) then
    request.fault = { code = "limit", message = ("Salesforce: %d of the day's %d requests are used,"
      .. " and some are left for others; run again tomorrow"):format(self.used, self.most) }
    return request
  end
  request.native, request.sent_at = self.native, core.elapsed()
  self.flying[self.native][self.native:submit(method, path, body, is_csv)] = request
  poll(self, self.native, 0) -- it leaves now, not only when it is waited for
  return request
end

local function wait(self, request)
  while not request.result do poll(self, request.native, 1) end
  note_usage(self, request.result)
  return request.result
end

--- A token that was replaced is not needed any more once nothing is in flight with it.
local function forget(self, native)
  local flying = self.flying[native]
  if native == self.native or not flying or next(flying) then return end
  native:close()
  self.flying[native] = nil
end

--- What is to be done about a fault: true where the call is to be repeated.
local function mend(self, request, fault, tried)
  if fault.again == "login" and not tried.login then
    tried.login = true
    if request.native ~= self.native then return true end
    local ok, message, code = log_in(self)
    return ok, { message = message, code = code }
  elseif fault.again == "later" then
    local seconds = tried.retries:failed(request.sent_at, core.elapsed(), fault.retry_after)
    if seconds then core.sleep(seconds) end
    return seconds ~= nil, fault
  end
  return false, fault
end

--- What an answer holds: of JSON what it says, else the whole result, with `body` and `locator`.
local function value_of(request, result)
  if result.error then return nil end
  local is_csv = (result.content_type or ""):find "^text/csv"
  if request.is_csv and is_csv or result.body == "" then return result end
  local ok, value = pcall(cjson.decode, result.body)
  return ok and value
end

--- Takes in what has come back, and waits for nothing.
-- @local
function salesforce:tend()
  for native in pairs(self.flying) do poll(self, native, 0) end
end

--- Waits for a call, and repeats it where that may help.
-- @return its answer, decoded; of CSV the result, whose `body` it is; or nil, message, code
-- @local
function salesforce:finish(request)
  local tried = { retries = retries.new(1, self.chance) } -- `chance` is for specs
  while not request.fault do
    local result = wait(self, request)
    forget(self, request.native)
    local value = value_of(request, result)
    local fault = faults.of_result(result, value)
    if not fault then return value end
    local again, why = mend(self, request, fault, tried)
    if not again then return nil, why.message, why.code end
    request = self:start(request.method, request.path, request.body, request.is_csv)
  end
  return nil, request.fault.message, request.fault.code
end

--- Makes a call.
-- @return its answer, decoded; or nil, message, code
-- @local
function salesforce:call(method, path, body)
  return self:finish(self:start(method, self.base .. path, body))
end

--- A query: an export for `flow:run`. Up to 20,000 records come by REST pages, more by a job of the
-- Bulk API 2.0.
-- @tparam string soql or the id of a Bulk job whose results are there still
-- @tparam[opt] table options
-- @tparam[opt] boolean options.bulk where not the number of records is to decide
-- @treturn table the query, which also gives a record a call, by pages, and nil at the end; then a
--   message and code where it ended too early
function salesforce:query(soql, options)
  if self.is_closed then error("the client is closed", 2) end
  if type(soql) ~= "string" then error("a query in SOQL, or a job's id, is expected", 2) end
  typed.check("query", options or {}, { bulk = "boolean" }, 2)
  return query.new(self, soql, options and options.bulk)
end

--- The fields of an object, by their names in lower case.
-- @treturn table|nil each `name`, `length`, `updateable`; or nil, message, code
-- @local
function salesforce:fields(object)
  if self.described[object] then return self.described[object] end
  local answer, message, code = self:call("GET", ("/sobjects/%s/describe"):format(object))
  if not answer then return nil, message, code end
  local fields = {}
  for _, field in ipairs(type(answer.fields) == "table" and answer.fields or {}) do
    fields[field.name:lower()] = field
  end
  self.described[object] = fields
  return fields
end

return salesforce
