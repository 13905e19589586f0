--- What the sandbox has seen and done: the judge of our tests.
--
-- A key is a campaign's id, "/", and the external id. No API key, name or e-mail is in the record:
-- a credential without an external id is told by a number made from its name and e-mail.

local json = require "sertifier.json"

local record = {}

--- A new record.
function record.new()
  return { requests = 0, adds = 0, wrong_key = 0, calls = {}, statuses = {}, ignored_fields = {},
    seen = {}, keys = {} }
end

local function add_one(counts, name)
  counts[name] = (counts[name] or 0) + 1
end

--- Counts a request for a call, such as "GET /credential/:id", before anything is done.
function record.request(self, call, has_key)
  add_one(self, "requests")
  if has_key then add_one(self.calls, call) else add_one(self, "wrong_key") end
end

--- Counts an answer's HTTP status; 444 is a connection closed without one.
function record.status(self, status)
  add_one(self.statuses, ("%d"):format(status))
end

--- Counts the members of an object that Sertifier does not know: it ignores them silently [T].
function record.ignored(self, object, known)
  for name in pairs(object) do
    if not known[name] then add_one(self.ignored_fields, tostring(name)) end
  end
end

-- Two small hashes: their products stay exact in a double.
local function fingerprint(text)
  local a, b = 7, 11
  for i = 1, #text do
    local byte = text:byte(i)
    a, b = (a * 31 + byte) % 2147483647, (b * 131 + byte) % 2147483629
  end
  return ("person-%08x%08x"):format(a, b)
end

local function fold(value)
  return type(value) == "string" and value:lower() or ""
end

--- The key of a credential in a request; nil where it names no campaign.
local function key_of(item)
  if type(item) ~= "table" or type(item.campaignId) ~= "string" then return nil end
  local external_id = item.externalId
  if type(external_id) ~= "string" or external_id == "" then
    external_id = fingerprint(fold(item.email) .. "\0" .. fold(item.name))
  end
  return item.campaignId .. "/" .. external_id
end

--- Notes what an add request carries, whatever comes of it.
-- @tparam table self
-- @tparam table|nil request decoded; nil where its body was not understood
function record.seen(self, request)
  local list = request and request.credentials
  self.adds = self.adds + 1
  for _, item in ipairs(type(list) == "table" and list or {}) do
    local key = key_of(item)
    if key then add_one(self.seen, key) end
  end
end

--- Notes a credential that is issued.
-- @treturn table the entry of its key, to which its mails are added
function record.added(self, item, id, link)
  local key = key_of(item)
  local entry = self.keys[key]
  if not entry then
    entry = { adds = 0, mails = 0, ids = {} }
    self.keys[key] = entry
  end
  entry.adds = entry.adds + 1
  entry.ids[entry.adds] = id
  entry.verificationLink = link
  return entry
end

local function totals(self)
  local sums = { keys = 0, adds = 0, mails = 0, most_adds = 0, most_mails = 0 }
  for _, entry in pairs(self.keys) do
    sums.keys = sums.keys + 1
    sums.adds, sums.mails = sums.adds + entry.adds, sums.mails + entry.mails
    sums.most_adds = math.max(sums.most_adds, entry.adds)
    sums.most_mails = math.max(sums.most_mails, entry.mails)
  end
  return sums
end

--- The record as a JSON object:
--
--   requests        all but those of /sandbox/
--   adds            add requests with the right API key, whatever came of them
--   wrong_key       requests without the right API key
--   calls           requests with it, by call
--   statuses        answers, by HTTP status
--   ignored_fields  how often each field came that Sertifier does not know
--   totals          keys, adds, mails; most_adds and most_mails of any one key
--   seen            how often each key came in an add request, whatever became of it
--   keys            what was issued: adds, mails, ids, and the last verificationLink, by key
--
-- @tparam table self
-- @tparam boolean only_totals leaves seen and keys out
function record.read(self, only_totals)
  local told = { totals = totals(self) }
  for name, value in pairs(self) do told[name] = value end
  if only_totals then told.seen, told.keys = nil, nil end
  return json.encode(told)
end

return record
