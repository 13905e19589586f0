--- Settles keys in doubt by asking Sertifier what it holds.
--
-- A key is settled where exactly one credential can be its (lookup/pairing.lua) that the ledger
-- does not know as another's. All others stay in doubt, and are told with what there is: one that
-- is new may become visible later, and which of several it is only a person can say.

local core = require "sertifier.core"
local holdings = require "sertifier.holdings"
local match = require "sertifier.answer.match"
local pairing = require "sertifier.lookup.pairing"
local status = require "sertifier.publish.status"

local lookup = {}

local fold = match.fold

-- ---- one person ----

--- The rows of a search that are this person's.
local function find(self, person)
  local found = {}
  local ok, message, code = self.holdings:search(person.campaign, person.term, function(rows)
    for _, row in ipairs(rows) do
      if fold(row.email) == fold(person.email) then found[#found + 1] = row end
    end
  end)
  if not ok then return nil, message, code end
  return found
end

--- What Sertifier holds of a person in a campaign, and the ledger does not know.
local function ask(self, person)
  local rows, message, code = find(self, person)
  if rows then rows, message, code = holdings.unknown_to(self.ledger, rows) end
  if rows then rows, message, code = self.holdings:complete(rows) end
  if not rows then return nil, message, code end
  local kept = {}
  for _, row in ipairs(rows) do
    if not row.gone and row.campaignId == person.campaign then kept[#kept + 1] = row end
  end
  return kept
end

--- The keys of a person, and those that a credential could be in their place.
local function with_rivals(self, person)
  local entries, known = {}, {}
  for i, entry in ipairs(person) do entries[i], known[entry.key] = entry, true end
  local others, message, code = self.ledger:by_person(person.campaign, person.email, person.term)
  if not others then return nil, message, code end
  for _, one in ipairs(others) do
    if not known[one.key] then entries[#entries + 1] = one end
  end
  return entries
end

--- What a found credential settles its key as. A flow that publishes later has added a draft,
-- unless the server says otherwise. Where the flow is not known, what looks like one is left: nil.
local function state_of(self, row)
  local stands = status.of(row)
  if self.drafts and stands ~= "published" then return self.drafts end
  return stands ~= "draft" and "issued" or nil
end

local function explain(entry, rows)
  if entry.found then return "Sertifier shows a draft: the next run of its flow settles it" end
  if #entry.fitting == 1 then return "Sertifier shows 1 that may be it or another key's" end
  if #entry.fitting > 1 then
    return ("Sertifier shows %d that may be it"):format(#entry.fitting)
  elseif #rows > 0 then
    return ("Sertifier shows %d of this person, none of which can be it"):format(#rows)
  end
  return "Sertifier shows none; one that is new may take a while to be found"
end

--- What is told of a key that stays in doubt.
local function leave(entry, reason, rows)
  local finding = { key = entry.key, state = "in_doubt", reason = reason, candidates = {} }
  for i, row in ipairs(rows or {}) do
    finding.candidates[i] = { id = row.id, created = row.created }
  end
  return finding
end

--- A key that somebody else decided about meanwhile is what the ledger says it is.
local function see_again(self, entry)
  local entries, message, code = self.ledger:look_up { entry.key }
  if not entries then return nil, message, code end
  local now = entries[entry.key]
  if not now or now.state ~= "issued" or now.forgotten then
    return leave(entry, "it was decided meanwhile")
  end
  return { key = entry.key, state = "issued", credential_id = now.credential_id, link = now.link }
end

local function settle(self, entry, state)
  local row = entry.found
  local link = row.verificationLink or ""
  local ok = self.ledger:settle_doubt(entry.key, { state = state,
    credential = { id = row.id, verificationLink = link } })
  if not ok then return see_again(self, entry) end
  return { key = entry.key, state = state, credential_id = row.id, link = link }
end

local function conclude(self, entry, rows)
  local state = entry.found and state_of(self, entry.found)
  if state then return settle(self, entry, state) end
  return leave(entry, explain(entry, rows), #entry.fitting > 0 and entry.fitting or rows)
end

local function settle_person(self, person, tell)
  if person.term == "" then return nil, "the ledger holds neither name nor e-mail", "unknown" end
  local rows, message, code = ask(self, person)
  if not rows then return nil, message, code end
  local entries
  entries, message, code = with_rivals(self, person)
  if not entries then return nil, message, code end
  -- One that was settled before its key could be seen as a rival is known by now.
  rows, message, code = holdings.unknown_to(self.ledger, rows)
  if not rows then return nil, message, code end
  pairing.pair(entries, rows, self.client.ahead or 0)
  for _, entry in ipairs(person) do
    local finding
    finding, message, code = conclude(self, entry, rows)
    if not finding then return nil, message, code end
    tell(finding)
  end
  return true
end

-- ---- all ----

--- Keys grouped by campaign and person, in the order of their first.
local function people_of(entries)
  local people, by_person = {}, {}
  for _, entry in ipairs(entries) do
    local term = fold(entry.email) ~= "" and entry.email or entry.name or ""
    local whom = entry.campaign .. "/" .. fold(term)
    local person = by_person[whom]
    if not person then
      person = { campaign = entry.campaign, email = entry.email, term = term }
      by_person[whom], people[#people + 1] = person, person
    end
    person[#person + 1] = entry
  end
  return people
end

--- Failures of one look-up; after any other the next would fail in the same way.
local single = { rejected = true, http = true, malformed = true, unknown = true }

local function tell_all(person, tell, message)
  for _, entry in ipairs(person) do
    tell(leave(entry, "it could not be looked up: " .. message))
  end
end

--- Looks keys up, and settles those that are found; what cannot be looked up stays in doubt.
-- @param ledger
-- @param client of Sertifier's API
-- @tparam {table,...} entries as `ledger:in_doubt` gives them, all of a person at once
-- @tparam function tell is given a finding for each key that was looked up: `key`, `state` (issued
--   or draft, with `credential_id` and `link`, "" where the server gives none; or in_doubt, with
--   `reason` and `candidates`, each `id` and `created`, in seconds since 1970)
-- @tparam[opt] table options `hasty`: ask once only; `most`: people; `seconds`; `drafts`: what a
--   credential that is not told to be published settles its key as, "draft" or "issued"
-- @treturn number|nil how many people were left out, by `most` or `seconds`; or nil, message, code
--   where Sertifier or the ledger failed, and the rest was left out
function lookup.settle(ledger, client, entries, tell, options)
  options = options or {}
  local self = { ledger = ledger, client = client, holdings = holdings.new(client, options),
    drafts = options.drafts }
  local began, people = core.elapsed(), people_of(entries)
  for i, person in ipairs(people) do
    local is_late = core.elapsed() - began > (options.seconds or math.huge)
    if i > (options.most or math.huge) or is_late then return #people - i + 1 end
    local ok, message, code = settle_person(self, person, tell)
    if not ok and not single[code] then return nil, message, code end
    if not ok then tell_all(person, tell, message) end
  end
  return 0
end

return lookup
