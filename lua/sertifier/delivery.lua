--- Credentials at hand, issued while somebody waits: claimed, sent in one request, settled.
--
-- What a pool thread of nginx does for a caller, and `sertifier drain` for what is queued. A run
-- over an export, which holds many requests in flight and tries again, is sending.lua's.

local core = require "sertifier.core"
local request = require "sertifier.delivery.request"

local delivery = {}

local patience = 10 -- seconds that one waits for another's request with the same key
local look_again = 0.05 -- seconds

local function keys_of(items)
  local keys = {}
  for i, item in ipairs(items) do keys[i] = item.key end
  return keys
end

--- Sends items that the ledger has given to this run.
-- @tparam table place `ledger` and `client`
-- @tparam {table,...} items of the ledger, each with its credential's `json`
-- @treturn table as `delivery.issue`
function delivery.send(place, items)
  local self = request.begin(place)
  request.send(self, items)
  return self
end

-- ---- for a caller ----

local by_state = {
  issued = function(entry)
    return { state = "already_issued", credential = { id = entry.credential_id,
      verificationLink = entry.link } }
  end,
  in_doubt = function(entry) return { state = "in_doubt", reason = entry.reason } end,
  sending = function() return { state = "sending", reason = "another request is sending it" } end,
  queued = function() return { state = "queued" } end,
  dropped = function()
    return { state = "rejected", reason = "a person decided that it is never sent" }
  end,
  rejected = function(entry) return { state = "rejected", reason = entry.reason } end,
}

local function cannot_see(self, keys, message)
  self.verdict = { code = "ledger", message = message }
  for _, key in ipairs(keys) do
    self.outcomes[key] = { state = "not_applied", reason = message }
  end
end

--- What the ledger says of keys that are somebody else's; waits for those that are being sent.
local function see(self, keys, seconds)
  local wait_until = core.elapsed() + seconds
  while #keys > 0 do
    local entries, message = self.ledger:look_up(keys)
    if not entries then return cannot_see(self, keys, message) end
    local open = {}
    for _, key in ipairs(keys) do
      local state = entries[key] and entries[key].state or "sending"
      self.outcomes[key] = (by_state[state] or by_state.sending)(entries[key])
      if state == "sending" then open[#open + 1] = key end
    end
    if #open == 0 or core.elapsed() >= wait_until then return end
    keys = open
    core.sleep(look_again)
  end
end

--- Two items with one key are one credential.
local function without_twins(items)
  local seen, list = {}, {}
  for _, item in ipairs(items) do
    if not seen[item.key] then list[#list + 1] = item end
    seen[item.key] = true
  end
  return list
end

local function claim(self, items)
  local began = core.elapsed()
  local claimed, message = self.ledger:claim(items)
  request.note_time(self, "claim", began)
  if not claimed then return nil, message end
  local mine, others = {}, {}
  for _, item in ipairs(items) do table.insert(claimed[item.key] and mine or others, item) end
  return mine, others
end

--- Puts credentials into the queue, and says what the ledger has of those that it knew.
-- @return as `delivery.issue`; what is queued, or on its way from there, is `queued`
function delivery.enqueue(place, items)
  local self, others = request.begin(place), {}
  for _, item in ipairs(items) do item.body = item.json end
  local queued, message = self.ledger:enqueue(without_twins(items))
  if not queued then return nil, message, "ledger" end
  for _, item in ipairs(items) do
    self.outcomes[item.key] = by_state.queued()
    if not queued[item.key] then others[#others + 1] = item.key end
  end
  see(self, others, 0)
  for _, key in ipairs(others) do
    if self.outcomes[key].state == "sending" then self.outcomes[key] = by_state.queued() end
  end
  return self
end

--- Issues credentials, and says what came of each.
-- @tparam table place `ledger` and `client`
-- @tparam {table,...} items `key`, `campaign`, `once_per`, `external_id`, `externalId`, `name`,
--   `email`, and `json`, the credential's own
-- @treturn table|nil `outcomes` by key: `state` (issued, already_issued, rejected, in_doubt,
--   sending, queued, not_applied), `credential`, `reason`; `verdict`: why some were not applied
--   (`code`, `message`, `retry_after`); `requests`; `times` in seconds (`claim`, `api`, `settle`);
--   `fault`: what the ledger could not write after sending. Or nil, message, "ledger": nothing was
--   sent
function delivery.issue(place, items)
  local self = request.begin(place)
  local mine, others = claim(self, without_twins(items))
  if not mine then return nil, others, "ledger" end
  if #mine > 0 then request.send(self, mine) end
  see(self, keys_of(others), patience)
  return self
end

return delivery
