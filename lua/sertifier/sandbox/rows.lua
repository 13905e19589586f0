--- Credentials, campaigns and recipients, as each of Sertifier's calls shows them.

local dates = require "sertifier.sandbox.dates"
local json = require "sertifier.json"

local rows = {}

-- Escaping is what takes the most time; these of our own making need none.
local plain = { id = true, certificateNo = true, certificateNO = true, issueDate = true,
  certificateImageLink = true, badgeImageLink = true, verificationLink = true }

local function form(names)
  return json.form(names, plain)
end

local function capital(names)
  return (names:gsub("certificateNo", "certificateNO"):gsub("externalId", "externalID"))
end

--- The forms for both spellings, whole and bare.
local function forms(names, left_out)
  local bare = names
  for _, name in ipairs(left_out) do bare = bare:gsub(name, "") end
  return { no = { [false] = form(names), [true] = form(bare) },
    NO = { [false] = form(capital(names)), [true] = form(capital(bare)) } }
end

-- [S]; the other spelling, and a row without externalId, are to be expected.
local added = forms([[id name email status certificateNo issueDate externalId certificateImageLink
  badgeImageLink verificationLink]], { "externalId" })

-- A credential on its own [T], which may lack two members.
local single = forms([[id campaignId campaignTitle name email status certificateNo createDate
  issueDate expireDate externalId recipientId isPublic certificateImageLink badgeImageLink
  verificationLink]], { "externalId", "verificationLink" })

-- A credential that a search found: never externalId or verificationLink [T].
local found = form [[id campaignId campaignTitle certificateNO createDate email emailTracking
  expireDate issueDate name recipientId isPublic status]]

local campaign_form = json.form [[id title designId detailId badgeId emailTemplateId emailFromName
  emailFromAddress emailSubject privateCampaign status createDate updateDate]] -- [T]

local recipient_form = json.form "id name email externalID profileUrl" -- [T]

local attribute_form = json.form "id title type displayFormat" -- [T]

--- The link that people are given; its form is the guide's [S].
function rows.link(credential)
  return "https://sertifier.com/cd/" .. credential.id
end

--- What all of a credential's rows share.
local function common(credential)
  local id = credential.id
  return { id = id, name = credential.name, email = credential.email,
    certificateNo = credential.number, certificateNO = credential.number,
    issueDate = credential.issue_date, externalId = credential.external_id,
    externalID = credential.external_id, verificationLink = rows.link(credential),
    certificateImageLink = "https://sertifier.com/images/" .. id .. "/certificate.png",
    badgeImageLink = "https://sertifier.com/images/" .. id .. "/badge.png" }
end

--- A row of addCredentials' answer; a member that was not given is null [G].
function rows.added(state, credential)
  local behave, values = state.behave, common(credential)
  values.status = 1 -- even with quickPublish [S]
  if behave.echo == "recased" or behave.echo == "both" then
    values.name, values.email = values.name:upper(), values.email and values.email:upper()
  end
  return json.object(added[behave.spelling][behave.bare_add], values)
end

-- Endings of a createDate; without one there is no createDate.
local created_endings = { plain = "", zone = "Z", fraction = ".123" }

local function whole(state, credential)
  local values, expire_date = common(credential), credential.expire_date
  values.campaignId, values.campaignTitle = credential.campaign.id, credential.campaign.title
  local ending = created_endings[state.behave.created_form]
  values.createDate = ending and dates.iso(credential.created) .. ending
  values.expireDate = expire_date and expire_date .. "T00:00:00"
  values.recipientId = credential.recipient.id
  values.isPublic = credential.published == true
  if state.behave.credential_status == "shown" then
    values.status = credential.published and 3 or 1 -- as a campaign's [G]
  end
  return values
end

--- A credential on its own.
function rows.single(state, credential)
  return json.object(single[state.behave.spelling][state.behave.bare_get], whole(state, credential))
end

--- A credential in a search's answer.
function rows.found(state, credential)
  return json.object(found, whole(state, credential))
end

--- A campaign.
function rows.campaign(state, campaign)
  local day = dates.iso(state.started)
  return json.object(campaign_form, { id = campaign.id, title = campaign.title,
    designId = "5a4d-design", detailId = "5a4d-detail", badgeId = "5a4d-badge",
    emailTemplateId = "5a4d-template", emailFromName = "Sandbox",
    emailFromAddress = "sandbox@example.com", emailSubject = "Your credential",
    privateCampaign = false, status = state:campaign_status(campaign), createDate = day,
    updateDate = day })
end

--- A recipient.
function rows.recipient(_, recipient)
  return json.object(recipient_form, { id = recipient.id, name = recipient.name,
    email = recipient.email, externalID = recipient.external_id,
    profileUrl = "https://sertifier.com/profile/" .. recipient.id })
end

--- An attribute: type 1 is text, 2 a date, 3 a number.
function rows.attribute(_, attribute)
  return json.object(attribute_form, attribute)
end

return rows
