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

--- The records that a look at the org gives, by number; `meanwhile` is called after the first.
local function look(watch, meanwhile)
  local export, numbers = watch:changes(), {}
  for record in export or function() end do
    numbers[#numbers + 1] = tonumber(record.Id:sub(6, 15))
    if #numbers == 1 and meanwhile then meanwhile() end
  end
  table.sort(numbers)
  return table.concat(numbers, " ")
end

describe("watch", function()
  local pipe, pid, out -- of the command that runs

  --- Starts the command, looking often.
  local function begin(started, flow, more)
    pid, out = files.path(), files.path()
    pipe = io.popen(("%s %s sh -c 'echo $$ >%s; exec %s bin/sertifier watch %s --every 0.3 "
      .. "--ledger %s --write-back salesforce %s' >%s 2>&1; echo \"|$?\" >>%s"):format(
      command.environment(started), org.environment(), pid, os.getenv "SPEC_LUA" or "lua5.4", flow,
      files.path ".db", more or "", out, out), "w")
  end

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
    local watch = watching.new(flow, client, 0)
    assert.equal("1 2 3 4 5", look(watch))
    assert.equal("1 2 3 4 5", look(watch)) -- nobody said that these were dealt with
    watch:done()
    update(client, 3, { Status__c = "Changed" })
    assert.equal("1 2 3 4 5", look(watch)) -- all are as old as the newest was
    watch:done()
    assert.equal("3", look(watch))
    watch:done()
    watch.overlap = 4e9
    assert.equal("1 2 3 4 5", look(watch))
    client:close()
  end)

  it("goes by the org's clock, however wrong it is or ours", function()
    org.start(3)
    local client = org.client()
    local flow = sertifier.flow { campaign = sandbox.campaign, object = "Contact" }
    for _, clock in ipairs { -86400, 86400 } do
      org.behave { clock = clock }
      local watch = watching.new(flow, client, 0)
      for n = 2, 3 do
        update(client, n, { Status__c = "Changed" })
        assert.truthy(look(watch):find(n, 1, true))
        watch:done()
      end
    end
    client:close()
  end)

  it("misses nothing that changes while its pages are read", function()
    org.start(6, { page_size = 2 })
    local client = org.client()
    local watch = watching.new(sertifier.flow { campaign = sandbox.campaign, object = "Contact" },
      client, 0)
    assert.equal("1 2 3 4 5 6", look(watch, function()
      update(client, 1, { Status__c = "Changed" }) -- which was read already
      core.sleep(1.1)
      update(client, 6, { Status__c = "Changed" }) -- the newest that comes
    end))
    watch:done()
    assert.equal("1 6", look(watch))
    client:close()
  end)

  it("issues what comes to meet the conditions, once, and ends at SIGTERM", function()
    local started = sandbox.start()
    org.start(20) -- of whom number 10 and 20 do not qualify
    local flow = files.write(('return require("sertifier").flow { campaign = %q, object = "Contact", '
      .. 'when = "Status__c = \'Certified\'" }'):format(sandbox.campaign), ".lua")
    local client = org.client()
    update(client, 7, { Status__c = "Enrolled" })
    begin(started, flow)
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

  it("issues to whom is updated to meet the conditions, not to who met them already", function()
    local started = sandbox.start()
    org.start(5)
    local client = org.client()
    update(client, 2, { Status__c = "Enrolled" })
    local flow = files.write(('return require("sertifier").flow { campaign = %q, object = "Contact", '
      .. 'when = "Status__c = \'Certified\'", trigger = "updated to meet" }'):format(
      sandbox.campaign), ".lua")
    begin(started, flow, "--first-run remember")
    local function looks(count)
      local asked = org.record().counts.query or 0
      return wait_for(function() return (org.record().counts.query or 0) >= asked + count end)
    end
    assert.is_true(looks(2))
    update(client, 2, { Status__c = "Certified" })
    update(client, 3, { Email = "new@example.com" }) -- met them before, and still does
    assert.is_true(wait_for(function() return org.record().links[org.id(2)] end), files.read(out))
    update(client, 4, { Status__c = "Enrolled" })
    assert.is_true(looks(2))
    update(client, 4, { Status__c = "Certified" })
    assert.is_true(wait_for(function() return org.record().links[org.id(4)] end), files.read(out))
    assert.is_true(looks(2))
    local adds, mails, issued = sandbox.most()
    assert.same({ 1, 1, 2 }, { adds, mails, issued })
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
