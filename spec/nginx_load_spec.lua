--- Many callers at once, and an nginx that is killed: judged by the sandbox's record.

local core = require "sertifier.core"
local files = require "spec.support.files"
local gateway = require "spec.support.gateway"
local postgres = require "spec.support.postgres"
local sandbox = require "spec.support.sandbox"
local run = require("sertifier.sandbox.nginx").run

local made = {}

--- Callers at once, one for each external id; their answers' statuses and bodies come later.
local function ask_all(servers, ids, seconds)
  local place = files.path()
  os.execute("mkdir " .. place)
  made[#made + 1] = place
  for i, id in ipairs(ids) do
    local body = io.open(place .. "/in" .. i, "w")
    body:write(gateway.request(id))
    body:close()
    for s, server in ipairs(servers) do
      os.execute(("curl -s --max-time %g -o /dev/null -D %s/head%d.%d -H 'Content-Type: application/json' -H"
        .. " 'secretKey: %s' --data-binary @%s/in%d %s/campaign/addCredentials >/dev/null 2>&1 &")
        :format(seconds or 120, place, i, s, gateway.token, place, i, server.url))
    end
  end
  return place
end

--- How many answers have each status, once that many are there.
local function statuses(place, wanted)
  local counts, heads = {}, ""
  for _ = 1, 6000 do
    heads = run(("cat %s/head* 2>/dev/null | grep -a '^HTTP'"):format(place))
    if select(2, heads:gsub("HTTP", "")) >= wanted then break end
    core.sleep(0.01)
  end
  for status in heads:gmatch "HTTP/1.1 (%d+)" do counts[status] = (counts[status] or 0) + 1 end
  return counts
end

local function wait_for(is_so)
  for _ = 1, 6000 do
    if is_so() then return true end
    core.sleep(0.01)
  end
  return false
end

local function worker_of(server)
  return run("pgrep -P " .. server.pid)
end

local function ids(count, prefix)
  local list = {}
  for n = 1, count do list[n] = (prefix or "id-") .. n end
  return list
end

describe("under load, the gateway", function()
  after_each(function()
    for _, place in ipairs(made) do run("rm -rf " .. place) end
    made = {}
    gateway.stop()
  end)

  it("keeps the end of what a caller no longer waits for", function()
    sandbox.start { latency = 0.6 }
    local server = assert(gateway.start { threads = 10, vms = 12 })
    ask_all({ server }, ids(10), 0.3)
    assert.truthy(wait_for(function() return gateway.counts(server).issued == 10 end))
    sandbox.behave { latency = 0 }
    assert.same({ ["200"] = 10 }, statuses(ask_all({ server }, ids(10)), 10))
    assert.same({ 1, 1, 10 }, { sandbox.most() })
  end)

  it("says so at once where there are more callers than threads, and goes on", function()
    sandbox.start { latency = 1 }
    local server = assert(gateway.start { threads = 2, vms = 2 })
    local worker = worker_of(server)
    local place = ask_all({ server }, ids(12))
    local counts = statuses(place, 12)
    assert.equal(12, (counts["200"] or 0) + (counts["503"] or 0))
    assert.truthy((counts["503"] or 0) > 0 and (counts["200"] or 0) >= 2)
    assert.truthy(run("cat " .. place .. "/head*"):find "Retry%-After: 1")
    assert.equal(worker, worker_of(server))
    sandbox.behave { latency = 0 }
    for n = 1, 12 do assert.equal(200, (gateway.post(server, gateway.request("id-" .. n)))) end
    assert.same({ 1, 1, 12 }, { sandbox.most() })
  end)

  it("never sends again what a killed worker may have sent", function()
    sandbox.start { latency = 2 }
    local server = assert(gateway.start { threads = 8, vms = 10 })
    ask_all({ server }, ids(5))
    assert.truthy(wait_for(function() return sandbox.record().adds == 5 end))
    run("kill -KILL " .. worker_of(server))
    assert.same({ sending = 5 }, gateway.counts(server))
    gateway.query(server, "UPDATE credential SET lease = 0")
    sandbox.behave { latency = 0 }
    assert.same({ ["409"] = 5, ["200"] = 1 }, statuses(ask_all({ server }, ids(6)), 6))
    assert.same({ in_doubt = 5, issued = 1 }, gateway.counts(server))
    assert.same({ 1, 1, 6 }, { sandbox.most() })
  end)

  it("shares a PostgreSQL with another nginx, and loses nothing with one of them", function()
    postgres.start()
    finally(postgres.stop)
    sandbox.start { latency = 0.5 }
    local first = assert(gateway.start { threads = 8, vms = 10, ledger = postgres.address() })
    local second = assert(gateway.start { threads = 8, vms = 10, ledger = postgres.address() })
    assert.same({ ["200"] = 10 }, statuses(ask_all({ first, second }, ids(5)), 10))
    assert.same({ 1, 1, 5 }, { sandbox.most() })
    sandbox.behave { latency = 2 }
    ask_all({ first }, ids(5, "more-"))
    assert.truthy(wait_for(function() return sandbox.record().adds == 10 end))
    run("kill -KILL " .. worker_of(first))
    postgres.query "UPDATE credential SET lease = 0 WHERE state = 'sending'"
    sandbox.behave { latency = 0 }
    assert.same({ ["409"] = 10 }, statuses(ask_all({ first, second }, ids(5, "more-")), 10))
    assert.same({ in_doubt = 5, issued = 5 }, gateway.counts(second))
    assert.same({ 1, 1, 10 }, { sandbox.most() })
  end)
end)
