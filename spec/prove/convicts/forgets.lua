--- A bad client: it notes before it posts, and strikes the note out where the post fails.

local shared = require "spec.prove.convicts.shared"

local post, notes = shared.poster(), shared.notes()
local issued, failed = 0, 0
for _, record in ipairs(shared.records()) do
  local word = notes[record.id]
  if not word or word == "failed" then
    shared.note("sending", record.id)
    word = post(record.body) and "issued" or "failed"
    shared.note(word, record.id)
  end
  if word == "issued" then issued = issued + 1 else failed = failed + 1 end
end
shared.tell(issued, failed)
