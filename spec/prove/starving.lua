--- Memory that ends at each of Lua's allocations in a run; then the run again.
--
-- To be run by starved.c, whose `starved` it uses: each run is a child of a process that has all
-- modules loaded.

local place = require "spec.prove.place"

local starving = {}

local starved = rawget(_G, "starved")

local function write(path, text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

--- Every point: one for each allocation of a whole run.
function starving.points(here)
  local log, points = place.log(), {}
  here:clean()
  here:issue()
  here:clean()
  assert(starved.child(function()
    starved.at(0)
    here:issue()
    write(log, ("%d"):format(starved.count()))
  end) == 0)
  for count = 1, tonumber(place.read(log)) do
    points[count] = { name = "allocation " .. count, count = count }
  end
  return points
end

--- Runs in a child whose memory ends there.
local function starve(here, point)
  local said = here.directory .. "/said"
  local status = starved.child(function()
    starved.at(point.count)
    local ok, _, message = pcall(here.issue, here)
    local failed = starved.count() >= point.count
    starved.at(0)
    write(said, failed and tostring(message or ok) or "not met")
  end)
  return status, place.read(said)
end

--- @treturn table|nil the verdict; nil where there were fewer allocations
function starving.try(here, point)
  here:clean()
  local status, said = starve(here, point)
  if said == "not met" then return nil end
  local verdict = here:conclude("sertifier", function() return here:issue() end)
  if status ~= 0 then table.insert(verdict.words, "it crashed: status " .. status) end
  return verdict
end

return starving
