--- The parts of the proof: where each takes place, what its points are, and how one is tried.
--
-- A part has `name`, `shards` (how many processes share its points in the complete form), `open()`,
-- which gives a state, `points(state)`, `try(state, point)`, which gives a verdict, or nil where
-- the point was not met, and `close(state)`.

local crowd = require "spec.prove.crowd"
local cut = require "spec.prove.cut"
local faults = require "spec.prove.faults"
local kill = require "spec.prove.kill"
local linked = require "spec.prove.linked"
local place = require "spec.prove.place"
local postgres = require "spec.support.postgres"
local starving = require "spec.prove.starving"

local parts = {}

local function open()
  return place.open {}
end

local function part(name, shards, one)
  one.name, one.shards = name, shards
  parts[#parts + 1] = one
  parts[name] = one
end

-- ---- kills ----

-- A server that mails with each publish shows each that is too many.
local function killing(batch_size, points, two_phases)
  return {
    open = function()
      return place.open { batch_size = batch_size, two_phases = two_phases,
        behave = { publish_mails = "always" } }
    end,
    points = points or function(here)
      return kill.points(here, "sertifier", { mark = here.ledger })
    end,
    try = function(here, point) return kill.try(here, "sertifier", point) end,
    close = place.close,
  }
end

part("kills, from the first call on", 2, killing(1, function(here)
  return kill.points(here, "sertifier")
end))
part("kills, batches of 5", 2, killing(5))
part("kills, two phases, batches of 1", 2, killing(1, nil, true))
part("kills, two phases, batches of 5", 2, killing(5, nil, true))
part("kills, and kills of the next run", 2, killing(1, function(here)
  return kill.pairs(here, "sertifier", 400)
end))

part("power cuts", 2, {
  open = open,
  points = function(here) return kill.power_cut_points(here, "sertifier") end,
  try = function(here, point) return kill.try_power_cut(here, "sertifier", point) end,
  close = place.close,
})

-- ---- cuts ----

local function cutting(hows, tls)
  return {
    open = function()
      return cut.open(place.open { records = 2, tls = tls and tls() })
    end,
    points = function(self) return cut.points(self, "sertifier", hows, tls ~= nil) end,
    try = function(self, point) return cut.try(self, "sertifier", point) end,
    close = cut.close,
  }
end

part("cuts", 2, cutting { "fin", "reset" })
part("stalls", 12, cutting { "stall" })
part("cuts, TLS", 2, cutting({ "fin", "reset" }, place.certificate))
part("stalls, TLS", 12, cutting({ "stall" }, place.certificate))

-- ---- links to an org ----

part("kills, links to an org", 2, {
  open = function() return linked.open {} end,
  points = function(here) return kill.points(here, "sertifier", { mark = here.ledger }) end,
  try = function(here, point) return kill.try(here, "sertifier", point) end,
  close = linked.close,
})

part("kills of the write-back", 2, {
  open = linked.open_unwritten,
  points = function(here) return kill.points(here, "write-back", { mark = here.ledger }) end,
  try = function(here, point) return kill.try(here, "write-back", point) end,
  close = linked.close,
})

part("cuts and stalls, links to an org", 8, {
  open = function() return cut.open(linked.open { records = 2 }, "org_url") end,
  points = function(self)
    -- A connection's first exchange gets the token, or the object's fields; the second has a link.
    return cut.points(self, "sertifier", { "fin", "reset", "stall" }, false, 2)
  end,
  try = function(self, point) return cut.try(self, "sertifier", point) end,
  close = cut.close,
})

-- ---- faults of the machine ----

part("faults of the disk", 2, { open = open, points = faults.points, try = faults.try,
  close = place.close })

part("memory that ends", 2, { open = open, points = starving.points, try = starving.try,
  close = place.close, program = "build/prove/starved" })

-- ---- many at once ----

local function crowding(database)
  return {
    open = function()
      return place.open { records = 120, batch_size = 3, behave = { latency = 0.03 },
        postgres = database }
    end,
    points = function() return crowd.points(42) end,
    try = crowd.try,
    close = place.close,
  }
end

part("many at once, SQLite", 2, crowding())
part("many at once, PostgreSQL", 2, crowding(postgres))

return parts
