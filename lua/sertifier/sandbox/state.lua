--- What the sandbox knows: its campaigns, and the credentials and recipients that were made.

local envelope = require "sertifier.envelope"
local record = require "sertifier.sandbox.record"

local state = {}
state.__index = state

-- Types: 1 text, 2 date, 3 number [T].
local attributes = {
  { id = "5a4d-attribute-course", title = "Course", type = 1, displayFormat = "" },
  { id = "5a4d-attribute-date", title = "Completed on", type = 2, displayFormat = "DD.MM.YYYY" },
  { id = "5a4d-attribute-score", title = "Score", type = 3, displayFormat = "0" },
}

--- Campaigns by id, and in order: `{ id, title, status }`; a bare id will do.
local function campaigns_of(list)
  local by_id, ordered = {}, {}
  for i, one in ipairs(list) do
    if type(one) ~= "table" then one = { id = one } end
    if not envelope.is_id(one.id) then
      return nil, ("campaign %s: 8 to 64 letters, digits, - and _ are expected")
        :format(tostring(one.id))
    end
    local campaign = { id = one.id, title = one.title or "Campaign " .. i, status = one.status }
    by_id[one.id], ordered[i] = campaign, campaign
  end
  return by_id, ordered
end

--- A new state; see `sandbox.new` for its options.
-- @treturn table|nil it; or nil, message, "campaign"
function state.new(options, behave)
  local by_id, ordered = campaigns_of(options.campaigns or { "sandbox-campaign" })
  if not by_id then return nil, ordered, "campaign" end
  local self = setmetatable({ key = options.key or "sandbox-key", behave = behave,
    seed = options.seed or 1, campaigns = by_id,
    campaign_list = ordered, attributes = options.attributes or attributes }, state)
  local now = options.now or os.time
  function self.now() return now() + self.behave.clock_ahead end
  self.started = self.now()
  self:reset()
  return self
end

--- Forgets all that was issued, and the record.
function state:reset()
  self.last_id = 0
  self.credentials, self.by_id = {}, {}
  self.recipients, self.recipient_list = {}, {}
  self.record = record.new()
  self.mishaps = { count = 0, second = 0, in_second = 0 }
end

--- A new id, GUID-like; the same ones come again for the same seed.
function state:new_id()
  local n = self.last_id + 1
  self.last_id = n
  -- Small factors: the product stays exact in a double.
  local mixed = ((n % 1048576) * 2654435761 + self.seed * 40503) % 4294967296
  return ("%08x-5a4d-4000-8000-%012x"):format(mixed, n)
end

--- The recipient of an e-mail, or where there is none of a name [G].
function state:recipient(name, email, external_id)
  local key = (email or name):lower()
  local recipient = self.recipients[key]
  if not recipient then
    recipient = { id = self:new_id(), name = name, email = email, external_id = external_id }
    self.recipients[key] = recipient
    table.insert(self.recipient_list, recipient)
  end
  return recipient
end

--- Keeps a new credential.
function state:add(credential)
  local number = #self.credentials + 1
  credential.id = self:new_id()
  credential.number = ("SBX-%08d"):format(number)
  self.credentials[number] = credential
  self.by_id[credential.id] = credential
  return credential
end

--- The credential of an id or a certificate number; nil where there is none, or it was deleted.
function state:credential(text)
  local number = tonumber(text:match "^SBX%-(%d+)$")
  local credential = self.by_id[text] or number and self.credentials[number]
  return credential and not credential.deleted and credential or nil
end

--- A campaign's status: 1 draft, 2 scheduled, 3 sent [T].
function state:campaign_status(campaign)
  return campaign.status or tonumber(self.behave.campaign_status)
end

return state
