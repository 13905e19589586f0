--- Credentials at hand, issued while somebody waits: claimed, sent in one request, settled.
--
-- What a pool thread of nginx does for a caller, and `sertifier drain` for what is queued. A run
-- over an export, which holds many requests in flight and tries again, is sending.lua's.

local answer = require "sertifier.answer"
local core = require "sertifier.core"

local delivery = {}

-- Together with the client's timeout, less than a claim in the ledger lasts.
local longest = 100 -- seconds for one caller, beside what a request that is under way still takes
local patience = 10 -- seconds that one waits for another's request with the same key
local look_again = 0.05 -- seconds

local function keys_of(items)
  local keys = {}
  for i, item in ipairs(items) do keys[i] = item.key end
  return keys
end

local function note_time(self, name, began)
  self.times[name] = (self.times[name] or 0) + core.elapsed() - began
end

-- ---- sending what is claimed ----

local function body_of(items)
  local bodies = {}
  for i, item in ipairs(items) do bodies[i] = item.json end
  return '{"credentials":[' .. table.concat(bodies, ",") .. "]}"
end

local function post(self, items)
  local began = core.elapsed()
  local id = self.client:send(body_of(items))
  local found
  repeat
    for _, result in ipairs(self.client:poll(1)) do
      if result.id == id then found = result end
    end
  until found
  note_time(self, "api", began)
  self.requests = self.requests + 1
  return found
end

local function settlement(item, outcome)
  local credential = outcome.credential or {}
  return { key = item.key, state = outcome.state, reason = outcome.reason,
    credential_id = credential.id, link = credential.verificationLink }
end

--- Writes down what came of it; where that fails, the keys are in doubt once their lease is over.
local function settle(self, items, outcomes)
  local began, list = core.elapsed(), {}
  for i, item in ipairs(items) do list[i] = settlement(item, outcomes[i]) end
  local ok, message = self.ledger:settle(list)
  note_time(self, "settle", began)
  if not ok then self.fault = message end
end

local function keep(self, items, outcomes)
  for i, item in ipairs(items) do self.outcomes[item.key] = outcomes[i] end
end

local function slice(items, first, last)
  local part = {}
  for i = first, last do part[#part + 1] = items[i] end
  return part
end

local function give_back(self, items, verdict)
  local outcomes = {}
  for i = 1, #items do outcomes[i] = { state = "not_applied", reason = verdict.message } end
  settle(self, items, outcomes)
  keep(self, items, outcomes)
end

--- Sends, and sends halves of what was refused as a whole, until the one at fault stands alone.
local function send(self, items)
  if self.verdict.action == "stop" then return give_back(self, items, self.verdict) end
  local outcomes, verdict = answer.read(post(self, items), items)
  if verdict.action == "split" and core.elapsed() < self.until_ then
    local half = math.ceil(#items / 2)
    send(self, slice(items, 1, half))
    return send(self, slice(items, half + 1, #items))
  end
  if verdict.action then self.verdict = verdict end
  settle(self, items, outcomes)
  keep(self, items, outcomes)
end

local function begin(place)
  return { ledger = place.ledger, client = place.client, outcomes = {}, times = {}, requests = 0,
    verdict = {}, until_ = core.elapsed() + longest }
end

--- Sends items that the ledger has given to this run.
-- @tparam table place `ledger` and `client`
-- @tparam {table,...} items of the ledger, each with its credential's `json`
-- @treturn table as `delivery.issue`
function delivery.send(place, items)
  local self = begin(place)
  send(self, items)
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
  note_time(self, "claim", began)
  if not claimed then return nil, message end
  local mine, others = {}, {}
  for _, item in ipairs(items) do table.insert(claimed[item.key] and mine or others, item) end
  return mine, others
end

--- Puts credentials into the queue, and says what the ledger has of those that it knew.
-- @return as `delivery.issue`; what is queued, or on its way from there, is `queued`
function delivery.enqueue(place, items)
  local self, others = begin(place), {}
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
  local self = begin(place)
  local mine, others = claim(self, without_twins(items))
  if not mine then return nil, others, "ledger" end
  if #mine > 0 then send(self, mine) end
  see(self, keys_of(others), patience)
  return self
end

return delivery
