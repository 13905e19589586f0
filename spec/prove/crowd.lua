--- Several processes on one ledger and one export, killed at random, and started again.

local crowd = {}

--- Small, repeatable randomness: the same point is the same case on each Lua.
local function random_of(seed)
  local state = seed * 7919 + 1
  return function(most)
    state = state * 16807 % 2147483647
    return state / 2147483647 * most
  end
end

--- Points: 2 to 8 processes, with the seed of their deaths.
function crowd.points(wanted)
  local points = {}
  for seed = 1, wanted do
    local processes = 2 + seed % 7
    points[seed] = { name = ("%d processes, seed %d"):format(processes, seed), seed = seed,
      processes = processes }
  end
  return points
end

--- One round: all start at once; each is killed some time later, if it still runs then.
local function one_round(here, point, random, longest)
  local started = {}
  for i = 1, point.processes do
    started[i] = ("timeout -s KILL %.3f %s &"):format(0.1 + random(longest),
      here:line "sertifier")
  end
  os.execute("(" .. table.concat(started, " ") .. " wait) >/dev/null 2>&1")
end

--- @treturn table the verdict
function crowd.try(here, point)
  here:clean()
  local random = random_of(point.seed)
  for _ = 1, 3 do one_round(here, point, random, 1) end
  return here:conclude("sertifier", function() return (here:run "sertifier") end)
end

return crowd
