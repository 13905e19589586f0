--- The sandbox's behaviours: one switch for each thing that nobody documents about Sertifier.
--
-- The grade says what the default rests on: "S" Sertifier's Salesforce guide, "T" code that talks
-- to the live service, "G" a guess. Grade "-" is a mishap of any network or a help for tests.

local did_you_mean = require "sertifier.did_you_mean"
local sorted_keys = require "sertifier.sorted_keys"

local behaviours = {}

local flag = { "true", "false" }

-- `values` is a kind (count, seconds, wait, text) or the list of the words that are taken.
local declared = {
  { name = "largest_batch", default = 0, values = "count", grade = "G",
    about = "credentials in a request, at the most" },
  { name = "largest_batch_error", default = "envelope", grade = "G",
    values = { "envelope", "400", "413", "422" },
    about = "how a larger request is refused: with the envelope and hasError, or a status" },
  { name = "bad_item", default = "whole", values = { "whole", "partial" }, grade = "G",
    about = "what a bad credential refuses: the whole request, or itself" },
  { name = "partial_error", default = true, values = flag, grade = "G",
    about = "hasError of an answer that has both rows and errors" },
  { name = "refuse", default = "", values = "text", grade = "-",
    about = "a credential with this text in its name, e-mail or externalId is a bad one" },
  { name = "campaign_status", default = "3", values = { "1", "2", "3" }, grade = "T",
    about = "of all campaigns: draft, scheduled, when nothing can be issued, or sent" },
  { name = "plan_limit", default = 0, values = "count", grade = "T",
    about = "credentials that the plan allows" },
  { name = "plan_signal", default = "both", grade = "T",
    values = { "showPurchaseSheet", "upgradePlan", "both" },
    about = "what tells that the plan is used up" },
  { name = "key_error", default = "403", values = { "403", "401" }, grade = "S",
    about = "the status for a wrong or missing key" },
  { name = "error_form", default = "envelope", values = { "envelope", "html", "text", "empty" },
    grade = "G", about = "the body that comes with a status other than 200" },
  { name = "error_data", default = "null", values = { "null", "missing", "object", "lists" },
    grade = "G", about = "the data of a refusal; lists: an empty one for each campaign" },
  { name = "validation", default = "strings", grade = "T",
    values = { "strings", "objects", "null", "missing" },
    about = "the form of validationErrors; objects are {key, value}" },
  { name = "spelling", default = "no", values = { "no", "NO" }, grade = "S",
    about = "certificateNo and externalId, or certificateNO and externalID" },
  { name = "echo", default = "same", values = { "same", "reversed", "recased", "both" },
    grade = "G", about = "added rows: as sent, in reverse order, in capitals, or both" },
  { name = "bare_add", default = false, values = flag, grade = "S",
    about = "added rows lack externalId" },
  { name = "bare_get", default = false, values = flag, grade = "G",
    about = "GET of a credential lacks externalId and verificationLink" },
  { name = "other_calls", default = "there", values = { "there", "missing" }, grade = "T",
    about = "all calls but addCredentials, which the guide alone names; missing ones get 404" },
  { name = "unknown_id", default = "200", values = { "200", "404" }, grade = "G",
    about = "the status where the path names a credential or campaign that is not known" },
  { name = "credential_status", default = "shown", values = { "shown", "missing" }, grade = "G",
    about = "status of a credential in GET and search: 1 draft, 3 published, or not there" },
  { name = "search_delay", default = 0, values = "seconds", grade = "G",
    about = "how long search does not see a new credential" },
  { name = "search_rows", default = "data", values = { "data", "nested" }, grade = "G",
    about = "the rows of a search are data itself, or nested in it as items" },
  { name = "search_order", default = "newest", values = { "newest", "oldest" }, grade = "G",
    about = "which row of a search comes first" },
  { name = "search_match", default = "contains", values = { "contains", "exact" }, grade = "G",
    about = "how searchTerm meets a name or e-mail, whatever the case" },
  { name = "search_campaigns", default = "heeded", values = { "heeded", "ignored" }, grade = "G",
    about = "campaignIds of a search" },
  { name = "created_form", default = "plain", values = { "plain", "zone", "fraction", "missing" },
    grade = "G", about = "createDate: 2025-01-01T00:00:00, or with Z, or with .123, or none" },
  { name = "largest_page", default = 0, values = "count", grade = "G",
    about = "rows that a search gives at once, whatever its length" },
  { name = "publish_mails", default = "once", values = { "once", "always", "never" }, grade = "G",
    about = "whether publishing mails: a draft only, a published one again, or never" },
  { name = "mishap_calls", default = "all", values = { "all", "add", "publish" }, grade = "-",
    about = "the calls that the switches below count and meet" },
  { name = "too_many_every", default = 0, values = "count", grade = "G",
    about = "every Nth request gets 429, and nothing is done" },
  { name = "rate_limit", default = 0, values = "count", grade = "G",
    about = "requests within a second; more get 429" },
  { name = "retry_after", default = 1, values = "wait", grade = "G",
    about = "Retry-After of a 429" },
  { name = "retry_after_form", default = "seconds", values = { "seconds", "date" }, grade = "G",
    about = "how it is written" },
  { name = "server_error_every", default = 0, values = "count", grade = "-",
    about = "every Nth request gets a server error" },
  { name = "server_error", default = "before", values = { "before", "after" }, grade = "-",
    about = "whether it comes before the work is done, or after" },
  { name = "server_error_status", default = "500", grade = "-",
    values = { "500", "502", "503", "504", "408", "307", "closed" },
    about = "which it is; closed hangs up without an answer" },
  { name = "answer", default = "whole", grade = "-", values = { "whole", "truncated", "cut",
    "empty", "html", "text", "list", "misplaced", "closed" },
    about = "what becomes of an answer once the work is done; misplaced: under another campaign" },
  { name = "answer_every", default = 1, values = "count", grade = "-",
    about = "only every Nth request gets that answer" },
  { name = "drop_rows", default = 0, values = "count", grade = "-",
    about = "rows that are missing at the end of each add answer" },
  { name = "clock_ahead", default = 0, values = "seconds", grade = "-",
    about = "how far its clock is ahead" },
  { name = "latency", default = 0, values = "seconds", grade = "-",
    about = "time between the work and the answer" },
}

local by_name, names = {}, {}
for i, one in ipairs(declared) do by_name[one.name], names[i] = one, one.name end

local kinds, kind_words = {}, { count = "a whole number, 0 for none", seconds = "seconds",
  wait = "whole seconds, or none", text = "any text" }

function kinds.seconds(value)
  local number = tonumber(value)
  -- The upper bound also keeps NaN and infinity out.
  if number and number >= 0 and number <= 86400 then return number end
end

function kinds.count(value)
  if value == "none" then return 0 end
  local number = tonumber(value)
  if number and number >= 0 and number <= 1e9 and number % 1 == 0 then return number end
end

function kinds.wait(value)
  if value == "none" then return value end
  local number = kinds.seconds(value)
  if number and number % 1 == 0 then return number end
end

function kinds.text(value)
  if type(value) == "string" then return value end
end

--- A decoded 403 may be 403.0.
local function as_text(value)
  if type(value) == "number" and value % 1 == 0 then return ("%d"):format(value) end
  return tostring(value)
end

local function choose(values, value)
  local text = as_text(value)
  for _, one in ipairs(values) do
    if one == text then
      if values == flag then return text == "true" end
      return text
    end
  end
end

local function values_of(one)
  return type(one.values) == "table" and table.concat(one.values, ", ") or kind_words[one.values]
end

local function unknown(name)
  return ("behave: no such behaviour: %s%s"):format(tostring(name),
    did_you_mean(name, names, "; they are " .. table.concat(names, ", ")))
end

local function read_one(name, value)
  local one = by_name[name]
  if not one then return nil, unknown(name) end
  local taken
  if type(one.values) == "table" then
    taken = choose(one.values, value)
  else
    taken = kinds[one.values](value)
  end
  if taken ~= nil then return taken end
  return nil, ("behave: %s=%s: expected %s%s"):format(name, tostring(value),
    type(one.values) == "table" and "one of " or "", values_of(one))
end

--- Reads switches, whose values may be texts from a command line.
-- @tparam table given value by name
-- @tparam[opt] table before the switches as they were; the defaults if not given
-- @treturn table|nil all of them, new; or nil, message, "behave", for the first mistake by name
function behaviours.read(given, before)
  local all = {}
  for _, one in ipairs(declared) do
    all[one.name] = one.default
    if before then all[one.name] = before[one.name] end
  end
  for _, name in ipairs(sorted_keys(given)) do
    local value, message = read_one(name, given[name])
    if value == nil then return nil, message, "behave" end
    all[name] = value
  end
  return all
end

--- The declared switches, in a sensible order.
-- @treturn {table,...} each `name`, `default`, `values` (in words), `about` and `grade`, new
function behaviours.list()
  local list = {}
  for i, one in ipairs(declared) do
    list[i] = { name = one.name, default = one.default, grade = one.grade,
      values = values_of(one), about = ("%s (%s)"):format(one.about, values_of(one)) }
  end
  return list
end

return behaviours
