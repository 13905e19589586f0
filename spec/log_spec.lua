--- A run's events: what they say, and what they never say.

local cjson = require "cjson"
local commands = require "spec.support.command"
local files = require "spec.support.files"
local sandbox = require "spec.support.sandbox"
local sertifier = require "sertifier"

--- The events that the command writes for an export of this text.
local function events_of(text, started, more)
  local arguments = { "issue", files.write(text, ".csv"), "--campaign", sandbox.campaign, "--ledger",
    files.path ".db", "--log", "json", (table.unpack or unpack)(more or {}) }
  local _, out, err = commands.run(arguments, commands.environment(started))
  local events = {}
  assert.equal("", out)
  for line in err:gmatch "[^\n]+" do events[#events + 1] = cjson.decode(line) end
  return events, err
end

local function named(events, name)
  local found = {}
  for _, event in ipairs(events) do
    if event.eventName == "sertifier." .. name then found[#found + 1] = event.attributes end
  end
  return found
end

-- The names are longer than what is by chance in the name of a file.
local header = "Id,FirstName,LastName,Email\n"
local people = header .. sandbox.id(1) .. ",Zoraida,Quinefield,zoraida@example.com\n"
  .. sandbox.id(2) .. ",Yevgeni,Xuerebson,\n" .. sandbox.id(3) .. ",Wandaline,Vexington,wanda@example.com\n"

local function says_nobody(text)
  for _, secret in ipairs { "Zoraida", "Quinefield", "Yevgeni", "Xuerebson", "Wandaline",
    "Vexington", "@", "example.com", sandbox.key } do
    assert.falsy(text:find(secret, 1, true), secret)
  end
end

describe("the log", function()
  after_each(sandbox.stop)

  it("tells of the run, its batches and its records", function()
    local events, text = events_of(people, sandbox.start())
    says_nobody(text)
    local first, last = events[1], events[#events]
    assert.equal("sertifier.run.start", first.eventName)
    assert.truthy(first.timestamp:find "^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d%.%d%d%dZ$")
    assert.same({ "sertifier.run.end", "INFO", 3, 2, 1, 1 }, { last.eventName, last.severityText,
      last.attributes["sertifier.read"], last.attributes["sertifier.issued"],
      last.attributes["sertifier.invalid"], last.attributes["sertifier.requests"] })
    local batch = named(events, "batch")[1]
    assert.same({ 200, 2 }, { batch["http.response.status_code"], batch["sertifier.batch.size"] })
    local ends = {}
    for _, one in ipairs(named(events, "outcome")) do
      ends[one["sertifier.line"]] = { one["sertifier.outcome"], one["sertifier.key"],
        one["sertifier.reason"] }
    end
    local key = sandbox.campaign .. "/" .. sandbox.id(1) .. "AAA"
    assert.same({ "issued", key }, ends[2])
    assert.same({ "invalid", nil, "email (from Email) is empty" }, ends[3])
  end)

  it("tells of limits, of what is sent again, and of doubt", function()
    local events, text = events_of(people, sandbox.start { too_many_every = 2, retry_after = 1 },
      { "--batch-size", "1", "--concurrency", "1" })
    says_nobody(text)
    assert.equal(429, named(events, "limit")[1]["http.response.status_code"])
    assert.equal("429", named(events, "retry")[1]["error.type"])
    local resent
    for _, one in ipairs(named(events, "batch")) do
      resent = resent or one["http.request.resend_count"]
    end
    assert.equal(1, resent)
    sandbox.stop()
    events, text = events_of(people, sandbox.start { server_error_every = 1, server_error = "after" })
    says_nobody(text)
    assert.equal("in_doubt", named(events, "outcome")[2]["sertifier.outcome"])
  end)

  it("leaves out what a user's function says", function()
    sandbox.start()
    local texts = {}
    local client, flow = sandbox.client(), sertifier.flow { campaign = sandbox.campaign,
      before_issue = function(credential) return nil, credential.name end }
    assert(flow:run { export = files.write(people, ".csv"), client = client,
      ledger = files.path ".db", log = function(event)
        texts[#texts + 1] = require("sertifier.cli.logging").line(event)
      end })
    flow = sertifier.flow { campaign = sandbox.campaign, on_issued = function(_, record)
      error(record.FirstName)
    end }
    flow:run { export = files.write(people, ".csv"), client = client, ledger = files.path ".db",
      log = function(event) texts[#texts + 1] = require("sertifier.cli.logging").line(event) end }
    client:close()
    says_nobody(table.concat(texts))
    assert.truthy(table.concat(texts):find('"error.type":"hook"', 1, true))
  end)
end)
