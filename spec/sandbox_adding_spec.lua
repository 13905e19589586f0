-- Says that the sandbox's addCredentials is as the guide shows it, and strict.
local cjson = require "cjson"
local asking = require "spec.support.asking"

local campaign = asking.campaign
local null = cjson.null
local open, ask, add, item, items, issue, record, column = asking.open, asking.ask, asking.add,
  asking.item, asking.items, asking.issue, asking.record, asking.column

describe("addCredentials", function()
  local sample_request = '{"credentials":[{"campaignId":"YOUR_CAMPAIGN_ID","name":"Sample Name",'
    .. '"email":"sample@example.com","externalId":"sample-external-id","quickPublish":true}]}'

  it("answers the guide's sample request as the guide's sample response", function()
    open(nil, { now = function() return 1735689600 end })
    local status, answer, headers, text = ask("POST", "/campaign/addCredentials", sample_request)
    local id = answer.data[campaign][1].id
    assert.equal(200, status)
    assert.equal("application/json; charset=utf-8", headers["Content-Type"])
    assert.equal('{"message":"Credentials added successfully to campaigns.","hasError":false,'
      .. '"validationErrors":[],"data":{"YOUR_CAMPAIGN_ID":[{"id":"' .. id .. '",'
      .. '"name":"Sample Name","email":"sample@example.com","status":1,'
      .. '"certificateNo":"SBX-00000001","issueDate":"2025-01-01T00:00:00",'
      .. '"externalId":"sample-external-id",'
      .. '"certificateImageLink":"https://sertifier.com/images/' .. id .. '/certificate.png",'
      .. '"badgeImageLink":"https://sertifier.com/images/' .. id .. '/badge.png",'
      .. '"verificationLink":"https://sertifier.com/cd/' .. id .. '"}]},"content":null}', text)
  end)

  it("issues again what is sent again", function()
    open()
    local first, second = issue()[1], issue()[1]
    assert.not_equal(first.id, second.id)
    assert.same({ adds = 2, mails = 2, ids = { first.id, second.id },
      verificationLink = second.verificationLink },
      record().keys[campaign .. "/0035g0000000001AAA"])
  end)

  it("keeps the rows of each campaign apart", function()
    open()
    local _, answer = add { item(), item { campaignId = "second-campaign" }, item { name = "B" } }
    assert.same({ "Ann Lee", "B" }, column(answer.data[campaign], "name"))
    assert.same({ "Ann Lee" }, column(answer.data["second-campaign"], "name"))
  end)

  it("gives back what it was given, escaped", function()
    open()
    local name = 'Zoë "Z" \\ O\'Neil\n\226\128\168\240\159\142\147'
    local row = issue { item { name = name, issueDate = "2024-02-29" } }[1]
    assert.equal(name, row.name)
    assert.equal("2024-02-29T00:00:00", row.issueDate)
  end)

  it("takes all that a credential may have", function()
    open()
    for _, day in ipairs { "2000-02-29", "2025-01-29", "2025-02-28", "9999-12-31" } do
      local _, answer = add { item { issueDate = day, expireDate = day, dontSendEmail = true,
        attributes = { { id = "5a4d-attribute-score", value = "7" }, { id = "x" } } } }
      assert.is_false(answer.hasError)
    end
    assert.same({}, record().ignored_fields)
  end)

  it("takes null for a member that is not required as if it was not there", function()
    open()
    local row = issue { item { email = null, externalId = null, issueDate = null, expireDate = null,
      quickPublish = null, dontSendEmail = null, attributes = null } }[1]
    assert.same({ null, null, "2025-01-01T12:00:00" }, { row.email, row.externalId, row.issueDate })
    assert.equal(0, record().totals.mails)
  end)

  local text, date = "a string is expected.", "a date as YYYY-MM-DD is expected."
  local boolean, required = "true or false is expected.", "the field is required."
  local unknown = "the campaign was not found."
  local faults = {
    { { campaignId = null }, "campaignId", required },
    { { campaignId = 7 }, "campaignId", text },
    { { campaignId = "no-such-campaign" }, "campaignId", unknown },
    { { name = null }, "name", required }, { { name = " \t" }, "name", required },
    { { name = 7 }, "name", text }, { { name = { "a" } }, "name", text },
    { { email = "ann" }, "email", "the e-mail address is not valid." },
    { { email = "a b@example.com" }, "email", "the e-mail address is not valid." },
    { { email = false }, "email", text }, { { externalId = 7 }, "externalId", text },
    { { quickPublish = "true" }, "quickPublish", boolean },
    { { dontSendEmail = 1 }, "dontSendEmail", boolean },
    { { issueDate = "2025-02-29" }, "issueDate", date }, { { issueDate = "" }, "issueDate", date },
    { { issueDate = "1900-02-29" }, "issueDate", date },
    { { issueDate = "0000-01-01" }, "issueDate", date },
    { { issueDate = "2025-01-01T00:00:00" }, "issueDate", date },
    { { expireDate = "2025-04-31" }, "expireDate", date },
    { { expireDate = 20250101 }, "expireDate", date },
    { { expireDate = "2025-13-01" }, "expireDate", date },
    { { attributes = "x" }, "attributes", "a list is expected." },
    { { attributes = { a = 1 } }, "attributes", "a list is expected." },
    { { attributes = { { value = "x" } } }, "attributes", "each needs an id." },
  }
  for _, fault in ipairs(faults) do
    local field, value = fault[2], fault[3]
    it(("refuses %s = %s"):format(field, cjson.encode(fault[1])), function()
      open()
      local status, answer = add { item(fault[1]) }
      local problem = ("credentials[0].%s: %s"):format(field, value)
      assert.same({ 200, { message = "Credentials could not be added: " .. problem, hasError = true,
        validationErrors = { problem }, data = null, content = null } }, { status, answer })
      assert.same({}, record().keys)
    end)
  end

  it("refuses what is no list of objects", function()
    open()
    for _, body in ipairs { "{}", '{"credentials":null}', '{"credentials":[]}',
      '{"credentials":{"a":1}}', '{"credentials":"x"}' } do
      local status, answer = ask("POST", "/campaign/addCredentials", body)
      assert.same({ 200, true, null }, { status, answer.hasError, answer.data })
      assert.same({ "credentials: a list with at least one credential is expected." },
        answer.validationErrors)
    end
    open { error_data = "lists" } -- not confused by what is no object either
    assert.same({ "credentials[1]: an object is expected." },
      select(2, add { item(), "x" }).validationErrors)
  end)

  it("ignores unknown fields without a word, and counts them", function()
    open()
    local _, answer = ask("POST", "/campaign/addCredentials", { updateExistingCredentials = true,
      credentials = { item { emial = "x" }, item { emial = "y", Name = "z" } } })
    assert.is_false(answer.hasError)
    assert.same({ updateExistingCredentials = 1, emial = 2, Name = 1 }, record().ignored_fields)
  end)

  it("mails once for each published credential that has an address and may be mailed", function()
    local address, yes, no = "ann@example.com", true, false
    for _, case in ipairs {
      { yes, no, address, 1 }, { yes, yes, address, 0 }, { no, no, address, 0 },
      { no, yes, address, 0 }, { yes, no, "", 0 }, { yes, no, null, 0 }, { yes, null, address, 1 },
      { null, null, address, 0 } } do
      open()
      issue { item { quickPublish = case[1], dontSendEmail = case[2], email = case[3] } }
      assert.equal(case[4], record().totals.mails)
    end
  end)

  it("makes ids that are unique, valid, and the same for the same seed", function()
    local function ids(seed)
      open(nil, { seed = seed })
      return column(issue(items(300)), "id")
    end
    local first, seen = ids(1), {}
    assert.same(first, ids(1))
    assert.not_same(first, ids(2))
    for _, id in ipairs(first) do
      assert.truthy(id:find "^%x+%-5a4d%-4000%-8000%-%x+$" and #id == 36 and not seen[id])
      seen[id] = true
    end
  end)
end)

describe("the sandbox refuses", function()
  local good = '{"credentials":[]}'
  local cases = {
    { "no key", 403, { secretkey = false } }, { "a wrong key", 403, { secretkey = "the-kez" } },
    { "an empty key", 403, { secretkey = "" } },
    { "no api-version", 400, { ["api-version"] = false } },
    { "another api-version", 400, { ["api-version"] = "2.0" } },
    { "no content type", 415, { ["content-type"] = false } },
    { "another content type", 415, { ["content-type"] = "text/plain" } },
    { "no body", 400, nil, "" }, { "a list", 400, nil, "[]" }, { "a text", 400, nil, '"x"' },
    { "half a body", 400, nil, '{"credentials":[' }, { "NaN", 400, nil, '{"credentials":NaN}' },
    { "what comes behind", 400, nil, good .. "x" },
    { "a lone continuation byte", 400, nil, '{"a":"\128"}' },
    { "an overlong character", 400, nil, '{"a":"\192\175"}' },
    { "an overlong character of three bytes", 400, nil, '{"a":"\224\128\175"}' },
    { "a surrogate", 400, nil, '{"a":"\237\160\128"}' },
    { "a character above the last", 400, nil, '{"a":"\244\144\128\128"}' },
    { "half a character", 400, nil, '{"a":"é\195"}' },
    { "a control character", 400, nil, '{"a":"\1"}' }, { "a zero byte", 400, nil, '{"a":"\0"}' },
  }
  for _, case in ipairs(cases) do
    it(case[1], function()
      open()
      local status, answer = ask("POST", "/campaign/addCredentials", case[4] or good, case[3])
      assert.same({ case[2], true }, { status, answer.hasError })
    end)
  end

  it("what it does not serve", function()
    open()
    for _, call in ipairs { "GET /campaign/addCredentials", "POST /Test", "GET /test", "GET /",
      "POST /credential/5a4d-5a4d", "GET /credential/a/b", "GET /campaign/a%2Fb", "PATCH /Test",
      "DELETE /campaign/YOUR_CAMPAIGN_ID" } do
      local method, path = call:match "^(%S+) (%S+)$"
      local expected = call == "GET /campaign/addCredentials" and 200 or 404
      local status, answer = ask(method, path, { a = 1 })
      assert.same({ call, expected, true }, { call, status, answer.hasError })
    end
    local _, answer = ask("GET", "/nowhere")
    assert.equal("There is no such call.", answer.message)
  end)

  it("nothing of a key check that is right", function()
    open()
    local status, answer = ask("GET", "/Test")
    assert.same({ 200, { message = "Success", hasError = false, validationErrors = {}, data = true,
      content = null } }, { status, answer })
  end)

  it("a key with 401 where it is told to", function()
    open { key_error = "401" }
    assert.equal(401, (ask("GET", "/Test", nil, { secretkey = "x" })))
    assert.equal(1, record().wrong_key)
  end)

  it("does not repeat the key", function()
    open()
    for _, path in ipairs { "/Test", "/sandbox/record", "/nowhere" } do
      local _, _, _, text = ask("GET", path)
      assert.is_nil(text:find("the-key", 1, true))
    end
  end)
end)
