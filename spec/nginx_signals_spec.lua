--- A gateway that is reloaded, and stopped, while calls are at work.

local callers = require "spec.support.callers"
local gateway = require "spec.support.gateway"
local sandbox = require "spec.support.sandbox"

local count = 8

describe("at a signal, the gateway", function()
  local server, place

  --- Starts one, and waits until Sertifier has what so many callers asked for, and has not answered.
  local function begin(latency)
    sandbox.start { latency = latency }
    server = assert(gateway.start { threads = count, vms = 2 * count })
    place = callers.ask({ server }, callers.ids(count))
    assert.truthy(callers.wait_for(function() return sandbox.record().adds == count end))
  end

  after_each(function()
    callers.forget()
    gateway.stop()
  end)

  it("HUP, answers what is in flight and what comes meanwhile", function()
    begin(1)
    gateway.signal(server, "HUP")
    local later = callers.ask({ server }, callers.ids(count, "later-"))
    assert.same({ ["200"] = count }, callers.statuses(place, count))
    assert.same({ ["200"] = count }, callers.statuses(later, count))
    assert.same({ issued = 2 * count }, gateway.counts(server))
    assert.same({ 1, 1, 2 * count }, { sandbox.most() })
  end)

  it("QUIT, answers what is in flight before it ends", function()
    begin(2)
    gateway.signal(server, "QUIT")
    assert.same({ ["200"] = count }, callers.statuses(place, count))
    assert.same({ issued = count }, gateway.counts(server))
  end)

  it("TERM, hangs up, and keeps the end of what is in flight", function()
    begin(0.7)
    gateway.signal(server, "TERM")
    assert.same({ issued = count }, gateway.counts(server))
    assert.same({ 1, 1, count }, { sandbox.most() })
  end)

  it("TERM, leaves nothing open where Sertifier is too slow for it", function()
    begin(5)
    gateway.signal(server, "TERM")
    assert.same({ sending = count }, gateway.counts(server))
    gateway.query(server, "UPDATE credential SET lease = 0")
    sandbox.behave { latency = 0 }
    local again = assert(gateway.start { ledger = server.ledger })
    assert.same({ ["409"] = count }, callers.statuses(callers.ask({ again }, callers.ids(count)), count))
    assert.same({ 1, 1, count }, { sandbox.most() })
  end)
end)
