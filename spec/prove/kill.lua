--- SIGKILL at each system call of a run, by its own count; then the run again.
--
-- strace counts the calls of a whole run, and then kills a run at the n-th call of each name.

local place = require "spec.prove.place"

local kill = {}

--- The calls of a run, as strace writes them.
local function log_of(here, client, options)
  local log = place.log()
  here:clean()
  here:run(client, ("strace -f -qq -o %s %s"):format(log, options or ""))
  return place.read(log)
end

--- How many calls of each name a thread of a run makes, at the most: strace counts by thread. With
-- `mark`, also how many it made before it first opened that file.
local function calls_of(log, mark)
  local most, before, counts = {}, nil, {}
  for line in log:gmatch "[^\n]+" do
    local thread, name = line:match "^(%d+) +([%w_]+)%("
    if name and mark and not before and name == "openat" and line:find(mark, 1, true) then
      before = {}
      for one, count in pairs(most) do before[one] = count end
    end
    if name then
      counts[thread .. name] = (counts[thread .. name] or 0) + 1
      most[name] = math.max(most[name] or 0, counts[thread .. name])
    end
  end
  return most, before or {}
end

--- Every point of a client's run: a system call's name and its count.
-- @tparam[opt] table options `strace`, more of its options; `mark`, a path: only the points from
--   the moment that this file is opened, before which runs do not differ
function kill.points(here, client, options)
  options = options or {}
  local most, before = calls_of(log_of(here, client, options.strace), options.mark)
  local points, names = {}, {}
  for name in pairs(most) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    for count = (before[name] or 0) + 1, most[name] do
      points[#points + 1] = { name = ("%s %d"):format(name, count), call = name, count = count }
    end
  end
  return points
end

--- Kills a run there.
-- @tparam[opt] string options more of strace's
-- @treturn boolean whether it died
function kill.at(here, client, point, options)
  local _, status = here:run(client,
    ("strace -f -qq -o /dev/null -e trace=%s -e inject=%s:signal=KILL:when=%d %s")
    :format(point.call, point.call, point.count, options or ""))
  return status == 137
end

local ours = { sertifier = true, ["write-back"] = true }

--- What comes after a kill is run here, which is quicker than by a process of its own.
local function conclude(here, client)
  if not ours[client] then
    return here:conclude(client, function() return (here:run(client)) end)
  end
  return here:conclude("sertifier", function() return (here:issue()) end)
end

--- Kills a run at a point, and where the point says so the next one at another; then runs it again.
-- @treturn table|nil the verdict; nil where the run did not come to the point
function kill.try(here, client, point)
  here:clean()
  if not kill.at(here, client, point) then return nil end
  if point.recovery then
    here:end_leases() -- so that it looks up what the first one left
    kill.at(here, client, point.recovery)
  end
  return conclude(here, client)
end

local cut_power = [[cd %s && rm -f *.copying && for file in *; do case $file in
  said|*.synced) ;;
  *) rm -f "$file"; [ ! -e "$file.synced" ] || cp "$file.synced" "$file" ;;
esac; done; rm -f *.synced]]

--- What keeps what was synced.
local function keeper(here)
  return ("-E LD_PRELOAD=build/prove/lost.so -E LOST_UNDER=%s/l"):format(here.directory)
end

--- Every point of a run under that, from its first call on the ledger.
function kill.power_cut_points(here, client)
  return kill.points(here, client, { strace = keeper(here), mark = here.ledger })
end

--- Cuts the power at a point: files are left as they were when they were last synced.
function kill.try_power_cut(here, client, point)
  here:clean()
  if not kill.at(here, client, point, keeper(here)) then return nil end
  os.execute(cut_power:format(here.directory))
  return conclude(here, client)
end

--- Points of a run, each with a point of its recovery: spread by two steps that do not meet.
function kill.pairs(here, client, wanted)
  local points, list = kill.points(here, client), {}
  for i = 1, wanted do
    local first = points[i * 7919 % #points + 1]
    local second = points[i * 104729 % #points + 1]
    list[i] = { name = first.name .. ", then " .. second.name, call = first.call,
      count = first.count, recovery = second }
  end
  return list
end

return kill
