--- An nginx whose Lua module has no ngx.run_worker_thread: the handlers queue, and say what else is to
-- be done.

local cjson = require "cjson"
local command = require "spec.support.command"
local gateway = require "spec.support.gateway"
local sandbox = require "spec.support.sandbox"

local hidden = "ngx.run_worker_thread = nil; "
local advice = "this nginx's Lua module has no ngx.run_worker_thread, so a wait for Sertifier would stop all "
  .. "of nginx: update it (0.10.21 or newer), or "

local flow = ('return require("sertifier").flow { campaign = "%s" }'):format(sandbox.campaign)
local with_attributes = ('return require("sertifier").flow { campaign = "%s", map = { name = "{!LastName}",'
  .. ' email = "{!Email}", attributes = { Score = "{!Score__c}" } } }'):format(sandbox.campaign)

describe("without threads", function()
  before_each(function() sandbox.start() end)
  after_each(gateway.stop)

  it("the handlers that would wait do not start, and say what does", function()
    local queue, drain = "say `queued = true` here and run `sertifier drain` beside nginx",
      "run `sertifier drain` beside nginx"
    for _, case in ipairs {
      { "sertifier.gateway { place }", queue },
      { 'sertifier.records { place, flow = "flow.lua" }', queue },
      { 'sertifier.change_events { place, flow = "flow.lua" }', queue },
      { 'sertifier.outbound_message { place, flow = "flow.lua", organizations = { "00D5g000000ABCDEAA" },'
        .. " queued = false }", queue },
      { "sertifier.drain { place }", drain },
    } do
      local ok, message = gateway.start { init = hidden .. "gateway = " .. case[1],
        files = { ["flow.lua"] = flow } }
      assert.is_nil(ok)
      assert.truthy(message:find(advice .. case[2], 1, true), message)
    end
    local ok, message = gateway.start { files = { ["flow.lua"] = with_attributes },
      init = hidden .. 'gateway = sertifier.records { place, flow = "flow.lua", queued = true }' }
    assert.is_nil(ok)
    assert.truthy(message:find("a look-up of attributes: it needs a run", 1, true), message)
  end)

  it("they queue, show the ledger, and `sertifier drain` sends", function()
    local server = assert(gateway.start { files = { ["flow.lua"] = flow },
      init = hidden .. [[
        gateway = sertifier.gateway { place, queued = true }
        records = sertifier.records { place, flow = "flow.lua", queued = true }
        status = sertifier.status { place }
        metrics = sertifier.metrics { place }
        warm = sertifier.warm(4)
      ]],
      http = "init_worker_by_lua_block { warm() }",
      server = [[
        location = /records { content_by_lua_block { records() } }
        location = /status { content_by_lua_block { status() } }
        location = /metrics { content_by_lua_block { metrics() } }
        location / { content_by_lua_block { gateway() } }
      ]] })
    assert.equal(202, (gateway.post(server, gateway.request("a", "b"))))
    assert.equal(202, (gateway.post(server, '{"Id":"0035g0000000001","FirstName":"Ann","LastName":"Lee",'
      .. '"Email":"ann@example.com"}', { path = "/records" })))
    assert.same({ 400, 0 }, { (gateway.post(server, "{")), sandbox.record().adds })
    local environment = ("env SERTIFIER_URL=%s SERTIFIER_SECRET_KEY_FILE=%s"):format(sandbox.url(),
      sandbox.key_file())
    assert.equal(0, (command.run({ "drain", "--ledger", server.ledger }, environment)))
    assert.same({ 1, 1, 3 }, { sandbox.most() })
    local status, text = gateway.post(server, gateway.request "a")
    assert.same({ 200, "Credentials were added to campaigns earlier; nothing was sent again." },
      { status, cjson.decode(text).message })
    local _, seen = gateway.post(server, "", { method = "GET", path = "/status" })
    assert.equal(3, cjson.decode(seen).counts.issued)
    local _, counts = gateway.post(server, "", { method = "GET", path = "/metrics" })
    assert.truthy(counts:find 'sertifier_ledger_keys{state="issued"} 3')
    local _, page = gateway.post(server, ("key=%s/a&word=look_up&token=%s"):format(sandbox.campaign,
      gateway.token), { path = "/status", headers = { "Accept: text/html" } })
    assert.truthy(page:find "this nginx cannot wait for Sertifier; run `sertifier resolve`", page)
  end)
end)
