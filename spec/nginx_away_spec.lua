--- Sertifier goes away for a while, and comes back: what callers are told, and what the queue does.

local callers = require "spec.support.callers"
local cjson = require "cjson"
local gateway = require "spec.support.gateway"
local sandbox = require "spec.support.sandbox"

local init = [[
  gateway = sertifier.gateway { place }
  queue = sertifier.gateway { place, queued = true }
  drain = sertifier.drain { place, every = 0.1 }
]]

local locations = [[
    location = /queue { content_by_lua_block { queue() } }
    location / { content_by_lua_block { gateway() } }
]]

describe("while Sertifier is away", function()
  after_each(gateway.stop)

  local function start(options)
    options.init, options.server = init, locations
    return assert(gateway.start(options))
  end

  it("callers are told that nothing was sent, and the queue waits, and is sent once", function()
    local away = sandbox.start()
    local server = start { http = "init_worker_by_lua_block { drain() }" }
    away:stop()
    for n = 1, 20 do
      assert.equal(202, (gateway.post(server, gateway.request("queued-" .. n), { path = "/queue" })))
    end
    for _ = 1, 2 do
      local status, text, headers = gateway.post(server, gateway.request "asked")
      local answer = cjson.decode(text)
      assert.same({ 503, "5", true, cjson.null, cjson.null }, { status, headers["retry-after"],
        answer.hasError, answer.data, answer.content })
      assert.truthy(answer.message:find "^Not sent: cannot reach Sertifier", answer.message)
      assert.truthy(answer.validationErrors[1]:find "^credentials%[0%]: not sent: ", text)
    end
    assert.truthy(callers.wait_for(function()
      return select(2, gateway.log(server):gsub('"handler":"drain"', "")) >= 3
    end))
    -- Between two tries, all wait; while one is made, the ledger has them as being sent.
    assert.truthy(callers.wait_for(function() return gateway.counts(server).queued == 20 end))
    sandbox.start(nil, away.port)
    assert.truthy(callers.wait_for(function() return gateway.counts(server).issued == 20 end))
    assert.equal(200, (gateway.post(server, gateway.request "asked")))
    assert.same({ 1, 1, 21 }, { sandbox.most() })
  end)

  it("what it answers with an error is in doubt, asked or queued, and stays there", function()
    sandbox.start { server_error_every = 1, server_error_status = "503" }
    local server = start { http = "init_worker_by_lua_block { drain() }" }
    assert.equal(202, (gateway.post(server, gateway.request "queued", { path = "/queue" })))
    assert.equal(409, (gateway.post(server, gateway.request "asked")))
    assert.truthy(callers.wait_for(function() return gateway.counts(server).in_doubt == 2 end))
    sandbox.behave { server_error_every = 0 }
    assert.equal(409, (gateway.post(server, gateway.request "asked")))
    assert.equal(409, (gateway.post(server, gateway.request "queued", { path = "/queue" })))
    assert.equal(2, sandbox.record().calls["POST /campaign/addCredentials"])
  end)
end)
