--- The promise, put to the proof at some points of each part; `make prove` tries all of them.

local cjson = require "cjson"
local convicts = require "spec.prove.convicts"
local parts = require "spec.prove.parts"
local prove = require "spec.prove.prove"

-- How many points of each part are tried here, spread over all.
local wanted = {
  ["kills, from the first call on"] = 8, ["kills, batches of 5"] = 5,
  ["kills, two phases, batches of 1"] = 5, ["kills, two phases, batches of 5"] = 5,
  ["kills, and kills of the next run"] = 5, ["power cuts"] = 5, ["cuts"] = 60, ["stalls"] = 4,
  ["kills, links to an org"] = 6, ["kills of the write-back"] = 5,
  ["cuts and stalls, links to an org"] = 15, ["cuts, TLS"] = 30, ["stalls, TLS"] = 3,
  ["faults of the disk"] = 12, ["memory that ends"] = 60,
  ["many at once, SQLite"] = 1, ["many at once, PostgreSQL"] = 1,
}

--- By the program that a part needs; it is one of Lua 5.4.
local function try_elsewhere(part, count)
  local pipe = io.popen(("env LUA_CPATH='build/5.4/?.so;;' %s spec/prove/shard.lua '%s' 1 1 %d")
    :format(part.program, part.name, count))
  local text = pipe:read "*a"
  pipe:close()
  return cjson.decode(text)
end

-- What has a program of its own is the same under each Lua.
local function is_ours(part)
  return not part.program or os.getenv "SPEC_LUA" == "lua5.4"
end

describe("the promise", function()
  for _, part in ipairs(parts) do
    if is_ours(part) then it("holds under " .. part.name, function()
      local count = assert(wanted[part.name], part.name)
      local total = part.program and try_elsewhere(part, count)
        or prove.try(part, { wanted = count })
      assert.same({}, total.faults)
      assert.same({ 0, 0, 0 }, { total.duplicates, total.lost, total.untrue })
      assert.truthy(total.points > count / 2, total.points)
    end) end
  end
end)

describe("the judge", function()
  for _, convict in ipairs(convicts) do
    it("catches a client that " .. convict.name, function()
      local total = prove.try(convict, { until_caught = true })
      assert.truthy(total[convict.by] > 0)
    end)
  end
end)
