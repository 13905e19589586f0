--- A bad client: it posts, and then notes that it has.

local shared = require "spec.prove.convicts.shared"

local post, notes = shared.poster(), shared.notes()
local issued, failed = 0, 0
for _, record in ipairs(shared.records()) do
  if notes[record.id] then
    issued = issued + 1
  elseif post(record.body) then
    shared.note("issued", record.id)
    issued = issued + 1
  else
    failed = failed + 1
  end
end
shared.tell(issued, failed)
