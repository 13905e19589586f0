--- `sertifier watch`, on both emulators behind real nginx.

local command = require "spec.support.command"
local core = require "sertifier.core"
local files = require "spec.support.files"
local org = require "spec.support.org"
local sandbox = require "spec.support.sandbox"
local sertifier = require "sertifier"
local updating = require "sertifier.salesforce.updating"
local watching = require "sertifier.salesforce.watching"

local function update(client, n, values)
  local one = updating.new("Contact", { { id = org.id(n), values = values } })
  updating.start(client, one)
  assert.same({ true }, updating.finish(client, one))
end

local function wait_for(look)
  for _ = 1, 500 do
    if look() then return true end
    core.sleep(0.02)
  end
  return false
end

describe("watch", function()
  local pipe, pid -- of the command that runs

  --- Ends the command, also where an assertion failed.
  local function stop()
    if not pipe then return end
    os.execute("kill -TERM " .. files.read(pid))
    pipe:close()
    pipe = nil
  end

  after_each(function()
    stop()
    org.stop()
    sandbox.stop()
  end)

  it("asks for what has changed since the newest that came, and a stretch before it", function()
    org.start(5)
    local client = org.client()
    local flow = sertifier.flow { campaign = sandbox.campaign, object = "Contact" }
    local function ids(watch)
      local export, list = watch:changes(), {}
      for record in export or function() end do list[#list + 1] = record.Id end
      return #list
    end
    local watch = watching.new(flow, client, 0)
    assert.equal(5, ids(watch))
    assert.equal(5, ids(watch)) -- nobody said that these were dealt with
    watch:done()
    update(client, 3, { Status__c = "Changed" })
    assert.equal(5, ids(watch)) -- all are as old as the newest was
    watch:done()
    assert.equal(1, ids(watch))
    watch:done()
    watch.overlap = 4e9
    assert.equal(5, ids(watch))
    client:close()
  end)

  it("issues what comes to meet the conditions, once, and ends at SIGTERM", function()
    local started = sandbox.start()
    org.start(20) -- of whom number 10 and 20 do not qualify
    local flow = files.write(('return require("sertifier").flow { campaign = %q, object = "Contact", '
      .. 'when = "Status__c = \'Certified\'" }'):format(sandbox.campaign), ".lua")
    local client = org.client()
    update(client, 7, { Status__c = "Enrolled" })
    local out, path = files.path(), files.path ".db"
    pid = files.path()
    pipe = io.popen(("%s %s sh -c 'echo $$ >%s; exec %s bin/sertifier watch %s --every 0.3 "
      .. "--ledger %s --write-back salesforce' >%s 2>&1; echo \"|$?\" >>%s"):format(
      command.environment(started), org.environment(), pid, os.getenv "SPEC_LUA" or "lua5.4", flow,
      path, out, out), "w")
    local function links()
      local count = 0
      for _ in pairs(org.record().links) do count = count + 1 end
      return count
    end
    assert.is_true(wait_for(function() return links() == 19 end), files.read(out))
    update(client, 7, { Status__c = "Certified" })
    assert.is_true(wait_for(function() return links() == 20 end), files.read(out))
    local asked = org.record().counts.query
    assert.is_true(wait_for(function() return org.record().counts.query > asked + 1 end))
    -- 20 links and the two changes above: no link is written twice, though each is a change.
    assert.equal(22, org.record().updates)
    stop()
    assert.truthy(files.read(out):find "19 issued, 19 links written\n", files.read(out))
    assert.truthy(files.read(out):find "|0\n$", files.read(out))
    assert.same({ 1, 1, 20 }, { sandbox.most() })
    client:close()
  end)

  it("says at once what it lacks", function()
    sandbox.start()
    org.start(1)
    local flow = files.write('return require("sertifier").flow { campaign = "campaign-1" }', ".lua")
    assert.same({ 1, "", "sertifier: soql: the flow must say its `object`\n" },
      { command.run({ "watch", flow }, org.environment()) })
    assert.same({ 1, "", "sertifier: watch takes a flow: sertifier watch FLOW.lua\n" },
      { command.run({ "watch", "x.csv" }, org.environment()) })
  end)
end)
