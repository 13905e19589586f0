--- Records as JSON through a flow, at once or by way of the queue.

local callers = require "spec.support.callers"
local cjson = require "cjson"
local core = require "sertifier.core"
local files = require "spec.support.files"
local gateway = require "spec.support.gateway"
local sandbox = require "spec.support.sandbox"

local lua = os.getenv "SPEC_LUA" or "lua5.4"

local flow = ([[
return require("sertifier").flow {
  object = "Contact", campaign = "%s", when = "Issue_Credential__c = TRUE",
  write_back = { Link__c = "{!verificationLink}", Note__c = "no. {!id}", Number__c = "{!certificateNo}" },
}
]]):format(sandbox.campaign)

local function flow_with(property)
  return ('return require("sertifier").flow { campaign = "campaign-1", %s }'):format(property)
end

local init = [[
  flow = { place, flow = "flow.lua" }
  records = sertifier.records(flow)
  queue = sertifier.records { place, flow = "flow.lua", queued = true }
  gateway = sertifier.gateway { place, queued = true }
  drain = sertifier.drain { place, every = 0.2 }
]]

local locations = [[
    location = /records { content_by_lua_block { records() } }
    location = /queue { content_by_lua_block { queue() } }
    location / { content_by_lua_block { gateway() } }
]]

local function record(n, more)
  return ('{"attributes":{"type":"Contact"},"Id":"%s","FirstName":"Ann","LastName":"Lee %s",'
    .. '"Email":"ann%s@example.com","Issue_Credential__c":true%s}'):format(sandbox.id(n), n, n, more or "")
end

describe("records", function()
  local server

  local function start(options)
    sandbox.start()
    options = options or {}
    options.files = { ["flow.lua"] = flow }
    options.init, options.server = options.init or init, locations
    server = assert(gateway.start(options))
  end

  local function post(path, body)
    local status, text = gateway.post(server, body, { path = path })
    return status, cjson.decode(text)
  end

  local function outcomes(answer)
    local list = {}
    for i, one in ipairs(answer.data.outcomes) do list[i] = one.outcome end
    return list
  end

  --- Runs `sertifier drain`; its status and counts.
  local function drain()
    local pipe = io.popen(("SERTIFIER_URL=%s SERTIFIER_SECRET_KEY_FILE=%s %s bin/sertifier drain --json"
      .. " --ledger %s 2>/dev/null; echo $?"):format(sandbox.url(), sandbox.key_file(), lua, server.ledger))
    local text = pipe:read "*a"
    pipe:close()
    local counts, status = text:match "^(.*)\n(%d+)\n$"
    return tonumber(status), counts and cjson.decode(counts)
  end

  after_each(gateway.stop)

  it("tells every record's end, in their order", function()
    start()
    local status, answer = post("/records", "[" .. table.concat({ record(1),
      record(2, ',"Issue_Credential__c":false'), record(3, ',"Email":null'), '{"Id":7}', record(1) }, ",")
      .. "]")
    assert.equal(200, status, answer.message)
    assert.same({ "issued", "skipped", "invalid", "skipped", "issued" }, outcomes(answer))
    local first, third = answer.data.outcomes[1], answer.data.outcomes[3]
    assert.truthy(first.verificationLink:find "^https?://")
    assert.same({ Id = core.widen_id(sandbox.id(1)), outcome = "issued", reason = cjson.null,
      key = sandbox.campaign .. "/" .. core.widen_id(sandbox.id(1)), credentialId = first.credentialId,
      verificationLink = first.verificationLink,
      writeBack = { Link__c = first.verificationLink, Note__c = "no. " .. first.credentialId,
        Number__c = first.writeBack.Number__c } }, first)
    assert.truthy(first.writeBack.Number__c:find "%d")
    assert.same({ sandbox.id(3), "email (from Email) is empty", true,
      { "records[2]: invalid: email (from Email) is empty" } },
      { third.Id, third.reason, answer.hasError, answer.validationErrors })
    status, answer = post("/records", '{"records":[' .. record(1) .. "]}")
    assert.same({ 200, { "already_issued" } }, { status, outcomes(answer) })
    -- What the ledger has not is not made empty in Salesforce.
    assert.same({ Link__c = first.verificationLink, Note__c = "no. " .. first.credentialId },
      answer.data.outcomes[1].writeBack)
    status, answer = post("/records", record(4))
    assert.same({ 200, { "issued" } }, { status, outcomes(answer) })
    assert.same({ 1, 1, 2 }, { sandbox.most() })
  end)

  it("refuses what are no records", function()
    start()
    for _, body in ipairs { "", "[]", "7", "[1]", '{"records":[]}', '{"records":7}', "[{}",
      '{"records":{"a":1}}' } do
      local status, answer = post("/records", body)
      assert.same({ 400, true }, { status, answer.hasError }, body)
    end
    local status, answer = post("/records", "[" .. (record(1) .. ","):rep(100) .. record(1) .. "]")
    assert.equal(413, status)
    assert.truthy(answer.message:find "At most 100 records in a request, here are 101")
    assert.same({}, gateway.counts(server))
  end)

  it("queues, and drains by the command, any number of them at once", function()
    start()
    local list = {}
    for n = 1, 40 do list[n] = record(n) end
    local status, answer = post("/queue", "[" .. table.concat(list, ",") .. "]")
    assert.same({ 202, false, "queued" }, { status, answer.hasError, outcomes(answer)[1] })
    status, answer = post("/queue", "[" .. list[1] .. "]")
    assert.same({ 202, { "queued" } }, { status, outcomes(answer) })
    status = gateway.post(server, gateway.request "sample-external-id")
    assert.equal(202, status)
    assert.same({ queued = 41 }, gateway.counts(server))
    sandbox.behave { latency = 0.1 }
    os.execute(("for i in 1 2 3; do SERTIFIER_URL=%s SERTIFIER_SECRET_KEY_FILE=%s %s bin/sertifier"
      .. " drain --batch-size 5 --ledger %s 2>/dev/null & done; wait"):format(sandbox.url(),
      sandbox.key_file(), lua, server.ledger))
    assert.same({ issued = 41 }, gateway.counts(server))
    assert.same({ 1, 1, 41 }, { sandbox.most() })
    status, answer = drain()
    assert.same({ 0, { requests = 0, issued = 0, rejected = 0, in_doubt = 0, not_applied = 0 } },
      { status, answer })
    status, answer = post("/queue", "[" .. list[1] .. "]")
    assert.same({ 200, { "already_issued" } }, { status, outcomes(answer) })
  end)

  it("keeps queued what Sertifier does not take now", function()
    start()
    sandbox.behave { too_many_every = 1 }
    post("/queue", "[" .. record(1) .. "," .. record(2) .. "]")
    local status, counts = drain()
    assert.same({ 4, 2, 1 }, { status, counts.not_applied, counts.requests })
    assert.same({ queued = 2 }, gateway.counts(server))
    sandbox.behave { too_many_every = 0, answer = "cut" }
    status, counts = drain()
    assert.same({ 3, 2 }, { status, counts.in_doubt })
    assert.same({ in_doubt = 2 }, gateway.counts(server))
    assert.equal(409, (post("/queue", record(1))))
    assert.same({ 1, 1, 2 }, { sandbox.most() })
  end)

  it("drains in nginx itself, by a timer", function()
    start { http = "init_worker_by_lua_block { drain() }" }
    post("/queue", "[" .. record(1) .. "," .. record(2) .. "]")
    for _ = 1, 3000 do
      if gateway.counts(server).issued == 2 then break end
      core.sleep(0.01)
    end
    assert.same({ issued = 2 }, gateway.counts(server), gateway.log(server))
  end)

  it("sends an attribute by the ID of its title, and nothing where Sertifier has no such title", function()
    sandbox.start()
    local with = flow:gsub("write_back", 'map = { name = "{!LastName}", email = "{!Email}", '
      .. 'attributes = { %%s = "{!Score__c}" } }, %0', 1)
    for title, wanted in pairs { Score = { 200, "issued=1" }, Scoer = { 503 } } do
      local one = assert(gateway.start { init = init, server = locations,
        files = { ["flow.lua"] = with:format(title) } })
      local status, _, headers = gateway.post(one, record(1, ',"Score__c":7'), { path = "/records" })
      local outcome = headers["sertifier-outcome"]
      assert.same(wanted, { status, outcome ~= "" and outcome or nil })
      if status == 503 then
        local log = gateway.log(one)
        assert.truthy(log:find("no attribute of this ID or title; did you mean Score?", 1, true), log)
      end
    end
    assert.same({ 1, 0, 1 }, { sandbox.most() })
  end)

  it("keeps the flow that nginx started with, in all threads, until it is reloaded", function()
    start()
    gateway.write(server.directory .. "/flow.lua", "retrun half of a fl")
    assert.same({ "issued" }, outcomes(select(2, post("/records", record(1)))))
    gateway.write(server.directory .. "/flow.lua", (flow:gsub("= TRUE", "= FALSE")))
    gateway.signal(server, "HUP")
    assert.truthy(callers.wait_for(function()
      return outcomes(select(2, post("/records", record(1))))[1] == "skipped"
    end))
  end)

  it("does not start with a flow that it cannot carry out", function()
    for _, case in ipairs {
      { flow_with "on_issued = function() end", "on_issued: it needs a run" },
      { flow_with "before_issue = function(credential) return credential end", "before_issue: it needs" },
      { flow_with "on_start = function() end", "on_start: it needs a run" },
      { flow_with "on_batch = function() end", "on_batch: it needs a run" },
      { flow_with "on_finish = function() end", "on_finish: it needs a run" },
      { flow_with 'publish = "after check"', "publish: it needs a run" },
      { flow_with 'trigger = "updated to meet"', "trigger: it needs a run" },
      { flow_with 'formula = "ISCHANGED(Status__c)"', "a comparison with prior values: it needs a run" },
      { "return 7", "must end with" }, { "retrun", "flow.lua:1:" },
    } do
      sandbox.start()
      local ok, message = gateway.start { init = init, server = locations,
        files = { ["flow.lua"] = case[1] } }
      assert.is_nil(ok)
      assert.truthy(message:find(case[2], 1, true), message)
      gateway.stop()
    end
    files.remove()
  end)
end)
