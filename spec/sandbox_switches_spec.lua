-- Says that each of the sandbox's switches does what it is there for.
local cjson = require "cjson"
local asking = require "spec.support.asking"

local campaign = asking.campaign
local null = cjson.null
local open, ask, add, item, items, issue, record, column = asking.open, asking.ask, asking.add,
  asking.item, asking.items, asking.issue, asking.record, asking.column

describe("the switches for adds:", function()
  local function bad_second()
    local list = items(3)
    list[2].name = ""
    return list
  end

  local problem = "credentials[1].name: the field is required."

  it("bad_item", function()
    open()
    local _, answer = add(bad_second())
    assert.same({ true, { problem }, null },
      { answer.hasError, answer.validationErrors, answer.data })
    assert.equal(0, record().totals.adds)
    open { bad_item = "partial" }
    _, answer = add(bad_second())
    assert.same({ "Some credentials could not be added.", true, { problem } },
      { answer.message, answer.hasError, answer.validationErrors })
    assert.same({ "Ann 1", "Ann 3" }, column(answer.data[campaign], "name"))
    _, answer = add { item { name = "" } }
    assert.same({ true, null }, { answer.hasError, answer.data })
  end)

  it("partial_error", function()
    open { bad_item = "partial", partial_error = false }
    local _, answer = add(bad_second())
    assert.same({ false, 2, 1 },
      { answer.hasError, #answer.data[campaign], #answer.validationErrors })
  end)

  it("refuse", function()
    open { refuse = "n2@" }
    local _, answer = add(items(3))
    assert.same({ "credentials[1].email: the value is not accepted." }, answer.validationErrors)
    open { refuse = "n." }
    assert.is_false(select(2, add(items(3))).hasError)
    open { refuse = "0000000003AAA", bad_item = "partial" }
    _, answer = add(items(3))
    assert.same({ "credentials[2].externalId: the value is not accepted." },
      answer.validationErrors)
    assert.equal(2, #answer.data[campaign])
  end)

  it("largest_batch, largest_batch_error", function()
    open { largest_batch = 2 }
    assert.is_false(select(2, add(items(2))).hasError)
    local status, answer = add(items(3))
    assert.same({ 200, { "credentials: at most 2 in a request." } },
      { status, answer.validationErrors })
    for _, code in ipairs { 400, 413, 422 } do
      open { largest_batch = 2, largest_batch_error = code }
      assert.equal(code, (add(items(3))))
      assert.equal(0, record().totals.adds)
    end
  end)

  it("validation", function()
    for how, expected in pairs { strings = { problem }, null = null,
      objects = { { key = "credentials[1].name", value = "the field is required." } } } do
      open { validation = how }
      local _, answer = add(bad_second())
      assert.same({ true, expected }, { answer.hasError, answer.validationErrors })
    end
    for how, expected in pairs { strings = {}, objects = {}, null = null } do
      open { validation = how }
      assert.same(expected, select(2, add(items(1))).validationErrors)
    end
    open { validation = "missing" }
    assert.is_nil(select(2, add(bad_second())).validationErrors)
    assert.is_nil(select(2, add(items(1))).validationErrors)
  end)

  it("error_data", function()
    for how, expected in pairs { null = '"data":null,', object = '"data":{},',
      lists = '"data":{"YOUR_CAMPAIGN_ID":[],"no-such-campaign":[]},' } do
      open { error_data = how }
      local _, _, _, text = add { item(), item(), item { campaignId = "no-such-campaign" } }
      assert.truthy(text:find(expected, 1, true), text)
    end
    open { error_data = "missing" }
    local _, answer, _, text = add { item { name = "" } }
    assert.truthy(answer.hasError and not text:find('"data"', 1, true))
  end)

  it("spelling, bare_add", function()
    local cases = { { "no", false, "certificateNo", "externalId" },
      { "NO", false, "certificateNO", "externalID" }, { "no", true, "certificateNo" },
      { "NO", true, "certificateNO" } }
    for _, case in ipairs(cases) do
      open { spelling = case[1], bare_add = case[2] }
      local row, found = issue()[1], {}
      for _, name in ipairs { "certificateNo", "certificateNO", "externalId", "externalID" } do
        if row[name] then found[#found + 1] = name end
      end
      assert.same({ case[3], case[4] }, found)
    end
  end)

  it("echo, drop_rows", function()
    local cases = { { "same", 0, "Ann 1,Ann 2,Ann 3", "ann1@example.com" },
      { "reversed", 0, "Ann 3,Ann 2,Ann 1", "ann3@example.com" },
      { "recased", 0, "ANN 1,ANN 2,ANN 3", "ANN1@EXAMPLE.COM" },
      { "both", 0, "ANN 3,ANN 2,ANN 1", "ANN3@EXAMPLE.COM" },
      { "same", 1, "Ann 1,Ann 2", "ann1@example.com" },
      { "reversed", 2, "Ann 1", "ann1@example.com" } }
    for _, case in ipairs(cases) do
      open { echo = case[1], drop_rows = case[2] }
      local rows = issue(items(3))
      assert.same({ case[3], case[4] }, { table.concat(column(rows, "name"), ","), rows[1].email })
      assert.equal(3, record().totals.adds)
    end
    open { drop_rows = 5 }
    assert.same({}, issue(items(3)))
  end)

  it("campaign_status", function()
    for _, case in ipairs { { 1, false }, { 2, true }, { 3, false } } do
      open { campaign_status = case[1] }
      local _, answer = add { item() }
      assert.same({ case[2], case[2]
        and { "credentials[0].campaignId: the campaign is scheduled, and cannot issue." } or {} },
        { answer.hasError, answer.validationErrors })
    end
    open({ campaign_status = 2 }, { campaigns = { { id = campaign, status = 3 } } })
    assert.is_false(select(2, add { item() }).hasError)
  end)

  it("plan_limit, plan_signal", function()
    local signals = { both = { true, "Professional" }, showPurchaseSheet = { true },
      upgradePlan = { nil, "Professional" } }
    for signal, expected in pairs(signals) do
      open { plan_limit = 3, plan_signal = signal }
      assert.is_nil(select(2, add(items(2))).isUpgraded)
      local _, answer = add(items(2))
      assert.same({ true, null, false }, { answer.hasError, answer.data, answer.isUpgraded })
      assert.equal(expected[1], answer.showPurchaseSheet)
      assert.equal(expected[2], answer.upgradePlan)
      assert.is_false(select(2, add(items(1))).hasError)
      assert.equal(3, record().totals.adds)
    end
    open { plan_limit = 3, bad_item = "partial" }
    local _, answer = add(items(5))
    assert.same({ true, 3, true }, { answer.hasError, #answer.data[campaign],
      answer.showPurchaseSheet })
    assert.is_true(select(2, add(items(1))).hasError)
  end)
end)

describe("the switches for mishaps:", function()
  --- The statuses of so many adds, with what was issued.
  local function statuses(count)
    local list = {}
    for i = 1, count do list[i] = (add { item() }) end
    return table.concat(list, " "), record().totals.adds
  end

  it("too_many_every", function()
    open { too_many_every = 3 }
    assert.same({ "200 200 429 200 200 429", 4 }, { statuses(6) })
  end)

  it("rate_limit", function()
    open { rate_limit = 2 }
    assert.same({ "200 200 429", 2 }, { statuses(3) })
    asking.time = asking.noon + 1
    assert.same({ "200 200 429", 4 }, { statuses(3) })
  end)

  it("retry_after, retry_after_form", function()
    local cases = { { {}, "1" }, { { retry_after = 30 }, "30" }, { { retry_after = "none" } },
      { { retry_after = 90, retry_after_form = "date" }, "Wed, 01 Jan 2025 12:01:30 GMT" },
      { { retry_after = "none", retry_after_form = "date" } } }
    for _, case in ipairs(cases) do
      case[1].too_many_every = 1
      open(case[1])
      local status, _, headers = add { item() }
      assert.same({ 429, case[2] }, { status, headers["Retry-After"] })
    end
  end)

  it("server_error_every, server_error, server_error_status", function()
    open { server_error_every = 2 }
    assert.same({ "200 500 200 500", 2 }, { statuses(4) })
    open { server_error_every = 2, server_error = "after" }
    assert.same({ "200 500 200 500", 4 }, { statuses(4) })
    for given, status in pairs { [502] = 502, [503] = 503, [504] = 504, [408] = 408, [307] = 307,
      closed = 444 } do
      open { server_error_every = 1, server_error_status = given }
      local got, _, headers, text = add { item() }
      assert.same({ status, status == 307 and "/elsewhere" or nil, status == 444 },
        { got, headers.Location, text == "" })
      assert.equal(1, record().statuses[tostring(status)])
    end
  end)

  it("mishap_calls", function()
    for only, expected in pairs { all = "429 429 429", add = "429 200 200",
      publish = "200 200 429" } do
      open { too_many_every = 1, mishap_calls = only }
      local got = { (add { item() }), (ask("GET", "/Test")),
        (ask("POST", "/credential/publish", { ids = { "x" } })) }
      assert.equal(expected, table.concat(got, " "))
    end
    open { too_many_every = 2, mishap_calls = "add" }
    ask("GET", "/Test")
    assert.same({ "200 429", 1 }, { statuses(2) })
  end)

  it("error_form", function()
    local forms = {
      envelope = { "application/json; charset=utf-8", '^{"message":.*,"hasError":true,' },
      html = { "text/html", "^<html>.*429.*</html>\n$" },
      text = { "text/plain", "^Too many requests%.$" }, empty = { nil, "^$" } }
    for form, expected in pairs(forms) do
      open { too_many_every = 1, error_form = form, retry_after = 7 }
      local status, _, headers, text = add { item() }
      assert.same({ 429, expected[1], "7" },
        { status, headers["Content-Type"], headers["Retry-After"] })
      assert.truthy(text:find(expected[2]), text)
    end
  end)

  it("answer, answer_every", function()
    open()
    local whole = select(4, add { item() })
    local half = whole:sub(1, math.floor(#whole / 2))
    local misplaced = whole:gsub("YOUR_CAMPAIGN_ID", "another-campaign", 1)
    local answers = { truncated = half, cut = half, empty = "", text = "OK", closed = "",
      list = "[" .. whole .. "]", html = "<html><body>One moment</body></html>\n",
      misplaced = misplaced }
    for how, expected in pairs(answers) do
      open { answer = how }
      local status, _, headers, text = add { item() }
      assert.same({ how, how == "closed" and 444 or 200, expected }, { how, status, text })
      assert.equal(how == "cut" and #whole or nil, headers["Content-Length"])
      assert.equal(1, record().totals.adds)
    end
    open { answer = "empty", answer_every = 2 }
    local sizes = {}
    for i = 1, 4 do sizes[i] = #select(4, add { item() }) end
    assert.same({ #whole, 0, #whole, 0 }, sizes)
  end)

  it("other_calls, unknown_id", function()
    open { other_calls = "missing" }
    local id = select(2, add { item() }).data[campaign][1].id
    for path, method in pairs { ["/credential/search"] = "POST", ["/Test"] = "GET",
      ["/credential/" .. id] = "GET", ["/campaign/" .. campaign] = "GET" } do
      assert.equal(404, (ask(method, path, method == "POST" and {} or nil)))
    end
    assert.equal(200, (add { item() }))
    for how, expected in pairs { ["200"] = 200, ["404"] = 404 } do
      open { unknown_id = how }
      for _, path in ipairs { "/credential/unknown-1", "/campaign/unknown-1" } do
        local status, answer = ask("GET", path)
        assert.same({ expected, true }, { status, answer.hasError })
      end
    end
  end)

  it("search_campaigns, created_form", function()
    for how, count in pairs { heeded = 1, ignored = 2 } do
      open { search_campaigns = how }
      add { item(), item { campaignId = "second-campaign" } }
      local _, answer = ask("POST", "/credential/search", { campaignIds = { campaign } })
      assert.equal(count, #answer.data)
    end
    for how, created in pairs { plain = "2025-01-01T12:00:00", zone = "2025-01-01T12:00:00Z",
      fraction = "2025-01-01T12:00:00.123", missing = null } do
      open { created_form = how }
      local row = issue()[1]
      assert.equal(created, select(2, ask("GET", "/credential/" .. row.id)).data.createDate)
    end
  end)

  it("clock_ahead", function()
    open()
    assert.is_nil(select(3, add { item() }).Date)
    open { clock_ahead = 90 }
    assert.equal("Wed, 01 Jan 2025 12:01:30 GMT", select(3, add { item() }).Date)
    local _, answer = ask("POST", "/credential/search", {})
    assert.equal("2025-01-01T12:01:30", answer.data[1].createDate)
  end)

  it("latency", function()
    open { latency = 0.25 }
    assert.equal(0.25, (select(5, add { item() })))
    assert.equal(0, (select(5, ask("GET", "/sandbox/record"))))
  end)
end)
