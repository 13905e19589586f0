-- Says that the sandbox serves Sertifier's calls as they are known, and records what it did.
local cjson = require "cjson"
local asking = require "spec.support.asking"
local sandbox = require "sertifier.sandbox"

local campaign = asking.campaign
local null = cjson.null
local open, ask, add, item, items, issue, record, column = asking.open, asking.ask, asking.add,
  asking.item, asking.items, asking.issue, asking.record, asking.column

describe("the calls on credentials", function()
  local row

  local function with(behave)
    open(behave)
    row = issue { item { expireDate = "2030-01-01" } }[1]
  end

  local function single(changes)
    local all = { id = row.id, campaignId = campaign, campaignTitle = "Campaign 1",
      name = "Ann Lee", email = "ann@example.com", status = 3, certificateNo = "SBX-00000001",
      createDate = "2025-01-01T12:00:00", issueDate = "2025-01-01T12:00:00",
      expireDate = "2030-01-01T00:00:00", externalId = "0035g0000000001AAA", isPublic = true,
      recipientId = asking.state.recipient_list[1].id, verificationLink = row.verificationLink,
      certificateImageLink = row.certificateImageLink, badgeImageLink = row.badgeImageLink }
    for name, value in pairs(changes or {}) do
      if value == null then value = nil end
      all[name] = value
    end
    return all
  end

  it("give a credential", function()
    with()
    local status, answer = ask("GET", "/credential/" .. row.id)
    assert.same({ 200, { message = "Success", hasError = false, validationErrors = {},
      data = single(), content = null } }, { status, answer })
  end)

  it("give a bare one, and another spelling", function()
    with { bare_get = true }
    local _, answer = ask("GET", "/credential/" .. row.id)
    assert.same(single { externalId = null, verificationLink = null }, answer.data)
    with { spelling = "NO" }
    _, answer = ask("GET", "/credential/" .. row.id)
    assert.same(single { externalId = null, certificateNo = null, certificateNO = "SBX-00000001",
      externalID = "0035g0000000001AAA" }, answer.data)
  end)

  it("change what is named, and nothing else", function()
    with()
    local _, answer = ask("PUT", "/credential/" .. row.id, { name = "Ann Ray", nick = "x" })
    assert.same(single { name = "Ann Ray" }, answer.data)
    _, answer = ask("PUT", "/credential/" .. row.id,
      { issueDate = "2024-12-31", expireDate = null })
    assert.same(single { name = "Ann Ray", issueDate = "2024-12-31T00:00:00" }, answer.data)
    _, answer = ask("PUT", "/credential/" .. row.id, { name = "", issueDate = "x" })
    assert.same({ "name: the field is required.", "issueDate: a date as YYYY-MM-DD is expected." },
      answer.validationErrors)
    assert.equal("Credential not changed.", answer.message)
    assert.same({ nick = 1 }, record().ignored_fields)
  end)

  it("delete, and then do not know it", function()
    with()
    assert.is_false(select(2, ask("DELETE", "/credential/" .. row.id)).hasError)
    for _, call in ipairs { "GET /credential/", "PUT /credential/", "DELETE /credential/",
      "GET /credential/generatePDFLink/" } do
      local method, path = call:match "^(%S+) (%S+)$"
      local status, answer = ask(method, path .. row.id, {})
      assert.same({ 200, true, "Credential not found.", null },
        { status, answer.hasError, answer.message, answer.data })
    end
    assert.same({}, select(2, ask("POST", "/credential/search", {})).data)
    assert.equal(1, record().totals.adds)
  end)

  it("give a PDF link by id and by certificate number", function()
    with()
    for _, id in ipairs { row.id, "SBX-00000001" } do
      local _, answer = ask("GET", "/credential/generatePDFLink/" .. id)
      assert.equal("https://sertifier.com/pdf/" .. row.id .. ".pdf", answer.data)
    end
    assert.is_true(select(2, ask("GET", "/credential/generatePDFLink/SBX-00000002")).hasError)
  end)

  it("publish, and mail as the switch says", function()
    for how, mails in pairs { once = { 1, 1 }, always = { 1, 2 }, never = { 0, 0 } } do
      open { publish_mails = how }
      local draft = issue { item { quickPublish = false } }[1]
      for i = 1, 2 do
        local _, answer = ask("POST", "/credential/publish", { ids = { draft.id } })
        assert.same({ false, null }, { answer.hasError, answer.data })
        assert.equal(mails[i], record().totals.mails)
      end
      local _, answer = ask("GET", "/credential/" .. draft.id)
      assert.same({ 3, true }, { answer.data.status, answer.data.isPublic })
    end
  end)

  it("publish without a mail what was issued so", function()
    open { publish_mails = "always" }
    local list = issue { item { quickPublish = false, dontSendEmail = true },
      item { quickPublish = false, email = "" } }
    ask("POST", "/credential/publish", { ids = column(list, "id") })
    assert.equal(0, record().totals.mails)
  end)

  it("publish nothing, or what they can, where an id is unknown", function()
    for how, mails in pairs { whole = 0, partial = 1 } do
      open { bad_item = how }
      local draft = issue { item { quickPublish = false } }[1]
      local _, answer = ask("POST", "/credential/publish", { ids = { "no-such-id", draft.id } })
      assert.same({ true, { "ids[0]: the credential was not found." } },
        { answer.hasError, answer.validationErrors })
      assert.equal(how == "whole" and "Credentials not published." or "Success", answer.message)
      assert.equal(mails, record().totals.mails)
    end
    local _, answer = ask("POST", "/credential/publish", { ids = {} })
    assert.same({ true, "Credentials not published.", null },
      { answer.hasError, answer.message, answer.data })
    assert.same({}, record().ignored_fields)
  end)
end)

describe("the searches", function()
  local function search(what, request)
    local _, answer = ask("POST", "/" .. what .. "/search", request)
    return answer.data
  end

  local function names(request)
    return table.concat(column(search("credential", request), "name"), ",")
  end

  local function with(behave)
    open(behave)
    add { item { name = "Ann", email = "a@example.com" },
      item { name = "Bob", email = "b@Example.com", quickPublish = false },
      item { name = "Cy", email = "a@example.com", campaignId = "second-campaign" } }
  end

  it("show a credential without externalId and verificationLink", function()
    open()
    local row = issue()[1]
    assert.same({ { id = row.id, campaignId = campaign, campaignTitle = "Campaign 1",
      certificateNO = "SBX-00000001", createDate = "2025-01-01T12:00:00",
      email = "ann@example.com", emailTracking = null, expireDate = null,
      issueDate = "2025-01-01T12:00:00", name = "Ann Lee", isPublic = true, status = 3,
      recipientId = asking.state.recipient_list[1].id } }, search("credential", {}))
  end)

  it("find credentials", function()
    with()
    local recipients = search("recipient", { searchTerm = "a@example" })
    for _, case in ipairs {
      { {}, "Cy,Bob,Ann" }, { { length = 2 }, "Cy,Bob" }, { { length = 0 }, "" },
      { { startIndex = 1, length = 1 }, "Bob" }, { { startIndex = 3 }, "" },
      { { searchTerm = "EXAMPLE" }, "Cy,Bob,Ann" }, { { searchTerm = "b@example.com" }, "Bob" },
      { { searchTerm = "bo" }, "Bob" },
      { { searchTerm = "%" }, "" }, { { searchTerm = null }, "Cy,Bob,Ann" },
      { { campaignIds = { campaign } }, "Bob,Ann" }, { { campaignIds = {} }, "Cy,Bob,Ann" },
      { { campaignIds = { "x", "second-campaign" } }, "Cy" },
      { { recipientIds = column(recipients, "id") }, "Cy,Ann" },
      { { status = 1 }, "Bob" }, { { status = 3 }, "Cy,Ann" }, { { status = 0 }, "Cy,Bob,Ann" } } do
      assert.same({ case[1], case[2] }, { case[1], names(case[1]) })
    end
  end)

  it("obey their switches", function()
    with { search_order = "oldest" }
    assert.equal("Ann,Bob,Cy", names {})
    with { search_match = "exact" }
    assert.equal("", names { searchTerm = "b@example" })
    assert.equal("Bob", names { searchTerm = "B@example.COM" })
    with { largest_page = 2 }
    assert.equal("Cy,Bob", names { length = 100 })
    with { search_rows = "nested" }
    local data = search("credential", { length = 1, searchTerm = "a@" })
    assert.same({ { "Cy" }, 2 }, { column(data.items, "name"), data.totalCount })
    with { search_delay = 2.5 }
    assert.equal("", names {})
    asking.time = asking.noon + 2.4
    assert.equal("", names {})
    asking.time = asking.noon + 2.5
    assert.equal("Cy,Bob,Ann", names {})
  end)

  it("give ten rows where no length is named", function()
    open()
    add(items(12))
    assert.equal(10, #search("credential", {}))
  end)

  it("refuse what they cannot read", function()
    open()
    local _, answer = ask("POST", "/credential/search", { startIndex = -1, length = "x",
      searchTerm = 7, campaignIds = "x", recipientIds = { a = 1 }, status = 1.5, term = "x" })
    assert.same({ "startIndex: a whole number is expected.", "length: a whole number is expected.",
      "searchTerm: a string is expected.", "campaignIds: a list is expected.",
      "recipientIds: a list is expected.", "status: a whole number is expected." },
      answer.validationErrors)
    assert.equal("The search is not valid.", answer.message)
    assert.same({ term = 1 }, record().ignored_fields)
  end)

  it("find campaigns, by what they are", function()
    open(nil, { campaigns = { { id = "campaign-a", title = "Alpha", status = 1 }, "campaign-b" } })
    local function ids(request)
      return table.concat(column(search("campaign", request), "id"), ",")
    end
    assert.equal("campaign-b,campaign-a", ids {})
    assert.equal("campaign-a", ids { status = { 1, 2 } })
    assert.equal("campaign-b", ids { status = { 3 } })
    assert.equal("campaign-a", ids { searchTerm = "alp" })
    assert.same({ id = "campaign-a", title = "Alpha", designId = "5a4d-design",
      detailId = "5a4d-detail", badgeId = "5a4d-badge", emailTemplateId = "5a4d-template",
      emailFromName = "Sandbox", emailFromAddress = "sandbox@example.com",
      emailSubject = "Your credential", privateCampaign = false, status = 1,
      createDate = "2025-01-01T12:00:00", updateDate = "2025-01-01T12:00:00" },
      select(2, ask("GET", "/campaign/campaign-a")).data)
    local _, answer = ask("GET", "/campaign/no-such-campaign")
    assert.same({ true, "Campaign not found." }, { answer.hasError, answer.message })
  end)

  it("find attributes, by their type", function()
    open()
    local function titles(request)
      return table.concat(column(search("attribute", request), "title"), ",")
    end
    assert.equal("Score,Completed on,Course", titles {})
    assert.equal("Completed on", titles { types = { 2 } })
    assert.same({ { id = "5a4d-attribute-score", title = "Score", type = 3, displayFormat = "0" } },
      search("attribute", { searchTerm = "sco" }))
    assert.same({}, record().ignored_fields)
  end)

  it("find recipients, one for each e-mail", function()
    with()
    add { item { name = "Di", email = "A@example.com", externalId = "x-1" } }
    local rows = search("recipient", {})
    assert.same({ "Bob", "Ann" }, column(rows, "name"))
    assert.same({ id = rows[2].id, name = "Ann", email = "a@example.com",
      externalID = "0035g0000000001AAA",
      profileUrl = "https://sertifier.com/profile/" .. rows[2].id }, rows[2])
  end)
end)

describe("the record", function()
  it("tells what was asked, and what came of it, without a name", function()
    open { too_many_every = 5 }
    add { item(), item { externalId = "x-2", email = null, quickPublish = false }, item() }
    add { item { name = "" } }
    ask("GET", "/credential/no-such-id?x=1")
    ask("GET", "/nowhere", nil, { secretkey = "wrong" })
    ask("GET", "/nowhere")
    add { item { campaignId = 7 }, item { campaignId = "no-such-campaign" } }
    local one, two = campaign .. "/0035g0000000001AAA", campaign .. "/x-2"
    local told = record()
    for _, entry in pairs(told.keys) do entry.ids, entry.verificationLink = #entry.ids, nil end
    assert.same({ requests = 6, adds = 3, wrong_key = 1, ignored_fields = {},
      calls = { ["POST /campaign/addCredentials"] = 3, ["GET /credential/:id"] = 1, unknown = 1 },
      statuses = { ["200"] = 3, ["403"] = 1, ["404"] = 1, ["429"] = 1 },
      seen = { [one] = 3, [two] = 1, ["no-such-campaign/0035g0000000001AAA"] = 1 },
      keys = { [one] = { adds = 2, mails = 2, ids = 2 }, [two] = { adds = 1, mails = 0, ids = 1 } },
      totals = { keys = 2, adds = 3, mails = 2, most_adds = 2, most_mails = 2 } }, told)
    local _, _, _, text = ask("GET", "/sandbox/record")
    assert.is_nil(text:find "Ann" or text:find "@" or text:find "the%-key")
    local _, totals = ask("GET", "/sandbox/record?totals")
    told.seen, told.keys = nil, nil
    assert.same(told, totals)
  end)

  it("tells people without an external id apart, and knows them again", function()
    open()
    for _, one in ipairs { { "Ann", "a@example.com" }, { "ANN", "A@example.com" },
      { "Bob", "a@example.com" }, { "Ann", "b@example.com" }, { "Ann", null } } do
      add { item { name = one[1], email = one[2], externalId = one[2] == null and "" or null } }
    end
    assert.same({ keys = 4, adds = 5, mails = 4, most_adds = 2, most_mails = 2 }, record().totals)
  end)

  it("starts anew at a reset, as if nothing had been", function()
    open()
    local first = issue(items(3))
    assert.equal(200, (ask("POST", "/sandbox/reset", "")))
    assert.same({ 0, 0, {} }, { record().requests, record().totals.adds, record().statuses })
    assert.same({}, select(2, ask("POST", "/recipient/search", {})).data)
    ask("POST", "/sandbox/reset", "")
    assert.same(first, issue(items(3)))
  end)

  it("is all that can be had without the key", function()
    open()
    for _, call in ipairs { "POST /sandbox/reset", "PUT /sandbox/behave", "GET /sandbox/x" } do
      local method, path = call:match "^(%S+) (%S+)$"
      assert.equal(403, (ask(method, path, "{}", { secretkey = "wrong" })))
    end
    assert.equal(404, (ask("GET", "/sandbox/x")))
  end)

  it("stands beside switches that can be set", function()
    open { latency = 1 }
    local status, all = ask("PUT", "/sandbox/behave", { too_many_every = 1, retry_after = "none" })
    assert.same({ 200, 1, 1, "none" }, { status, all.too_many_every, all.latency, all.retry_after })
    assert.equal(429, (add { item() }))
    status, all = ask("PUT", "/sandbox/behave", { too_many_evry = 1 })
    assert.same({ 400, { message = "behave: no such behaviour: too_many_evry; "
      .. "did you mean too_many_every?" } }, { status, all })
    assert.equal(400, (ask("PUT", "/sandbox/behave", "[]")))
    assert.equal(429, (add { item() }))
  end)
end)

describe("sandbox.behaviours", function()
  it("describes each switch, with a default that it takes itself", function()
    local seen = {}
    for _, one in ipairs(sandbox.behaviours()) do
      assert.is_nil(seen[one.name])
      seen[one.name] = true
      assert.truthy(one.about:find(one.values, 1, true) and #one.about > #one.values)
      assert.truthy(("STG-"):find(one.grade, 1, true))
      local state = assert(sandbox.new { behave = { [one.name] = tostring(one.default) } })
      assert.equal(one.default, state.behave[one.name])
    end
  end)

  it("gives a list of the caller's own", function()
    sandbox.behaviours()[1].name = "x"
    assert.equal("largest_batch", sandbox.behaviours()[1].name)
  end)
end)

describe("sandbox.new", function()
  it("takes texts, as a command line has them", function()
    local state = assert(sandbox.new { behave = { largest_batch = "none", latency = "0.5",
      retry_after = "none", bare_get = "true", key_error = "401", refuse = "x=y",
      campaign_status = 1.0, search_delay = 86400, plan_limit = "1e9" } })
    local behave = state.behave
    assert.same({ 0, 0.5, "none", true, "401", "x=y", "1", 86400, 1e9 }, { behave.largest_batch,
      behave.latency, behave.retry_after, behave.bare_get, behave.key_error, behave.refuse,
      behave.campaign_status, behave.search_delay, behave.plan_limit })
  end)

  local count, seconds = "a whole number, 0 for none", "seconds"
  local wrong = {
    { { serch_delay = 1 }, "no such behaviour: serch_delay; did you mean search_delay?" },
    { { largest_batch = -1 }, "largest_batch=-1: expected " .. count },
    { { largest_batch = "1.5" }, "largest_batch=1.5: expected " .. count },
    { { largest_batch = "many" }, "largest_batch=many: expected " .. count },
    { { latency = "nan" }, "latency=nan: expected " .. seconds },
    { { latency = "1e9" }, "latency=1e9: expected " .. seconds },
    { { search_delay = "" }, "search_delay=: expected " .. seconds },
    { { retry_after = "0.5" }, "retry_after=0.5: expected whole seconds, or none" },
    { { key_error = 404 }, "key_error=404: expected one of 403, 401" },
    { { bare_get = "yes" }, "bare_get=yes: expected one of true, false" },
    { { refuse = 7 }, "refuse=7: expected any text" },
    { { bad_item = "x", answer = "y" }, "answer=y: expected one of whole, truncated, cut, empty, "
      .. "html, text, list, misplaced, closed" },
  }
  for _, case in ipairs(wrong) do
    it("says: " .. case[2], function()
      assert.same({ nil, "behave: " .. case[2], "behave" },
        { sandbox.new { behave = case[1] } })
    end)
  end

  it("names all switches where none is near", function()
    local _, message = sandbox.new { behave = { colour = "blue" } }
    assert.truthy(message:find("colour; they are largest_batch, largest_batch_error, ", 1, true))
  end)

  it("refuses a campaign that could not be asked for", function()
    for _, id in ipairs { "short", "with space", "slash/slash", ("x"):rep(65) } do
      assert.same({ nil, ("campaign %s: 8 to 64 letters, digits, - and _ are expected"):format(id),
        "campaign" }, { sandbox.new { campaigns = { id } } })
    end
  end)
end)
