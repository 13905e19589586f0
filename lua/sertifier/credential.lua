--- The fields of a credential, as Sertifier's addCredentials takes them.
--
-- One table, from which checks, plans and messages are made. `type` is the letter that the native
-- plan knows (csrc/plan.h). Fields come in the order of Sertifier's guide, and are sent in it.

local credential = {}

--- Each field: name, type, whether it is required, the most characters that it may have, its role
-- for the run, what it is, and who says so: Sertifier's guide (S), or programs that were written
-- against the live service (T). Nobody says how long a text may be: those limits are ours, so that
-- a cell that was mixed up does not become somebody's name.
credential.fields = {
  { name = "name", type = "t", required = true, most = 255, role = "name", source = "S",
    about = "the recipient's name" },
  { name = "email", type = "e", required = true, most = 254, role = "email", source = "S",
    about = "where the mail goes" },
  { name = "externalId", type = "t", most = 255, role = "externalId", source = "S",
    about = "the record's Id, as a rule" },
  { name = "quickPublish", type = "b", source = "S", about = "true: publish and mail at once" },
  { name = "issueDate", type = "d", role = "issueDate", source = "S",
    about = "YYYY-MM-DD; left out: today" },
  { name = "expireDate", type = "d", role = "expireDate", source = "S",
    about = "YYYY-MM-DD, after issueDate; left out: never" },
  { name = "dontSendEmail", type = "b", source = "S", about = "true: publish without a mail" },
}

--- The native types of attributes, by the numbers that /attribute/search gives them (T).
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

return credential
