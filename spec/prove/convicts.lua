--- Five bad clients, each with the parts of the proof that must catch it. Where one is not caught,
-- the proof is worth nothing.

local cut = require "spec.prove.cut"
local kill = require "spec.prove.kill"
local linked = require "spec.prove.linked"
local place = require "spec.prove.place"

local convicts = {}

local function open()
  return place.open { records = 2 }
end

--- Those of some points that a predicate holds for; the last first.
local function those(points, holds)
  local some = {}
  for i = #points, 1, -1 do
    if holds(points[i]) then some[#some + 1] = points[i] end
  end
  return some
end

local function opens_a_file(point)
  return point.call == "openat"
end

local function near_a_whole_answer(point)
  return point.way == "answer" and point.bytes % 100 == 0
end

local function cut_proof(client)
  return {
    open = function() return cut.open(open()) end,
    points = function(self)
      return those(cut.points(self, client, { "fin", "reset" }, false), near_a_whole_answer)
    end,
    try = function(self, point) return cut.try(self, client, point) end,
    close = cut.close,
  }
end

-- `by` is the sum that convicts: what was sent twice, or what was lost.
local function convict(name, proof)
  proof.name, proof.shards, proof.by = name, 2, proof.by or "duplicates"
  convicts[name] = proof
  convicts[#convicts + 1] = proof
end

convict("posts, then notes", {
  open = open,
  points = function(here)
    return those(kill.points(here, "post_then_note"), opens_a_file)
  end,
  try = function(here, point) return kill.try(here, "post_then_note", point) end,
  close = place.close,
})

convict("lets libcurl post again", cut_proof "postfields")

convict("forgets the key on failure", cut_proof "forgets")

convict("notes without fsync", {
  open = open,
  points = function(here)
    return those(kill.power_cut_points(here, "lazy"), opens_a_file)
  end,
  try = function(here, point) return kill.try_power_cut(here, "lazy", point) end,
  close = place.close,
})

local function sends(point)
  return point.call == "sendto"
end

convict("writes the links that it remembers", {
  by = "lost",
  open = function() return linked.open { records = 2 } end,
  points = function(here) return those(kill.points(here, "remembers"), sends) end,
  try = function(here, point) return kill.try(here, "remembers", point) end,
  close = linked.close,
})

return convicts
