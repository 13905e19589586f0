--- The fields of a credential, as Sertifier's addCredentials takes them.
--
-- One table, from which checks, plans and messages are made. `type` is the letter that the native
-- plan knows (csrc/plan.h). Fields come in the order of Sertifier's guide, and are sent in it.

local credential = {}

--- Each field: its name, its type, whether it is required, the most characters that it may have,
-- its role for the run, and whether each record has one of its own; all as Sertifier's guide has
-- them, but for the lengths. Nobody says how long a text may be: those limits are ours, so that a
-- cell that was mixed up does not become somebody's name.
credential.fields = {
  { name = "name", type = "t", required = true, most = 255, role = "name", is_own = true },
  { name = "email", type = "e", required = true, most = 254, role = "email" },
  { name = "externalId", type = "t", most = 255, role = "externalId", is_own = true },
  { name = "quickPublish", type = "b" }, -- true: publish and mail at once
  { name = "issueDate", type = "d", role = "issueDate" }, -- left out: today
  { name = "expireDate", type = "d", role = "expireDate" }, -- left out: never
  { name = "dontSendEmail", type = "b" }, -- true: publish without a mail
}

--- The native types of attributes, by the numbers that /attribute/search gives them, as code has it
-- that talks to the live service.
credential.attribute_types = { [1] = "a", [2] = "D", [3] = "N" }

--- The names that a flow's `map` may have.
function credential.names()
  local names = {}
  for i, field in ipairs(credential.fields) do names[i] = field.name end
  names[#names + 1] = "attributes"
  return names
end

--- The guide's own mapping, for a flow that has none.
function credential.guide_map()
  return {
    name = "{!$Record.FirstName} {!$Record.LastName}", email = "{!$Record.Email}",
    externalId = "{!$Record.Id}", quickPublish = true,
  }
end

--- What the server names in its answer, and a write-back may use.
credential.answers = {
  "id", "name", "email", "status", "certificateNo", "issueDate", "externalId",
  "certificateImageLink", "badgeImageLink", "verificationLink",
}

--- What of these a ledger keeps, so that it can be written at any later time.
credential.kept = { id = true, verificationLink = true }

return credential
