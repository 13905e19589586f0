--- A credential as Sertifier's answers show it, in one spelling.
--
-- Facts are marked as in sandbox.lua: [S] Sertifier's Salesforce guide, [T] code that talks to the
-- live service, [G] a guess.

local calendar = require "sertifier.calendar"
local envelope = require "sertifier.envelope"

local row = {}

local deepest = 4 -- tables that a search's rows may stand in

local function text(value)
  return type(value) == "string" and value ~= "" and value or nil
end

--- A link that may be kept and shown: printable ASCII of the web.
local function link(value)
  return text(value) and value:find "^https?://[!-~]+$" and value or nil
end

local iso = "^(%d%d%d%d)-(%d%d)-(%d%d)[T ](%d%d):(%d%d):(%d%d)%.?%d*(.*)$"

--- Seconds east of UTC; a date that names no zone is in UTC [T].
local function zone(value)
  if value == "" or value == "Z" or value == "z" then return 0 end
  local sign, hours, minutes = value:match "^([+-])(%d%d):?(%d%d)$"
  if not sign then return nil end
  return (sign == "-" and -1 or 1) * (tonumber(hours) * 3600 + tonumber(minutes) * 60)
end

--- A date-time, such as 2025-01-01T00:00:00, in seconds since 1970; nil where it is none.
function row.time(value)
  local parts = { (text(value) or ""):match(iso) }
  local offset = parts[7] and zone(parts[7])
  if not offset then return nil end
  for i = 1, 6 do parts[i] = tonumber(parts[i]) end
  if parts[2] < 1 or parts[2] > 12 or parts[3] < 1 or parts[3] > 31 then return nil end
  return calendar.seconds((table.unpack or unpack)(parts, 1, 6)) - offset
end

--- Reads a credential; nil where it has no credential's id.
-- @param raw a decoded value of any kind
-- @treturn table|nil `id`, and what is there of `campaignId`, `name`, `email`, `status`,
--   `issueDate`, `certificateNo`, `externalId`, `certificateImageLink`, `badgeImageLink`,
--   `verificationLink`, and `created` (of `createDate`, in seconds since 1970)
function row.read(raw)
  if type(raw) ~= "table" or not envelope.is_id(raw.id) then return nil end
  return { id = raw.id, name = text(raw.name), email = text(raw.email),
    status = type(raw.status) == "number" and raw.status or nil, issueDate = text(raw.issueDate),
    campaignId = text(raw.campaignId), created = row.time(raw.createDate),
    certificateNo = text(raw.certificateNo) or text(raw.certificateNO),
    externalId = text(raw.externalId) or text(raw.externalID),
    certificateImageLink = link(raw.certificateImageLink),
    badgeImageLink = link(raw.badgeImageLink), verificationLink = link(raw.verificationLink) }
end

local function gather(rows, value, depth)
  local one = row.read(value)
  if one and (one.name or one.email) then
    rows[#rows + 1] = one
  elseif type(value) == "table" and depth < deepest then
    for _, inner in pairs(value) do gather(rows, inner, depth + 1) end
  end
end

--- The credentials in a search's `data`: it may be their list, or hold it under a name [G].
-- @param data a decoded value of any kind
-- @treturn {table,...} as `row.read` gives them
function row.all(data)
  local rows = {}
  gather(rows, data, 0)
  return rows
end

return row
