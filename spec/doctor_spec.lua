--- The doctor: each thing that a run needs, at fault and not.

local doctor = require "sertifier.doctor"
local files = require "spec.support.files"
local sandbox = require "spec.support.sandbox"
local sertifier = require "sertifier"

--- The findings about one thing, each as "state: text".
local function about(what, findings)
  local list = {}
  for _, one in ipairs(findings) do
    if one.what == what then list[#list + 1] = one.state .. ": " .. one.text end
  end
  return list
end

local function examine(started, options, key)
  options = options or {}
  options.client = { url = started.url, key_file = sandbox.key_file(key) }
  options.ledger = options.ledger or files.path ".db"
  return doctor.examine(options), options
end

describe("the doctor", function()
  after_each(sandbox.stop)

  it("finds nothing where all is well", function()
    local started = sandbox.start()
    local findings, options = examine(started, { campaign = sandbox.campaign })
    for _, one in ipairs(findings) do
      assert.not_equal("fault", one.state, one.what)
      assert.not_equal("", one.text, one.what)
    end
    assert.same({ "ok: was read from " .. options.client.key_file, "ok: is accepted by Sertifier" },
      about("API key", findings))
    assert.same({ ("ok: %s answers"):format(started.url) }, about("host", findings))
    assert.same({ "ok: agrees with the server's" }, about("clock", findings))
    assert.same({ ('ok: %s "Campaign 1" is active'):format(sandbox.campaign) },
      about("campaign", findings))
    assert.same({ ("skipped: %s: there is none yet; the first run makes it")
      :format(options.ledger) }, about("ledger", findings))
  end)

  it("says that a key is refused, whatever the status, and asks no further", function()
    for _, status in ipairs { "401", "403" } do
      local started = sandbox.start { key_error = status }
      local findings = examine(started, { campaign = sandbox.campaign }, "another-key")
      assert.same("fault: is refused by Sertifier (HTTP " .. status .. ")",
        about("API key", findings)[2])
      assert.same({}, about("campaign", findings))
      sandbox.stop()
    end
  end)

  it("names what is missing, and what is not a campaign's ID", function()
    local started = sandbox.start()
    assert.same({ "skipped: none was named; try --campaign ID, or name a flow" },
      about("campaign", (examine(started))))
    assert.same({ "skipped: {!Campaign_Id__c} comes from each record" },
      about("campaign", (examine(started, { campaign = "{!Campaign_Id__c}" }))))
    local found = about("campaign", (examine(started, { campaign = "another-campaign" })))
    assert.truthy(found[1]:find("^fault: another%-campaign: Sertifier said"), found[1])
  end)

  it("tells a campaign that is not active, a clock that is off, and a server that fails", function()
    local started = sandbox.start { campaign_status = "2", clock_ahead = 3600 }
    local findings = examine(started, { campaign = sandbox.campaign })
    assert.same({ ('fault: %s "Campaign 1" is scheduled'):format(sandbox.campaign) },
      about("campaign", findings))
    assert.truthy(about("clock", findings)[1]:find "^fault: is 3%d%d%d s behind the server's$")
    sandbox.behave { server_error_every = 1, server_error_status = "503" }
    findings = examine(started, { campaign = sandbox.campaign })
    assert.equal("fault: GET /Test answered HTTP 503", about("API key", findings)[2])
    assert.same({}, about("campaign", findings))
  end)

  it("looks up the attributes that a flow fills, and issues nothing", function()
    local started = sandbox.start()
    local function found(list)
      return about("attributes", (examine(started, { flow = sertifier.flow {
        campaign = sandbox.campaign, map = { name = "{!x}", attributes = list } } })))
    end
    assert.same({}, found(nil))
    assert.same({ "ok: the flow's is in Sertifier" }, found { course = "a" })
    assert.same({ "ok: all 2 of the flow are in Sertifier" },
      found { ["5a4d-attribute-score"] = "7", Course = "a" })
    assert.same({ "fault: map.attributes.Corse: Sertifier has no attribute of this ID or title; "
      .. "did you mean Course?; map.attributes.X: Sertifier has no attribute of this ID or title" },
      found { Corse = "a", X = "b" })
    assert.equal(0, sandbox.record().adds)
  end)

  it("tells no host, no certificate and no key file apart", function()
    local started = sandbox.start()
    local url = "http://127.0.0.1:" .. started.port
    started:stop()
    local findings = examine { url = url }
    assert.truthy(about("host", findings)[1]:find "^fault: .*connect")
    findings = doctor.examine { client = { url = url, key_file = "/nonexistent" },
      ledger = files.path ".db" }
    assert.same({ "fault: the API key in /nonexistent: No such file or directory" },
      about("API key", findings))
    findings = doctor.examine { client = { url = "http://example.com",
      key_file = sandbox.key_file() }, ledger = files.path ".db" }
    assert.truthy(about("host", findings)[1]:find "^fault: .*https://")
  end)

  it("counts what the ledger holds, and says what is wrong with it", function()
    local started = sandbox.start()
    local bad = files.write("this is not a database, whatever its name says", ".db")
    local findings = examine(started, { ledger = bad })
    assert.truthy(about("ledger", findings)[1]:find("^fault: ledger " .. bad:gsub("%p", "%%%0")))
  end)
end)
