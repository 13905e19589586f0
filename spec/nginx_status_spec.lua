--- The status page and the metrics, as people and programs read them.

local browser = require "spec.support.browser"
local cjson = require "cjson"
local files = require "spec.support.files"
local gateway = require "spec.support.gateway"
local ledgers = require "sertifier.ledger"
local sandbox = require "spec.support.sandbox"

local admin = "token-of-an-admin-1"

local init = [[
  gateway = sertifier.gateway { place }
  status = sertifier.status { place, token_file = "admin" }
  metrics = sertifier.metrics { place }
]]

local locations = [[
    location = /status { content_by_lua_block { status() } }
    location = /metrics { content_by_lua_block { metrics() } }
    location / { content_by_lua_block { gateway() } }
]]

describe("the metrics", function()
  after_each(gateway.stop)

  it("do not tell the keys of a ledger that cannot be read as none", function()
    sandbox.start()
    local server = assert(gateway.start { init = init, server = locations, files = { admin = admin .. "\n" },
      ledger = "/nowhere/sertifier.db" })
    local status, text = gateway.post(server, "", { method = "GET", path = "/metrics" })
    assert.equal(200, status)
    assert.truthy(text:find("# TYPE sertifier_requests_total counter\n", 1, true), text)
    assert.is_nil(text:find "sertifier_ledger_keys{", text)
  end)
end)

describe("the status page", function()
  local server

  setup(function()
    sandbox.start()
    server = assert(gateway.start { init = init, server = locations, files = { admin = admin .. "\n" } })
    gateway.post(server, gateway.request("issued-1", "issued-2"))
    sandbox.behave { refuse = "bad" }
    gateway.post(server, gateway.request "bad-1")
    sandbox.behave { answer = "closed" }
    for n = 1, 3 do gateway.post(server, gateway.request("doubt-" .. n)) end
    sandbox.behave { answer = "whole" }
  end)

  teardown(gateway.stop)

  local function get(path)
    local _, text = gateway.post(server, "", { method = "GET", path = path })
    return text
  end

  --- A person's word, sent as the page's form sends it.
  local function decide(key, word, token)
    return gateway.post(server, ("key=%s/%s&word=%s&token=%s"):format(sandbox.campaign, key, word, token),
      { path = "/status", headers = { "Accept: text/html" } })
  end

  it("tells programs what there is, and names nobody", function()
    local text = get "/status?id=issued-1"
    local seen = cjson.decode(text)
    assert.same({ dropped = 0, draft = 0, forgotten = 0, in_doubt = 3, issued = 2, publishing = 0, queued = 0,
      rejected = 1, sending = 0 }, seen.counts)
    assert.equal(sandbox.campaign .. "/doubt-1", seen.in_doubt[1].key)
    assert.truthy(seen.in_doubt[1].reason:find "no answer came")
    assert.same({ 1, "issued", 60 }, { #seen.found, seen.found[1].state, #seen.minutes })
    assert.is_nil(text:find "sample@example.com" or text:find "Sample Name")
    assert.equal(cjson.null, cjson.decode(get "/status").found)
    assert.same({}, cjson.decode(get "/status?id=nobody").found)
  end)

  it("tells Prometheus, in its form", function()
    local text = get "/metrics"
    for _, line in ipairs { '# TYPE sertifier_requests_total counter',
      'sertifier_requests_total{handler="gateway",status="409"} 3',
      'sertifier_credentials_total{outcome="issued"} 2', 'sertifier_credentials_total{outcome="in_doubt"} 3',
      '# TYPE sertifier_api_request_seconds histogram', 'sertifier_api_request_seconds_bucket{le="+Inf"} 5',
      "sertifier_api_request_seconds_count 5", "sertifier_ledger_claim_seconds_count 5",
      'sertifier_ledger_keys{state="in_doubt"} 3' } do
      assert.truthy(text:find(line .. "\n", 1, true), line .. "\n" .. text)
    end
    -- Each line is a comment or a sample, and buckets do not fall.
    local last = 0
    for line in text:gmatch "[^\n]+" do
      assert.truthy(line:find "^# %u+ [%w_]+ " or line:find '^[%w_]+ [%d.]+$'
        or line:find '^[%w_]+{[%w_]+="[^"]*",?[%w_]*=?"?[^"]*"?} [%d.]+$', line)
      local count = tonumber(line:match 'api_request_seconds_bucket.* (%d+)$')
      assert.truthy((count or last) >= last)
      last = count or last
    end
  end)

  it("takes a word from those who have the admin token only", function()
    for _, token in ipairs { "", gateway.token, admin .. "x" } do
      local status, text = decide("doubt-1", "drop", token)
      assert.equal(403, status)
      assert.truthy(text:find "Nothing was done: the admin token is not the right one", text)
    end
    assert.same(3, gateway.counts(server).in_doubt)
    local status, text = decide("doubt-1", "sell", admin)
    assert.equal(200, status)
    assert.truthy(text:find "Nothing was done: look_up, release or drop is expected")
    status, text = decide("issued-1", "release", admin)
    assert.equal(200, status)
    assert.truthy(text:find "is not in doubt")
    assert.equal(405, (gateway.post(server, "", { method = "PUT", path = "/status" })))
  end)

  it("asks Sertifier, and settles what it has", function()
    local _, text = decide("doubt-1", "look_up", admin)
    assert.truthy(text:find "Sertifier has it: it is settled as issued", text)
    assert.equal(3, gateway.counts(server).issued)
  end)

  it("tells of a forgotten key that it was, and the gateway sends it to nobody", function()
    local key = sandbox.campaign .. "/issued-2"
    local ledger = assert(ledgers.open(server.ledger))
    assert.same({ issued = 1 }, ledger:forget { key })
    ledger:close()
    local seen = cjson.decode(get("/status?id=" .. key))
    assert.same({ key = key, state = "issued", reason = "Forgotten: nothing else is known of it." },
      { key = seen.found[1].key, state = seen.found[1].state, reason = seen.found[1].reason })
    assert.same({ 1, 0 }, { seen.counts.forgotten, #cjson.decode(get "/status?id=issued-2").found })
    for state, count in pairs(seen.counts) do
      local line = ('sertifier_ledger_keys{state="%s"} %d\n'):format(state, count)
      assert.truthy(get "/metrics":find(line, 1, true), line)
    end
    local sent = sandbox.record().adds
    local status, text = gateway.post(server, gateway.request "issued-2")
    assert.same({ 200, sent }, { status, sandbox.record().adds })
    assert.truthy(text:find "nothing was sent again", text)
  end)

  it("is used by people in a browser: they search, and drop and release with the admin token", function()
    local lack = rawget(_G, "jit") and "tried under Lua 5.4" or browser.lack()
    if lack then pending(lack) return end
    local picture = os.getenv "PICTURE" or files.path ".png"
    local function decision(key, token, word)
      return { open = server.url .. "/status" }, { type = { "input[name=id]", key } },
        { click = "form[method=get] button" }, { type = { "input[name=token]", token } },
        { click = "button[value=" .. word .. "]" }, { read = "#said" }
    end
    local steps = { { open = server.url .. "/status" }, { read = "#count-in_doubt" }, { read = "#doubt" },
      { type = { "input[name=id]", "issued-1" } }, { click = "form[method=get] button" }, { read = "#key" },
      { read = "button[value=release]" }, { open = server.url .. "/status" },
      { click = "#doubt tbody tr:last-child a" }, { read = "#key" }, { picture = picture } }
    for _, case in ipairs { { "doubt-2", "another-token-1", "drop" }, { "doubt-2", admin, "drop" },
      { "doubt-3", admin, "release" } } do
      for _, step in ipairs { decision(case[1], case[2], case[3]) } do steps[#steps + 1] = step end
    end
    steps[#steps + 1] = { open = server.url .. "/status" }
    steps[#steps + 1] = { read = "#count-in_doubt" }
    local before = gateway.counts(server)
    local found = browser.drive(steps)
    local key = sandbox.campaign .. "/"
    assert.equal(tostring(before.in_doubt), found[1])
    assert.truthy(found[2]:find(key .. "doubt-3", 1, true), found[2])
    assert.same({ key .. "issued-1: issued", cjson.null }, { found[3], found[4] })
    assert.same({ key .. "doubt-3: in doubt", "Nothing was done: the admin token is not the right one.",
      "Dropped: it is never sent.", "Released: it may be sent again.", tostring(before.in_doubt - 2) },
      { found[5], found[6], found[7], found[8], found[9] })
    assert.truthy(files.read(picture):find "^\137PNG")
    local after = gateway.counts(server)
    assert.same({ before.in_doubt - 2, 1 }, { after.in_doubt or 0, after.dropped })
    local sent = sandbox.record().adds
    assert.equal(200, (gateway.post(server, gateway.request "doubt-3")))
    assert.equal(sent + 1, sandbox.record().adds)
  end)
end)
