--- What Sertifier holds of a campaign: searched page by page, then each credential by itself.
--
-- A search tells neither external id nor link [T], so a credential is asked for where they matter;
-- whether the answer then has them is not known [G]. Nothing is changed at the server, so what
-- fails in a way that may pass is asked again.

local core = require "sertifier.core"
local retries = require "sertifier.retries"
local rows = require "sertifier.answer.row"

local holdings = {}
holdings.__index = holdings

local page_length = 100
local most_pages = 100 -- of a search for one person
local at_once = 8 -- credentials that are asked for at once

--- Failures that may pass.
local passing = { limit = true, server = true, timeout = true, cut = true, connect = true,
  resolve = true, rewind = true }

--- A view of what a client's account holds.
-- @param client of Sertifier's API
-- @tparam[opt] table options `hasty`: ask once only
function holdings.new(client, options)
  return setmetatable({ client = client, hasty = options and options.hasty,
    retries = retries.new(at_once) }, holdings)
end

--- Waits before one more try; false where there is to be none.
local function pause(self, code, sent_at, asked)
  if self.hasty or not passing[code] then return false end
  local seconds = self.retries:failed(sent_at, core.elapsed(), asked)
  if seconds then core.sleep(seconds) end
  return seconds ~= nil
end

local function ask(self, call, ...)
  while true do
    local sent_at = core.elapsed()
    local data, message, code, asked = self.client[call](self.client, ...)
    if data ~= nil then
      self.retries:came_through()
      return data
    end
    if not pause(self, code, sent_at, asked) then return nil, message, code end
  end
end

-- ---- searching ----

--- Those of a page that no earlier page had. A row that names another campaign is not one of ours,
-- but shows that the page was a new one.
-- @treturn {table,...} the rows
-- @treturn boolean whether there was anything new
local function new_ones(page, campaign, seen)
  local list, is_new = {}, false
  for _, one in ipairs(page) do
    if not seen[one.id] then
      seen[one.id], is_new = true, true
      if one.campaignId == nil or one.campaignId == campaign then list[#list + 1] = one end
    end
  end
  return list, is_new
end

--- Searches a campaign. The server may give fewer rows than it is asked for, so the end is a page
-- with nothing new.
-- @tparam string campaign
-- @tparam string|nil term a name or an e-mail; nil: all of them
-- @tparam function take is given each page's rows; false, message, code from it end the search
-- @treturn true|nil or nil, message, code
function holdings:search(campaign, term, take)
  local start, seen, pages = 0, {}, 0
  while true do
    local data, message, code = ask(self, "search", { startIndex = start, length = page_length,
      searchTerm = term, campaignIds = { campaign } })
    if data == nil then return nil, message, code end
    local page = rows.all(data)
    local list, is_new = new_ones(page, campaign, seen)
    if not is_new then return true end
    local goes_on, why, what = take(list)
    if goes_on == false then return nil, why, what end
    start, pages = start + #page, pages + 1
    if term and pages == most_pages then
      return nil, "Sertifier finds more for it than can be looked at", "http"
    end
  end
end

-- ---- asking for each ----

local function merge(row, data)
  local one = rows.read(data)
  for name, value in pairs(one and one.id == row.id and one or {}) do row[name] = value end
  return row
end

--- A row with what its own answer adds; `gone` where it was deleted since it was found.
local function complete_one(self, row, answer)
  local data, message, code = answer.data, answer.message, answer.code
  if data == nil and pause(self, code, core.elapsed(), answer.wait) then
    data, message, code = ask(self, "credential", row.id)
  end
  if data ~= nil then return merge(row, data) end
  if code ~= "rejected" and code ~= "http" then return nil, message, code end
  row.gone = true
  return row
end

local function is_whole(row)
  return row.externalId and row.verificationLink and row.campaignId
end

--- Completes up to `at_once` rows, from the `first` on.
local function complete_some(self, list, first)
  local ids, asked = {}, {}
  for i = first, math.min(first + at_once - 1, #list) do
    if not is_whole(list[i]) then ids[#ids + 1], asked[#asked + 1] = list[i].id, list[i] end
  end
  for i, answer in ipairs(self.client:credentials(ids)) do
    local row, message, code = complete_one(self, asked[i], answer)
    if not row then return nil, message, code end
  end
  return true
end

--- Asks for each of some credentials: external id, link, campaign.
-- @tparam {table,...} list rows of a search; they are completed in their place
-- @treturn {table,...}|nil the list; or nil, message, code
function holdings:complete(list)
  for first = 1, #list, at_once do
    local ok, message, code = complete_some(self, list, first)
    if not ok then return nil, message, code end
  end
  return list
end

--- Those of some rows that a ledger does not know as one of its keys'.
-- @treturn {table,...}|nil or nil, message, "ledger"
function holdings.unknown_to(ledger, list)
  local ids, unknown = {}, {}
  for i, row in ipairs(list) do ids[i] = row.id end
  local known, message, code = ledger:has_credential(ids)
  if not known then return nil, message, code end
  for _, row in ipairs(list) do
    if not known[row.id] then unknown[#unknown + 1] = row end
  end
  return unknown
end

return holdings
