--- Many callers at once, and an nginx that is killed: judged by the sandbox's record.

local callers = require "spec.support.callers"
local engines = require "spec.support.ledgers"
local files = require "spec.support.files"
local gateway = require "spec.support.gateway"
local http = require "sertifier.http"
local sandbox = require "spec.support.sandbox"
local run = require("sertifier.sandbox.nginx").run

local function worker_of(server)
  return run("pgrep -P " .. server.pid)
end

describe("under load, the gateway", function()
  after_each(function()
    callers.forget()
    gateway.stop()
  end)

  it("keeps the end of what a hundred callers no longer wait for", function()
    sandbox.start { latency = 3 }
    local server = assert(gateway.start { threads = 100, vms = 110 })
    local function ask()
      local client = assert(http.client { url = server.url, key_file = sandbox.key_file(gateway.token) })
      for _, id in ipairs(callers.ids(100)) do
        client:submit("POST", "/campaign/addCredentials", gateway.request(id))
      end
      return client
    end
    local client = ask()
    assert.truthy(callers.wait_for(function()
      client:poll(0)
      return sandbox.record().adds == 100
    end))
    client:close() -- hangs up, everywhere at once
    assert.truthy(callers.wait_for(function() return gateway.counts(server).issued == 100 end))
    client = ask()
    local answered = 0
    while client:pending() > 0 do
      for _, result in ipairs(client:poll(1)) do
        assert.equal(200, result.status, result.body)
        answered = answered + 1
      end
    end
    client:close()
    assert.equal(100, answered)
    assert.same({ 1, 1, 100 }, { sandbox.most() })
  end)

  it("says so at once where there are more callers than threads, and goes on", function()
    sandbox.start { latency = 1 }
    local server = assert(gateway.start { threads = 2, vms = 2 })
    local worker = worker_of(server)
    local place = callers.ask({ server }, callers.ids(12))
    local counts = callers.statuses(place, 12)
    assert.equal(12, (counts["200"] or 0) + (counts["503"] or 0))
    assert.truthy((counts["503"] or 0) > 0 and (counts["200"] or 0) >= 2)
    assert.truthy(run("cat " .. place .. "/head*"):find "Retry%-After: 1")
    assert.equal(worker, worker_of(server))
    sandbox.behave { latency = 0 }
    for n = 1, 12 do assert.equal(200, (gateway.post(server, gateway.request("id-" .. n)))) end
    assert.same({ 1, 1, 12 }, { sandbox.most() })
  end)

  it("keeps no memory of the calls it answered", function()
    sandbox.start()
    local server = assert(gateway.start { threads = 2, vms = 4 })
    local sent = 0
    local function issue(count)
      local client = assert(http.client { url = server.url, key_file = sandbox.key_file(gateway.token) })
      local until_ = sent + count
      repeat
        while sent < until_ and client:pending() < 2 do
          sent = sent + 1
          client:submit("POST", "/campaign/addCredentials", gateway.request("id-" .. sent))
        end
        for _, result in ipairs(client:poll(1)) do assert.equal(200, result.status, result.body) end
      until sent == until_ and client:pending() == 0
      client:close()
    end
    --- What the worker keeps in memory, in kB.
    local function resident()
      return tonumber(files.read(("/proc/%s/status"):format(worker_of(server))):match "VmRSS:%s*(%d+)")
    end
    issue(1000)
    local before = resident()
    issue(2000)
    local more = resident() - before
    assert.truthy(more < 500, ("%d kB more"):format(more))
  end)

  it("never sends again what a killed worker may have sent", function()
    sandbox.start { latency = 2 }
    local server = assert(gateway.start { threads = 8, vms = 10 })
    callers.ask({ server }, callers.ids(5))
    assert.truthy(callers.wait_for(function() return sandbox.record().adds == 5 end))
    run("kill -KILL " .. worker_of(server))
    assert.same({ sending = 5 }, gateway.counts(server))
    gateway.query(server, "UPDATE credential SET lease = 0")
    sandbox.behave { latency = 0 }
    assert.same({ ["409"] = 5, ["200"] = 1 }, callers.statuses(callers.ask({ server }, callers.ids(6)), 6))
    assert.same({ in_doubt = 5, issued = 1 }, gateway.counts(server))
    assert.same({ 1, 1, 6 }, { sandbox.most() })
  end)

  for _, engine in ipairs(engines) do
    it("shares a ledger on " .. engine.name .. " with another nginx, and outlives its end", function()
      engine.start()
      finally(engine.stop)
      local ledger = engine.fresh()
      sandbox.start { latency = 0.5 }
      local first = assert(gateway.start { threads = 8, vms = 10, ledger = ledger })
      local second = assert(gateway.start { threads = 8, vms = 10, ledger = ledger })
      assert.same({ ["200"] = 10 }, callers.statuses(callers.ask({ first, second }, callers.ids(5)), 10))
      assert.same({ 1, 1, 5 }, { sandbox.most() })
      sandbox.behave { latency = 2 }
      callers.ask({ first }, callers.ids(5, "more-"))
      assert.truthy(callers.wait_for(function() return sandbox.record().adds == 10 end))
      run("kill -KILL " .. worker_of(first))
      engine.query "UPDATE credential SET lease = 0 WHERE state = 'sending'"
      sandbox.behave { latency = 0 }
      local place = callers.ask({ first, second }, callers.ids(5, "more-"))
      assert.same({ ["409"] = 10 }, callers.statuses(place, 10))
      assert.same({ in_doubt = 5, issued = 5 }, gateway.counts(second))
      assert.same({ 1, 1, 10 }, { sandbox.most() })
    end)
  end
end)
