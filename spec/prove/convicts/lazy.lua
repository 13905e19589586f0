--- A bad client: it notes before it posts, but does not wait until the note is on the disk.

local shared = require "spec.prove.convicts.shared"

local post, notes = shared.poster(), shared.notes()
local issued, failed = 0, 0
for _, record in ipairs(shared.records()) do
  local word = notes[record.id]
  if not word then
    shared.note("sending", record.id, true)
    word = post(record.body) and "issued" or "failed"
    shared.note(word, record.id, true)
  end
  if word == "issued" then issued = issued + 1 else failed = failed + 1 end
end
shared.tell(issued, failed)
