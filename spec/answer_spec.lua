--- What an answer proves: one legal outcome for each form of it.

local answer = require "sertifier.answer"
local answers = require "spec.support.answers"
local cjson = require "cjson"

local null = cjson.null
local cases, id, one, row, ok, refused, http, two = answers.cases, answers.id, answers.one,
  answers.row, answers.ok, answers.refused, answers.http, answers.two
local c1 = "campaign-1"

--- The states, joined: "issued issued in_doubt".
local function states(outcomes)
  local list = {}
  for i, outcome in ipairs(outcomes) do list[i] = outcome.state end
  return table.concat(list, " ")
end

describe("answer", function()
  for _, case in ipairs(cases) do
    it("reads " .. case[1], function()
      local outcomes, verdict = answer.read(case[3], case[2])
      assert.equal(case[4], states(outcomes))
      assert.equal(case[5], verdict.action)
      for i, outcome in ipairs(outcomes) do
        if outcome.state == "issued" then
          assert.truthy(outcome.credential.id:find("^5a4dbc0e%-"))
        else
          assert.equal("string", type(outcome.reason), i)
        end
      end
    end)
  end

  it("gives each credential its own row", function()
    local outcomes = answer.read(ok { [c1] = { row(2), row(1) } }, two)
    assert.equal(id .. 1, outcomes[1].credential.id)
    assert.equal("https://sertifier.com/cd/2", outcomes[2].credential.verificationLink)
  end)

  it("gives each of two people of one external id their own row", function()
    for _, differs in ipairs { { name = "Bo" }, { email = "bo@example.com" } } do
      local other = one(1, differs)
      local outcomes = answer.read(ok { [c1] = { row(1, differs), row(1, { id = id .. 9 }) } },
        { one(1), other })
      assert.equal(id .. 9, outcomes[1].credential.id)
      assert.equal(id .. 1, outcomes[2].credential.id)
    end
  end)

  it("gives the server's words, on one line, without addresses and not too long", function()
    local outcomes = answer.read(refused { message = "Bad\n\1 one: ann@example.com",
      validationErrors = { "e-mail <b@c.de> is bad", { key = "name", value = { "too", "long" } } } },
      { one(1) })
    assert.equal("Sertifier said: Bad one: (e-mail); e-mail <(e-mail)> is bad; name: too; "
      .. "name: long", outcomes[1].reason)
    outcomes = answer.read(refused { message = ("é"):rep(1000) }, { one(1) })
    assert.truthy(#outcomes[1].reason < 400)
    assert.truthy(outcomes[1].reason:find "é%.%.%.$")
  end)

  it("names nobody in the server's words", function()
    local outcomes = answer.read(refused { message = "ann lee 1 is a bad NAME. ANN1@EXAMPLE.COM" },
      { one(1) })
    assert.equal("Sertifier said: (name) is a bad NAME. (e-mail)", outcomes[1].reason)
  end)

  it("finds the server's words at any depth, and makes UTF-8 of them", function()
    local function words(errors) return answer.read(refused { validationErrors = errors,
      message = "No." }, { one(1) })[1].reason:match "No%.(.*)" end
    assert.equal("; email: is not valid; name: is empty",
      words { name = { "is empty" }, email = { "is not valid" } })
    assert.equal("", words { 1, true, null, {}, { {} } })
    local outcomes = answer.read(http(200, { body = '{"hasError":true,"message":"caf\233 \\u0000x"}' }),
      { one(1) })
    assert.equal("Sertifier said: caf? x", outcomes[1].reason)
  end)

  it("keeps a link only where it is one", function()
    for _, odd in ipairs { "javascript:alert(1)", "https://a b", "x\0y", "https://\195\169.com" } do
      local outcomes = answer.read(ok { [c1] = { row(1, { verificationLink = odd }) } }, { one(1) })
      assert.is_nil(outcomes[1].credential.verificationLink, odd)
    end
  end)

  it("takes no long time over a hostile answer", function()
    local long = 1020000
    local hostile = { ("a"):rep(long), (" "):rep(long) .. "x", ("a@"):rep(long / 2),
      ("\\u0001"):rep(long / 6), ("x" .. (" "):rep(50)):rep(long / 51) }
    for i, text in ipairs(hostile) do
      local began = os.clock()
      answer.read(http(200, { body = ('{"hasError":true,"message":"%s"}'):format(text) }), { one(1) })
      local body = ok { [c1] = { row(1, { externalId = null, name = "@" }) } }.body:gsub("@", text)
      answer.read(http(200, { body = body }), { one(1) })
      -- Not a measurement: what takes the text's square takes minutes.
      assert.truthy(os.clock() - began < 10, i)
    end
  end)

  it("names the campaign that is not known", function()
    local outcomes = answer.read(refused { message = "Campaign was not found." }, { one(1) })
    assert.truthy(outcomes[1].reason:find("campaign campaign-1: copy its ID from Advanced >", 1, true))
  end)

  it("reads how long to wait, as seconds and as a date", function()
    local function wait(text, date)
      local _, verdict = answer.read(http(429, { retry_after = text, date = date }), { one(1) })
      return verdict.retry_after
    end
    local now = "Tue, 24 Nov 2026 02:00:00 GMT"
    assert.equal(7, wait "7")
    assert.equal(0, wait "0")
    assert.equal(90, wait("Tue, 24 Nov 2026 02:01:30 GMT", now))
    assert.equal(0, wait("Tue, 24 Nov 2026 01:01:30 GMT", now))
    assert.equal(1e9, wait "99999999999")
    assert.equal(86400 * 365, wait("Wed, 24 Nov 2027 02:00:00 GMT", now))
    -- A date in summer, an answer in winter: no clock of this machine has a say.
    assert.equal(86400 * 212, wait("Thu, 24 Jun 2027 02:00:00 GMT", now))
    assert.truthy(math.abs(3600 - wait(os.date("!%a, %d %b %Y %H:%M:%S GMT", os.time() + 3600))) < 3)
    assert.truthy(wait("Tue, 24 Nov 9999 02:01:30 GMT") > 1e9)
    for _, odd in ipairs { "", "soon", "-1", "1e9", "Tue, 24 Foo 2026 02:01:30 GMT",
      "Tue, 24 Nov 99999999 02:01:30 GMT" } do
      assert.is_nil(wait(odd, now))
    end
  end)

  it("neither fails nor invents an id, whatever the bytes", function()
    local whole = ok({ [c1] = { row(1), row(2) } }).body
    math.randomseed(7)
    for _ = 1, 20000 do
      local at, length = math.random(#whole), math.random(0, 8)
      local piece = string.char(math.random(0, 255)):rep(math.random(0, 3))
      local body = whole:sub(1, at - 1) .. piece .. whole:sub(at + length)
      for i, outcome in ipairs((answer.read(http(200, { body = body }), two))) do
        if outcome.state == "issued" then
          assert.truthy(body:find(outcome.credential.id, 1, true), i)
        end
      end
    end
  end)
end)
