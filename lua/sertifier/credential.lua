--- The fields of a credential, as Sertifier's addCredentials takes them.
--
-- One table, from which checks, plans and messages are made. `type` is the letter that the native
-- plan knows (csrc/plan.h). Fields come in the order of Sertifier's guide, and are sent in it.

local credential = {}

--- Each field: name, type, whether it is required, its role for the run, and what it is.
credential.fields = {
  { name = "name", type = "t", required = true, role = "name", about = "the recipient's name" },
  { name = "email", type = "e", required = true, role = "email", about = "where the mail goes" },
  { name = "externalId", type = "t", role = "externalId", about = "the record's Id, as a rule" },
  { name = "quickPublish", type = "b", about = "true: publish and mail at once" },
  { name = "issueDate", type = "d", about = "YYYY-MM-DD; left out: today" },
  { name = "expireDate", type = "d", about = "YYYY-MM-DD; left out: never" },
  { name = "dontSendEmail", type = "b", about = "true: publish without a mail" },
}

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

return credential
