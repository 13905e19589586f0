--- What the org holds: its records, the tokens that it gave, its switches, and what it counted.

local json = require "sertifier.json"

local state = {}
state.__index = state

--- The switches, and what they are if not set.
local switches = {
  token = "ok", -- or another error of the token's endpoint, or html
  session = "ok", -- or refused: every token; not_rest: a 401 that no new token mends
  expire_after = 0, -- calls that a token is good for; 0: any number
  page_size = 2000, -- records a page
  used = 0, daily_limit = 15000, -- requests
  lock_rows = 0, lock_times = 0, -- rows that are locked, the first so many times
  accounts = 0, -- that its contacts have, in turn, from the next reset on
  lock_in_trigger = false, -- true: a trigger of the org meets the lock
  lock_parents = false, -- true: while a call updates contacts of an account, no other call can
  job_rows = 10000, -- of a job that one transaction updates; its transactions go side by side
  job_looks = 1, job_end = "JobComplete", job_error = "", -- after so many looks; or Failed, Aborted
  no_jobs = false, -- true: a query is none for a job
  result_size = 100000, padding = 0, -- records a page of results; bytes more in each e-mail
  row_error = "", -- a code of which every record that is updated has an error
  html = false, -- pages where JSON is expected, as a proxy has them
  server_error_every = 0, cut_every = 0, -- of the requests
  audience = "https://login.salesforce.com", -- of a JWT
  repeats = false, -- true: a JWT that is invalid stands in what is said of it
  revoked = false, -- true: the app is nobody's any more, and no token is good
  maintenance = false, latency = 0,
  clock = 0, -- seconds that it is ahead
}

local function field(type, length, is_read_only)
  return { type = type, length = length or 0, updateable = not is_read_only }
end

--- The fields of its objects. That of a parent is one of the record here.
state.fields = {
  Contact = { Id = field("id", 18, true), SystemModstamp = field("datetime", 0, true),
    FirstName = field("text", 40), LastName = field("text", 80), Email = field("text", 80),
    AccountId = field("text", 18), Status__c = field("text", 255),
    Issue_Credential__c = field "boolean", Score__c = field "double",
    Completed_On__c = field "date",
    Languages__c = field("multipicklist", 4099),
    Full_Name__c = field("text", 1300, true), ["Account.Name"] = field("text", 255, true),
    Sertifier_Verification_Link__c = field("text", 255), Short__c = field("text", 20) },
}

local by_lower_name = {}
for object, fields in pairs(state.fields) do
  by_lower_name[object] = {}
  for name, one in pairs(fields) do
    one.name = name
    by_lower_name[object][name:lower()] = one
  end
end

--- A field by its name, in any case.
function state.field(object, name)
  return by_lower_name[object][name:lower()]
end

local languages = { "de", "de;en", "en;fr", "fr" }

local function account(n, accounts)
  return accounts > 0 and ("0015g%010dAAA"):format(n % accounts) or nil
end

local function contact(n, accounts)
  return { Id = ("0035g%010dAAA"):format(n), FirstName = "Ann", LastName = "Lee " .. n,
    Email = ("ann%d@example.com"):format(n), Issue_Credential__c = n % 10 ~= 0,
    Status__c = "Certified", Completed_On__c = ("2025-%02d-15"):format(n % 12 + 1),
    Score__c = n % 3 > 0 and n % 101 or nil, Languages__c = languages[n % 5],
    AccountId = account(n, accounts), ["Account.Name"] = n % 4 > 0 and "Acme 50%" or nil,
    SystemModstamp = "2026-01-01T00:00:00.000+0000" }
end

--- A new org.
-- @tparam table options `key` of the sandbox's own calls; `org`: `client_id`, `client_secret`, and
--   where JWTs are taken `public_key` (PEM) and `username`; `contacts` (how many), `deleted` (their
--   numbers); `behave`: switches; `now`: a clock in seconds, `os.time` if not given
-- @treturn table|nil its state; or nil, message, "behave"
function state.new(options)
  local self = setmetatable({ key = options.key, org = options.org, behave = {},
    now = options.now or os.time }, state)
  for name, value in pairs(switches) do self.behave[name] = value end
  local ok, message = self:set(options.behave or {})
  if not ok then return nil, message, "behave" end
  self:reset()
  return self
end

--- Sets switches; those not named stay.
-- @return true; or nil and a message
function state:set(given)
  for name, value in pairs(given) do
    if type(value) ~= type(switches[name]) then return nil, ("%s: no such switch"):format(name) end
  end
  for name, value in pairs(given) do self.behave[name] = value end
  if given.used then self.used = given.used end
  self.padding = ("x"):rep(self.behave.padding)
  return true
end

--- All records are as at first, and nothing was counted.
function state:reset()
  self.records, self.by_id = {}, {}
  for n = 1, self.org.contacts or 0 do
    self.records[n] = contact(n, self.behave.accounts)
    self.by_id[self.records[n].Id] = self.records[n]
  end
  for _, n in ipairs(self.org.deleted or {}) do self.records[n].IsDeleted = true end
  self.tokens, self.given, self.cursors = {}, 0, {}
  self.jobs, self.job_count = {}, 0
  self.used, self.updates, self.locked, self.holds = self.behave.used, 0, {}, {}
  self.counts = { requests = 0 }
end

--- Counts a call.
function state:count(name)
  self.counts[name] = (self.counts[name] or 0) + 1
end

--- What it counted, and the links of its records, as JSON.
function state:told()
  local links = {}
  for _, record in ipairs(self.records) do
    local link = record.Sertifier_Verification_Link__c
    if link then links[record.Id] = link end
  end
  return json.encode { counts = self.counts, links = links, used = self.used,
    updates = self.updates }
end

return state
