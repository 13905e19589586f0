--- The promise, under SIGKILL: a run is killed at system calls, and run again.
--
-- strace counts the calls of a whole run, and then kills a run at the n-th call of each kind. The
-- judge is the server's own record: no key was added or mailed twice, whatever the point. Here some
-- points are tried, spread over all; KILL_POINTS says how many, and "all" tries every one.

local cjson = require "cjson"
local files = require "spec.support.files"
local sandbox = require "spec.support.sandbox"

local lua = os.getenv "SPEC_LUA" or "lua5.4"
local records = 3

local function output_of(command)
  local pipe = io.popen(command)
  local text = pipe:read "*a"
  pipe:close()
  return text
end

--- The command on one ledger; its counts, nil where it did not live to tell them.
local function issue(place, strace)
  local text = output_of(("env SERTIFIER_URL=%s SERTIFIER_SECRET_KEY_FILE=%s %s %s bin/sertifier issue"
    .. " --campaign %s --batch-size 2 --concurrency 1 --ledger %s --write-back %s --json --quiet %s"
    .. " 2>/dev/null"):format(place.url, place.key_file, strace or "", lua, sandbox.campaign,
    place.ledger, place.links, place.export))
  local ok, counts = pcall(cjson.decode, text)
  return ok and counts or nil
end

--- Every point of a run: a system call's name and its count.
local function points_of(place)
  local log = files.path()
  issue(place, "strace -f -qq -o " .. log)
  local counts, points = {}, {}
  for name in files.read(log):gmatch "%d+ +([%w_]+)%(" do
    counts[name] = (counts[name] or 0) + 1
    points[#points + 1] = { name = name, count = counts[name] }
  end
  return points
end

--- `wanted` of the points, spread evenly.
local function spread(points, wanted)
  if wanted == "all" or tonumber(wanted) >= #points then return points end
  local some, step = {}, #points / tonumber(wanted)
  for i = 1, tonumber(wanted) do some[i] = points[math.floor((i - 0.5) * step) + 1] end
  return some
end

local function clean(place)
  for _, ending in ipairs { "", "-wal", "-shm" } do os.remove(place.ledger .. ending) end
  os.remove(place.links)
  os.execute("rm -f " .. place.links .. ".*.part")
end

--- Kills a run at a point, and runs again twice; the last counts.
local function kill_and_go_on(place, point)
  clean(place)
  issue(place, ("strace -f -qq -o /dev/null -e inject=%s:signal=KILL:when=%d")
    :format(point.name, point.count))
  issue(place)
  return issue(place)
end

describe("a run that is killed", function()
  local place, started

  before_each(function()
    started = sandbox.start()
    place = { url = started.url, key_file = sandbox.key_file(), ledger = files.path ".db",
      links = files.path ".csv", export = sandbox.export(records) }
  end)

  after_each(function()
    clean(place)
    sandbox.stop()
  end)

  it("never sends twice, and loses nothing", function()
    local points = points_of(place)
    assert.truthy(#points > 300, #points)
    local tried = spread(points, os.getenv "KILL_POINTS" or "60")
    for _, point in ipairs(tried) do
      started:reset()
      local where = point.name .. " " .. point.count
      local counts = kill_and_go_on(place, point)
      local adds, mails = sandbox.most()
      assert.truthy(adds <= 1 and mails <= 1, where)
      assert.equal(records, counts.already_issued + counts.in_doubt, where)
      -- What is told as issued is what the server has; what it has beyond that is held in doubt.
      local keys = select(3, sandbox.most())
      assert.truthy(counts.already_issued <= keys, where)
      assert.truthy(keys <= counts.already_issued + counts.in_doubt, where)
      assert.equal(counts.already_issued + 1, select(2, files.read(place.links):gsub("\n", "\n")))
    end
    if #tried == #points then
      print(("killed at each of %d system calls: 0 sent twice, 0 lost"):format(#tried))
    end
  end)
end)
