--- What the status page asks of the ledger, and what a person decides there.

local lookup = require "sertifier.lookup"
local view = require "sertifier.ledger.view"

local status = {}

local most = 100 -- keys in doubt that are listed, and rows that a search finds

local function find(ledger, wanted)
  if not wanted then return nil end
  local rows = assert(view.find(ledger, wanted, most))
  for _, row in ipairs(rows) do
    row.claimed_at = row.claimed_at and math.floor(row.claimed_at)
    row.settled_at = row.settled_at and math.floor(row.settled_at)
    if row.forgotten then row.reason = "Forgotten: nothing else is known of it." end
  end
  return rows
end

--- No names and no addresses get out of here.
local function in_doubt(ledger)
  local list, rows = {}, assert(ledger:in_doubt())
  for i = 1, math.min(#rows, most) do
    list[i] = { key = rows[i].key, reason = rows[i].reason,
      claimed_at = math.floor(rows[i].claimed_at) }
  end
  return list
end

--- Gathers what the page shows.
-- @tparam table place `ledger`
-- @tparam[opt] string wanted a key, an Id or an external id to look for
-- @treturn table `counts`, `in_doubt`, `found` (nil where nothing was looked for); an error says
--   what is wrong with the ledger
function status.gather(place, wanted)
  local ledger = place.ledger
  return { counts = assert(ledger:counts()), in_doubt = in_doubt(ledger),
    found = find(ledger, wanted) }
end

--- Asks Sertifier about one key.
local function look_up(place, key)
  local entries = {}
  for _, entry in ipairs(assert(place.ledger:in_doubt())) do
    if entry.key == key then entries[1] = entry end
  end
  if not entries[1] then return "It is not in doubt." end
  local told
  local ok, message = lookup.settle(place.ledger, place.client, entries, function(finding)
    told = finding.state == "issued" and "Sertifier has it: it is settled as issued."
      or "Still in doubt: " .. finding.reason .. "."
  end)
  return ok and told or "It was not looked up: " .. message .. "."
end

local said = { release = "Released: it may be sent again.", drop = "Dropped: it is never sent." }

--- Carries out a person's word about a key.
-- @tparam table place `ledger`, `client`
-- @tparam string key
-- @tparam string word look_up, release or drop
-- @tparam string by_whom
-- @treturn string what came of it
function status.act(place, key, word, by_whom)
  if word == "look_up" then return look_up(place, key) end
  if not said[word] then return "Nothing was done: look_up, release or drop is expected." end
  local ok, message = place.ledger:decide(key, word, by_whom)
  return ok and said[word] or "Nothing was done: " .. message .. "."
end

return status
