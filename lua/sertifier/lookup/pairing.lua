--- Which credentials can be those of some keys, and which is whose beyond doubt.
--
-- A credential can be a key's where its external id (if the server tells it) is the one that was
-- sent, and it was created when the key was claimed; the name is to be the same too, unless the
-- external id says enough. It is a key's where no other can be, and where it can be no other's:
-- which of two keys has the one credential that there is cannot be told.

local match = require "sertifier.answer.match"

local pairing = {}

local fold = match.fold

-- How much earlier and later than its claim, by Sertifier's clock, a credential may have been
-- created, in seconds: clocks differ, also between machines that share a ledger, and a request may
-- take as long as its lease.
local before, after = 300, 900

--- Whether it was created when the key was claimed; nil where it does not tell.
local function is_of_time(entry, row, ahead)
  if not row.created or not entry.claimed_at then return nil end
  local at = row.created - ahead
  return at >= entry.claimed_at - before and at <= entry.claimed_at + after
end

local function has_same_id(entry, row)
  return row.externalId ~= nil and row.externalId == entry.external_id
end

--- Whether a credential can be a key's; of a key that is settled no name is kept, so any will do.
local function can_be(entry, row, ahead)
  if row.externalId and not has_same_id(entry, row) then return false end
  local of_time = is_of_time(entry, row, ahead)
  if of_time == nil then return has_same_id(entry, row) end
  return of_time
end

local function is_namesake(entry, row)
  return entry.name == nil or fold(entry.name) == fold(row.name)
end

-- ---- pairing ----

--- Which rows fit each key, and how many keys each row fits.
local function relate(entries, rows, fits)
  local of_entry, takers = {}, {}
  for i, entry in ipairs(entries) do
    of_entry[i] = {}
    for _, row in ipairs(rows) do
      if fits(entry, row) then
        table.insert(of_entry[i], row)
        takers[row.id] = (takers[row.id] or 0) + 1
      end
    end
  end
  return of_entry, takers
end

--- Notes what fits each key, and what is its alone; gives the keys and rows that fit nowhere.
local function pair(entries, rows, fits)
  local of_entry, takers = relate(entries, rows, fits)
  local other_entries, other_rows = {}, {}
  for i, entry in ipairs(entries) do
    local fitting = of_entry[i]
    entry.fitting = fitting
    entry.found = #fitting == 1 and takers[fitting[1].id] == 1 and fitting[1] or nil
    if #fitting == 0 then other_entries[#other_entries + 1] = entry end
  end
  for _, row in ipairs(rows) do
    if not takers[row.id] then other_rows[#other_rows + 1] = row end
  end
  return other_entries, other_rows
end

--- Pairs keys with credentials: first by name; what is left by the external id alone, since the
-- server may write a name in another way.
-- @tparam {table,...} entries keys of one campaign and e-mail: `external_id`, `claimed_at`, and
--   `name` where it is known; each gets `fitting`, the credentials that can be its, and where one
--   is its beyond doubt `found`
-- @tparam {table,...} rows that campaign's and e-mail's credentials, as `row.read` gives them
-- @tparam number ahead seconds that Sertifier's clock is ahead of ours
function pairing.pair(entries, rows, ahead)
  local left, others = pair(entries, rows, function(entry, row)
    return is_namesake(entry, row) and can_be(entry, row, ahead)
  end)
  pair(left, others, function(entry, row)
    return has_same_id(entry, row) and can_be(entry, row, ahead)
  end)
end

return pairing
