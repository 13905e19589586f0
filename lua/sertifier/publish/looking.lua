--- The kind of request that looks what stands for a draft's person: credential/search.
--
-- Exactly one draft is to stand for a key. Others of the same person, in the same campaign, that no
-- key of the ledger has or may have are surplus: they are listed, and deleted only on request.

local confirming = require "sertifier.publish.confirming"
local ends = require "sertifier.ends"
local match = require "sertifier.answer.match"
local publishing = require "sertifier.publish.publishing"
local read_harmless = require "sertifier.publish.reading_only"
local rows = require "sertifier.answer.row"
local sending = require "sertifier.sending"
local status = require "sertifier.publish.status"
local words = require "sertifier.words"

local looking = { size = 1, finish = {} }

local page_length = 100

function looking.claim() end

--- The person by their e-mail, or where there is none by name.
function looking.send(self, task)
  local item = task[1]
  item.seen, item.start = item.seen or {}, item.start or 0
  return self.client:submit("POST", "/credential/search", { startIndex = item.start,
    length = page_length, campaignIds = { item.campaign },
    searchTerm = item.email ~= "" and item.email or item.name })
end

local function read_page(_, body)
  local verdict = { class = "applied" }
  if body.hasError == true then
    local reason = "Sertifier cannot say which drafts there are: " .. (words.of(body) or "")
    return { { state = "unchecked", reason = reason } }, verdict
  end
  return { { state = "page", rows = rows.all(body.data) } }, verdict
end

function looking.read(result, task)
  return read_harmless(result, task, read_page)
end

-- ---- surplus ----

local function is_of_person(item, row)
  return (row.campaignId == nil or row.campaignId == item.campaign)
    and match.fold(row.email) == match.fold(item.email)
    and match.fold(row.name) == match.fold(item.name)
end

--- Drafts of the same person beside ours, by id.
local function others(item)
  local ids = {}
  for id, row in pairs(item.seen) do
    local is_other = id ~= item.credential.id and status.of(row) == "draft"
    if is_other and is_of_person(item, row) then ids[#ids + 1] = id end
  end
  table.sort(ids)
  return ids
end

--- Whether a key of the same person is without a credential as yet: one of those may be its.
local function has_rival(self, item)
  local entries = self.ledger:by_person(item.campaign, item.email, item.name)
  return entries == nil or #entries > 0
end

--- Those of some drafts that no key of the ledger has or may have.
local function surplus(self, item, ids)
  if #ids == 0 or has_rival(self, item) then return {} end
  local known, list = self.ledger:has_credential(ids), {}
  for _, id in ipairs(known and ids or {}) do
    if not known[id] then list[#list + 1] = id end
  end
  return list
end

local function deal_with(self, item, id)
  local what = "is listed only; --delete-surplus deletes it"
  if self.delete_surplus then
    local deleted, message = self.client:delete(id)
    what = deleted and "was deleted" or "could not be deleted: " .. message
  end
  ends.note(self, "issued", item, ("a surplus draft of it, %s, %s"):format(id, what))
end

-- ---- what was found ----

local function decide(self, item)
  for _, id in ipairs(surplus(self, item, others(item))) do deal_with(self, item, id) end
  item.stands = status.before(item.seen[item.credential.id])
  item.seen, item.start = nil, nil
  -- One that is new may not be found as yet.
  sending.queue(self, item, item.stands and publishing or confirming)
end

--- The server may give fewer rows than it is asked for: the end is a page with nothing new.
function looking.finish.page(self, item, outcome)
  local is_new = false
  for _, row in ipairs(outcome.rows) do
    is_new = is_new or not item.seen[row.id]
    item.seen[row.id] = row
  end
  if not is_new then return decide(self, item) end
  item.start = item.start + #outcome.rows
  sending.queue(self, item, looking)
end

function looking.finish.unchecked(self, item, outcome)
  ends.finish.not_applied(self, item, outcome)
end

return looking
