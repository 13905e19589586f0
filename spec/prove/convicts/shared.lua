--- What the bad clients share: an export, a notebook of one line a word, a post, and the counts.

local cjson = require "cjson"
local core = require "sertifier.core"
local http = require "sertifier.http"

local shared = { ledger = arg[1] }

--- The records of the export: each its Id, and the body of its request.
function shared.records()
  local list = {}
  for line in io.lines(arg[2]) do
    local id, first, last, email = line:match "^(%w+),([^,]*),([^,]*),(.*)$"
    if id and id ~= "Id" then
      list[#list + 1] = { id = id, body = cjson.encode { credentials = { {
        campaignId = "campaign-of-specs", name = first .. " " .. last, email = email,
        externalId = id, quickPublish = true } } } }
    end
  end
  return list
end

--- The last word on each Id in the notebook.
function shared.notes()
  local notes, file = {}, io.open(shared.ledger)
  if not file then return notes end
  for line in file:lines() do
    local word, id = line:match "^(%w+) (%w+)$"
    if word then notes[id] = word end
  end
  file:close()
  return notes
end

--- Writes a word down; on the disk when it returns, unless told otherwise.
function shared.note(word, id, is_lazy)
  local file = assert(io.open(shared.ledger, "a"))
  file:write(word, " ", id, "\n")
  if not is_lazy then assert(core.sync(file)) end
  file:close()
end

--- A function that posts a body, and gives whether it was answered well.
function shared.poster()
  local client = assert(http.client { url = assert(os.getenv "SERTIFIER_URL") })
  return function(body)
    client:submit("POST", "/campaign/addCredentials", body)
    local result
    repeat result = client:poll(1)[1] until result
    return result.status == 200 and result.body:find "verificationLink" ~= nil
  end
end

--- Tells how all records ended, as `sertifier issue --json` does.
function shared.tell(issued, in_doubt)
  print(cjson.encode { read = issued + in_doubt, skipped = 0, invalid = 0, issued = issued,
    already_issued = 0, rejected = 0, in_doubt = in_doubt, not_attempted = 0 })
end

return shared
