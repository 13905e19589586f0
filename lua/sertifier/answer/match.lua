--- Which of the credentials that were sent each row of an answer names.
--
-- A row names a credential by its external id, letter for letter; where one of the two has none, by
-- e-mail and name, whatever the case. Never by its position, and never across campaigns; two
-- external ids that differ never match, whoever the person is.
--
-- Credentials that nothing tells apart (one person, and one external id or no row that has one)
-- share the rows that name them: with a row for each, all of them are issued, and which has which
-- id is settled by order, as Sertifier itself could not say more. With fewer rows than that none
-- is: which of them was issued cannot be told. An id that two different rows have names nobody.

local read_row = require("sertifier.answer.row").read

local match = {}

local function text(value)
  return type(value) == "string" and value ~= "" and value or nil
end

--- In small letters as far as they are ASCII, without blanks at the ends.
function match.fold(value)
  local start = (value or ""):match "^%s*()"
  -- From the end: what looks for blanks from each of them on takes their square.
  return ((value or ""):match("^.*%S", start) or ""):lower()
end

--- By what credentials and rows are compared, each within its campaign.
local function identity(one, campaign)
  local email = match.fold(one.email)
  local self = { person = ("%s/%d:%s%s"):format(campaign, #email, email, match.fold(one.name)) }
  if text(one.externalId) then
    self.external = campaign .. "/" .. one.externalId
    self.both = #self.external .. ":" .. self.external .. self.person
  end
  self.whole = self.both or self.person
  return self
end

local function identities_of(credentials)
  local list = {}
  for i, one in ipairs(credentials) do list[i] = identity(one, one.campaign) end
  return list
end

--- The same row again is one row; an id with two different ones is that of none.
local function settle_repeats(rows)
  local first, is_odd, kept = {}, {}, {}
  for _, one in ipairs(rows) do
    local id = one.row.id
    if not first[id] then
      first[id], kept[#kept + 1] = one.whole, one
    elseif first[id] ~= one.whole then
      is_odd[id] = true
    end
  end
  for i = #kept, 1, -1 do
    if is_odd[kept[i].row.id] then table.remove(kept, i) end
  end
  return kept
end

--- The rows of the campaigns that were sent: `data` maps a campaign's id to a list [S].
local function rows_of(credentials, data)
  local rows, seen = {}, {}
  for _, one in ipairs(credentials) do
    local list = not seen[one.campaign] and data[one.campaign]
    seen[one.campaign] = true
    for _, raw in ipairs(type(list) == "table" and list or {}) do
      local row = read_row(raw)
      rows[#rows + 1] = row and identity(row, one.campaign)
      if row then rows[#rows].row = row end
    end
  end
  return settle_repeats(rows)
end

-- ---- pairing ----

--- The indices of those that have a key and are not yet paired, by key.
local function group(list, done, key_of)
  local groups = {}
  for i, one in ipairs(list) do
    local key = not done[i] and key_of(one)
    if key then
      groups[key] = groups[key] or {}
      table.insert(groups[key], i)
    end
  end
  return groups
end

local function take(self, wanting, offered)
  for k, i in ipairs(wanting) do
    self.found[i], self.used[offered[k]] = self.rows[offered[k]].row, true
  end
end

--- Those whose external id, e-mail and name are the same.
local function pair_alike(self)
  local function key(one) return one.both end
  local offers = group(self.rows, self.used, key)
  for both, wanting in pairs(group(self.credentials, self.found, key)) do
    local offered = offers[both] or {}
    if #offered >= #wanting then take(self, wanting, offered) end
  end
end

local function is_one_person(self, wanting)
  for _, i in ipairs(wanting) do
    if self.credentials[i].person ~= self.credentials[wanting[1]].person then return false end
  end
  return true
end

--- Those whose external id is the same, though the server writes the person in another way.
local function pair_external(self)
  local function key(one) return one.external end
  local offers = group(self.rows, self.used, key)
  for external, wanting in pairs(group(self.credentials, self.found, key)) do
    local offered = offers[external] or {}
    if #offered == #wanting and is_one_person(self, wanting) then take(self, wanting, offered) end
  end
end

--- Those with an external id, and those without.
local function split(list, indices)
  local with, without = {}, {}
  for _, i in ipairs(indices) do table.insert(list[i].external and with or without, i) end
  return with, without
end

--- The rest of one person: who has an external id takes a row without one, and who has none takes
-- what is left; but only where there is a row for each.
local function pair_person(self, wanting, offered)
  local with, without = split(self.credentials, wanting)
  local others, bare = split(self.rows, offered)
  if #bare < #with or #offered < #wanting then return end
  take(self, with, bare)
  local left = {}
  for k = #with + 1, #bare do left[#left + 1] = bare[k] end
  for _, k in ipairs(others) do left[#left + 1] = k end
  take(self, without, left)
end

--- Those that are the same by e-mail and name; a row whose external id was sent is not up for it.
local function pair_people(self)
  local sent = group(self.credentials, {}, function(one) return one.external end)
  local offers = group(self.rows, self.used, function(row)
    return not (row.external and sent[row.external]) and row.person
  end)
  for person, wanting in pairs(group(self.credentials, self.found, function(one)
    return one.person
  end)) do
    pair_person(self, wanting, offers[person] or {})
  end
end

--- Whether there is a row for each credential, in their order and letter for letter, as most
-- answers have them. Those that are plainly written, the core reads and compares in this way.
local function is_in_order(credentials, campaign, rows)
  local seen = {}
  if #rows ~= #credentials then return false end
  for i, one in ipairs(credentials) do
    local row = rows[i]
    if not row or seen[row.id] or one.campaign ~= campaign or row.name ~= one.name
      or (row.externalId or "") ~= (one.externalId or "")
      or (row.email or "") ~= (one.email or "") then return false end
    seen[row.id] = true
  end
  return true
end

local function read_all(list)
  local rows = {}
  for i, raw in ipairs(type(list) == "table" and list or {}) do rows[i] = read_row(raw) or false end
  return rows
end

--- Finds the row of each credential.
-- @tparam {table,...} credentials as sent: `campaign`, `name`, `email`, `externalId`
-- @param data the answer's, decoded; anything at all
-- @treturn table index -> row: `id`, `name`, `email`, `status`, `certificateNo`, `issueDate`,
--   `externalId`, `certificateImageLink`, `badgeImageLink`, `verificationLink`; a hole where no row
--   names the credential beyond doubt
function match.rows(credentials, data)
  data = type(data) == "table" and data or {}
  local campaign = credentials[1].campaign
  local rows = read_all(data[campaign])
  if is_in_order(credentials, campaign, rows) then return rows end
  local self = { found = {}, used = {}, credentials = identities_of(credentials),
    rows = rows_of(credentials, data) }
  pair_alike(self)
  pair_external(self)
  pair_people(self)
  return self.found
end

return match
