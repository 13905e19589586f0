--- Reads into the ledger what a campaign has issued already, so that it is not issued again.
--
-- A credential is a record's by its external id; where the server tells none, by its e-mail, and
-- where several records have that, by its name too. Without an export, an external id that is a
-- Salesforce Id names its record by itself. At the server nothing is changed.

local holdings = require "sertifier.holdings"
local match = require "sertifier.answer.match"
local opening = require "sertifier.opening"
local read_all = require "sertifier.read_all"
local record_id = require "sertifier.record_id"

local adopt = {}

-- ---- the records of exports ----

--- False stands for several.
local function note(map, name, once_per)
  if map[name] == nil or map[name] == once_per then
    map[name] = once_per
  else
    map[name] = false
  end
end

local function person_of(email, name)
  return match.fold(email) .. "\n" .. match.fold(name)
end

local function note_batch(index, batch)
  for i = 1, #batch do
    local once_per, _, name, email, external_id = batch:get(i)
    if external_id ~= "" then note(index.by_id, external_id, once_per) end
    if email ~= "" then note(index.by_email, match.fold(email), once_per) end
    note(index.by_person, person_of(email, name), once_per)
  end
end

--- Notes the records of an export, whether or not they meet the flow's conditions: what was issued
-- may not meet them any more.
local function note_export(index, flow, options)
  local export, plan, code = opening.export(flow, options)
  if not export then return nil, plan, code end
  local ok, message, what = read_all(export, plan, function(batch) note_batch(index, batch) end)
  export:close()
  return ok, message, what
end

--- What each record of some exports is issued once per, to be found by what a credential tells.
-- @param flow what `sertifier.flow` gave; its conditions do not count
-- @tparam {table,...} exports each as a run's options name it: `export`, and where they are not to
--   be guessed `format`, `encoding`, `delimiter`, `date_order`, `decimal`
-- @treturn table|nil the index; or nil, message, code
function adopt.index(flow, exports)
  local index = { by_id = {}, by_email = {}, by_person = {} }
  local bare = setmetatable({ condition = false }, { __index = flow })
  for _, options in ipairs(exports) do
    local ok, message, code = note_export(index, bare, options)
    if not ok then return nil, message, code end
  end
  return index
end

-- ---- whose a credential is ----

local several = "more than one record of the export can be its"

local function by_person(index, row)
  local email = match.fold(row.email)
  local once_per = email ~= "" and index.by_email[email]
  if not once_per then once_per = index.by_person[person_of(row.email, row.name)] end
  if once_per then return once_per end
  if once_per == false or email ~= "" and index.by_email[email] == false then
    return nil, several
  end
  return nil, "Sertifier tells no externalId, and no record of the export has its e-mail"
end

local function by_export(index, row)
  if not row.externalId then return by_person(index, row) end
  local once_per = index.by_id[row.externalId]
  if once_per == nil then once_per = index.by_id[record_id(row.externalId) or ""] end
  if once_per == false then once_per = index.by_person[person_of(row.email, row.name)] end
  if once_per then return once_per end
  return nil, once_per == false and several or "no record of the export has its externalId"
end

--- What a credential was issued once per; or nil, and why that is not known.
local function once_per_of(self, row)
  if row.gone then return nil, "Sertifier does not show it any more" end
  if not row.campaignId then return nil, "Sertifier does not tell its campaign" end
  if row.campaignId ~= self.campaign then return nil, "it is another campaign's" end
  if self.index then return by_export(self.index, row) end
  local id = row.externalId and record_id(row.externalId)
  if id then return id end
  return nil, (row.externalId and "its externalId is no Salesforce Id"
    or "Sertifier tells no externalId") .. "; give the export that it was issued from"
end

-- ---- page by page ----

local function not_matched(self, row, reason)
  table.insert(self.counts.not_matched, { id = row.id, reason = reason })
end

--- The credentials of a page as the ledger takes them.
local function items_of(self, rows)
  local items, keys = {}, {}
  for _, row in ipairs(rows) do
    local once_per, reason = once_per_of(self, row)
    if once_per then
      keys[#keys + 1] = self.campaign .. "/" .. once_per
      items[#items + 1] = { key = keys[#keys], campaign = self.campaign, once_per = once_per,
        external_id = row.externalId or "", name = row.name or "", email = row.email or "",
        credential_id = row.id, link = row.verificationLink or "" }
    else
      not_matched(self, row, reason)
    end
  end
  return items, keys
end

--- States of a key that keep others out; one in doubt, or that was rejected, turns out as issued.
local taken = {
  issued = "its record has another credential of this campaign",
  dropped = "a person dropped its record from the ledger",
}
for _, state in ipairs { "queued", "sending", "publishing", "draft" } do
  taken[state] = "its record is under way: " .. state
end

--- Those whose key is free; of several credentials of one key the first.
local function free_ones(self, items, entries)
  local free, seen = {}, {}
  for _, item in ipairs(items) do
    local state = seen[item.key] or (entries[item.key] or {}).state
    if taken[state] then
      not_matched(self, { id = item.credential_id }, taken[state])
    else
      free[#free + 1], seen[item.key] = item, "issued"
    end
  end
  return free
end

local function keep(self, rows)
  local items, keys = items_of(self, rows)
  local entries, message, code = self.ledger:look_up(keys)
  if not entries then return false, message, code end
  items = free_ones(self, items, entries)
  local count = 0
  if #items > 0 then count, message, code = self.ledger:adopt(items) end
  if not count then return false, message, code end
  self.counts.adopted = self.counts.adopted + count
end

local function take_page(self, page)
  local rows, message, code = holdings.unknown_to(self.ledger, page)
  if not rows then return false, message, code end
  self.counts.known = self.counts.known + #page - #rows
  rows, message, code = self.holdings:complete(rows)
  if not rows then return false, message, code end
  return keep(self, rows)
end

--- Adopts what a campaign has issued; each page of it is durable in the ledger before the next.
-- @param ledger
-- @param client of Sertifier's API
-- @tparam string campaign its ID
-- @tparam[opt] table index the records of exports, from `adopt.index`
-- @treturn table|nil counts: `adopted`, `known` (the ledger had them), and the list `not_matched`,
--   each `id` and `reason`; or nil, message, code
function adopt.run(ledger, client, campaign, index)
  local self = { ledger = ledger, campaign = campaign, index = index,
    holdings = holdings.new(client), counts = { adopted = 0, known = 0, not_matched = {} } }
  local ok, message, code = self.holdings:search(campaign, nil, function(page)
    return take_page(self, page)
  end)
  if not ok then return nil, message, code end
  return self.counts
end

return adopt
