--- A disk that fails at one call of a run on its ledger and its links; then the run again.

local place = require "spec.prove.place"

local faults = {}

local library = "build/prove/faults.so"

--- What may become of each call: "full" fails from then on.
local kinds = {
  open = { "ENOSPC", "EIO", "EINTR", "full" }, fopen = { "ENOSPC", "EIO", "EINTR", "full" },
  write = { "ENOSPC", "EIO", "EINTR", "short", "full" },
  pwrite = { "ENOSPC", "EIO", "EINTR", "short", "full" },
  pwrite64 = { "ENOSPC", "EIO", "EINTR", "short", "full" },
  fwrite = { "ENOSPC", "EIO", "EINTR", "short", "full" },
  fsync = { "ENOSPC", "EIO", "EINTR" }, fdatasync = { "ENOSPC", "EIO", "EINTR" },
  fflush = { "ENOSPC", "EIO", "EINTR" }, fclose = { "ENOSPC", "EIO", "EINTR" },
  ftruncate = { "ENOSPC", "EIO", "EINTR" }, rename = { "ENOSPC", "EIO", "EINTR" },
  unlink = { "EIO" },
}

local function preload(here, rest)
  return ("env LD_PRELOAD=%s FAULT_UNDER=%s/l %s"):format(library, here.directory, rest)
end

--- Every point: each call of a whole run, with each kind of fault.
function faults.points(here)
  local log, points, counts = place.log(), {}, {}
  here:clean()
  here:run("sertifier", preload(here, "FAULT_LOG=" .. log))
  for call in place.read(log):gmatch "%w+" do
    counts[call] = (counts[call] or 0) + 1
    for _, kind in ipairs(kinds[call]) do
      points[#points + 1] = { name = ("%s %d: %s"):format(call, counts[call], kind),
        fault = ("%s %d %s"):format(call, counts[call], kind) }
    end
  end
  return points
end

--- What a run says must be for its user, and the run must have come to its end.
local function check_end(here, verdict, counts, status)
  local said = place.read(here.directory .. "/said") or ""
  if status >= 128 then table.insert(verdict.words, "it crashed: status " .. status) end
  if said:find "internal error" then table.insert(verdict.words, "it says: " .. said) end
  if not counts and not said:find "sertifier: " then
    table.insert(verdict.words, "it says nothing of what is wrong")
  end
end

--- @treturn table the verdict
function faults.try(here, point)
  here:clean()
  local counts, status = here:run("sertifier",
    preload(here, ("FAULT='%s'"):format(point.fault)))
  local end_of_first = { words = {} }
  check_end(here, end_of_first, counts, status)
  local verdict = here:conclude("sertifier", function() return here:issue() end, counts)
  for _, words in ipairs(end_of_first.words) do table.insert(verdict.words, words) end
  return verdict
end

return faults
