--- The client's own calls, as a program makes them, against the sandbox.

local files = require "spec.support.files"
local http = require "sertifier.http"
local sandbox = require "spec.support.sandbox"
local sertifier = require "sertifier"

describe("the client", function()
  local client

  setup(function()
    sandbox.start()
    client = sandbox.client()
  end)
  teardown(function()
    client:close()
    sandbox.stop()
  end)

  it("issues, finds, publishes, links and deletes a credential", function()
    assert.truthy(client:test())
    assert.equal("Campaign 1", assert(client:campaign(sandbox.campaign)).title)
    local issued = assert(client:add_credentials { { campaignId = sandbox.campaign, name = "Ann Lee",
      email = "ann@example.com", externalId = sandbox.id(1) } })
    local id = issued[sandbox.campaign][1].id
    assert.equal("Ann Lee", assert(client:credential(id)).name)
    assert.equal(id, assert(client:search())[1].id)
    assert.truthy(client:publish { id })
    assert.truthy(tostring(assert(client:pdf_link(id))):find "^http")
    assert.truthy(client:delete(id))
    assert.is_nil((client:credential(id)))
  end)

  it("tells what Sertifier said where a call fails", function()
    local data, message, code = client:campaign "no-such-campaign"
    assert.is_nil(data)
    assert.equal("string", type(message))
    assert.equal("rejected", code)
  end)

  it("takes only what can be an id, and says so at the caller's line", function()
    for _, call in ipairs { "campaign", "credential", "delete", "pdf_link" } do
      local ok, message = pcall(function() client[call](client, "a/b") end)
      assert.is_false(ok)
      assert.truthy(message:find "^spec/api_spec.lua:%d+: one of Sertifier's ids is expected", message)
    end
    assert.error_matches(function() client:publish { 7 } end, "ids is expected, got number")
    assert.error_matches(function() client:add_credentials {} end, "a list of credentials is expected")
  end)

  it("is opened with options that there are", function()
    for _, case in ipairs {
      { { key_fiel = "x" }, "client: key_fiel: no such option; did you mean key_file?" },
      { { url = true }, "client: url: string expected, got boolean" },
      { { timeout = "5" }, "client: timeout: number expected, got string" },
      { "key", "client: a table of options is expected, got string" },
      { { stop_att = 1 }, "salesforce: stop_att: no such option; did you mean stop_at?", "salesforce" },
      { { url = 1 }, "salesforce: url: string expected, got number", "salesforce" },
      { 7, "salesforce: a table of options is expected, got number", "salesforce" },
    } do
      local ok, message = pcall(function() return (sertifier[case[3] or "client"](case[1])) end)
      assert.is_false(ok)
      assert.equal(case[2], message:match "^spec/api_spec.lua:%d+: (.*)$", message)
    end
  end)

  it("shows nothing of itself or of the org's login as text", function()
    local login = assert(http.login { target_org = "somebody@example.com" })
    assert.equal("sertifier login", tostring(login))
    assert.falsy(tostring(client.native):find "example")
    files.remove()
  end)
end)
