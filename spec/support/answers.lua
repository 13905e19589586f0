--- Forms of an answer to addCredentials, each with its one legal outcome.

local cjson = require "cjson"

local null = cjson.null
local id = "5a4dbc0e-0001"

local function one(n, more)
  local credential = { campaign = "campaign-1", name = "Ann Lee " .. n, externalId = "003-" .. n,
    email = ("ann%d@example.com"):format(n) }
  for name, value in pairs(more or {}) do credential[name] = value end
  return credential
end

local function row(n, more)
  local made = { id = id .. n, name = "Ann Lee " .. n, email = ("ann%d@example.com"):format(n),
    status = 1, externalId = "003-" .. n, verificationLink = "https://sertifier.com/cd/" .. n }
  for name, value in pairs(more or {}) do made[name] = value end
  return made
end

local function ok(data, more)
  local envelope = { message = "Credentials added successfully to campaigns.", hasError = false,
    data = data, content = null }
  for name, value in pairs(more or {}) do envelope[name] = value end
  return { status = 200, sent = true, body = cjson.encode(envelope) }
end

local function refused(more)
  local result = ok(null, more)
  local envelope = cjson.decode(result.body)
  envelope.hasError = true
  envelope.message = more and more.message or "Validation failed."
  return { status = 200, sent = true, body = cjson.encode(envelope) }
end

local function http(status, more)
  local result = { status = status, sent = true, body = "" }
  for name, value in pairs(more or {}) do result[name] = value end
  return result
end

local function failed(word, sent)
  return { error = word, sent = sent, message = "why" }
end

local two = { one(1), one(2) }
local twins = { one(1, { externalId = "" }), one(1, { externalId = "" }) }

local c1 = "campaign-1"

local cases = {
  -- what it is, what was sent, the answer, the states, the verdict's action
  { "a row", { one(1) }, ok { [c1] = { row(1) } }, "issued" },
  { "rows in order", two, ok { [c1] = { row(1), row(2) } }, "issued issued" },
  { "rows in reverse", two, ok { [c1] = { row(2), row(1) } }, "issued issued" },
  { "a name and an e-mail in capitals", { one(1) },
    ok { [c1] = { row(1, { name = "ANN LEE 1", email = "ANN1@EXAMPLE.COM" }) } }, "issued" },
  { "no external id: e-mail and name", { one(1) },
    ok { [c1] = { row(1, { externalId = null }) } }, "issued" },
  { "no external id, in capitals and with blanks", { one(1) },
    ok { [c1] = { row(1, { externalId = null, name = " ANN LEE 1 ", email = "ANN1@example.com" }) } },
    "issued" },
  { "no external id, another name", { one(1) },
    ok { [c1] = { row(1, { externalId = null, name = "Bob" }) } }, "in_doubt" },
  { "no external id, another e-mail", { one(1) },
    ok { [c1] = { row(1, { externalId = null, email = "b@example.com" }) } }, "in_doubt" },
  { "another external id, the same person", { one(1) },
    ok { [c1] = { row(1, { externalId = "003-9" }) } }, "in_doubt" },
  { "the other spellings", { one(1) },
    ok { [c1] = { row(1, { externalId = null, externalID = "003-1", certificateNO = "N" }) } },
    "issued" },
  { "an external id in another case", { one(1, { externalId = "003-a" }) },
    ok { [c1] = { row(1, { externalId = "003-A" }) } }, "in_doubt" },
  { "no e-mail on either side", { one(1, { email = "" }) },
    ok { [c1] = { row(1, { email = null, externalId = null }) } }, "issued" },
  { "two of the same person, two rows", twins,
    ok { [c1] = { row(1, { externalId = null }), row(1, { externalId = null, id = "5a4dbc0e-77" }) } },
    "issued issued" },
  { "two of the same person, one row", twins, ok { [c1] = { row(1, { externalId = null }) } },
    "in_doubt in_doubt" },
  { "two contacts of one e-mail", { one(1), one(2, { email = "ann1@example.com" }) },
    ok { [c1] = { row(2, { email = "ann1@example.com" }), row(1) } }, "issued issued" },
  { "a row missing", two, ok { [c1] = { row(2) } }, "in_doubt issued" },
  { "a row too many", { one(1) }, ok { [c1] = { row(1), row(2) } }, "issued" },
  { "a row too many, with the id of the one before", { one(1) },
    ok { [c1] = { row(1), row(2, { id = id .. 1 }) } }, "in_doubt" },
  { "the same row twice", two, ok { [c1] = { row(1), row(1) } }, "issued in_doubt" },
  { "one id for two people", two, ok { [c1] = { row(1), row(2, { id = id .. 1 }) } },
    "in_doubt in_doubt" },
  { "one id for two of the same person", twins,
    ok { [c1] = { row(1, { externalId = null }), row(1, { externalId = null }) } },
    "in_doubt in_doubt" },
  { "two people of one external id", { one(1), one(2, { externalId = "003-1" }) },
    ok { [c1] = { row(2, { externalId = "003-1" }), row(1) } }, "issued issued" },
  { "two people of one external id, written in another way",
    { one(1), one(2, { externalId = "003-1" }) },
    ok { [c1] = { row(1, { name = "A", id = "5a4dbc0e-8" }), row(1, { name = "B" }) } },
    "in_doubt in_doubt" },
  { "one person with an external id and without, one row", { one(1), one(1, { externalId = "" }) },
    ok { [c1] = { row(1, { externalId = null }) } }, "in_doubt in_doubt" },
  { "one person with an external id and without, two rows", { one(1), one(1, { externalId = "" }) },
    ok { [c1] = { row(1, { externalId = null, id = "5a4dbc0e-8" }), row(1) } }, "issued issued" },
  { "an empty spelling and a full one", { one(1) },
    ok { [c1] = { row(1, { externalId = "", externalID = "003-1" }) } }, "issued" },
  { "rows of another campaign", { one(1) }, ok { ["campaign-2"] = { row(1) } }, "in_doubt" },
  { "two campaigns", { one(1), one(2, { campaign = "campaign-2" }) },
    ok { [c1] = { row(1) }, ["campaign-2"] = { row(2) } }, "issued issued" },
  { "two campaigns, exchanged", { one(1), one(2, { campaign = "campaign-2" }) },
    ok { [c1] = { row(2) }, ["campaign-2"] = { row(1) } }, "in_doubt in_doubt" },
  { "two campaigns, all rows under one", { one(1), one(2, { campaign = "campaign-2" }) },
    ok { [c1] = { row(1), row(2) } }, "issued in_doubt" },
  { "a row without an id", { one(1) }, ok { [c1] = { row(1, { id = null }) } }, "in_doubt" },
  { "an empty id", { one(1) }, ok { [c1] = { row(1, { id = "" }) } }, "in_doubt" },
  { "a short id", { one(1) }, ok { [c1] = { row(1, { id = "1234567" }) } }, "in_doubt" },
  { "an id with odd characters", { one(1) }, ok { [c1] = { row(1, { id = "12345678/9" }) } },
    "in_doubt" },
  { "an id that is a number", { one(1) }, ok { [c1] = { row(1, { id = 123456789 }) } }, "in_doubt" },
  { "a row that is a text", { one(1) }, ok { [c1] = { "x" } }, "in_doubt" },
  { "a row that is null", { one(1) }, ok { [c1] = { null } }, "in_doubt" },
  { "a list that is a text", { one(1) }, ok { [c1] = "x" }, "in_doubt" },
  { "a list that is an object", { one(1) }, ok { [c1] = { row = row(1) } }, "in_doubt" },
  { "data that is a list", { one(1) }, ok { row(1) }, "in_doubt" },
  { "data that is a text", { one(1) }, ok "x", "in_doubt" },
  { "data that is null, and no error", { one(1) }, ok(null), "in_doubt" },
  { "no data, and no error", { one(1) }, ok(nil), "in_doubt" },
  { "an empty list, and no error", { one(1) }, ok { [c1] = {} }, "in_doubt" },
  { "an empty object", { one(1) }, http(200, { body = "{}" }), "in_doubt" },
  { "rows and hasError", two, ok({ [c1] = { row(1) } }, { hasError = true }), "issued in_doubt" },
  { "hasError that is a text", { one(1) }, ok(null, { hasError = "true" }), "in_doubt" },
  { "an error, one sent", { one(1) }, refused(), "rejected" },
  { "an error, two sent", two, refused(), "not_applied not_applied", "split" },
  { "an error and an empty list", { one(1) }, refused { data = { [c1] = {} } }, "rejected" },
  { "an error and data that is no list", { one(1) }, refused { data = "x" }, "in_doubt" },
  { "an error and rows of another campaign", { one(1) },
    refused { data = { ["campaign-2"] = { row(1) } } }, "in_doubt" },
  { "errors as objects", { one(1) },
    refused { validationErrors = { { key = "name", value = "is required" } } }, "rejected" },
  { "errors as null", { one(1) }, refused { validationErrors = null }, "rejected" },
  { "errors as a text", { one(1) }, refused { validationErrors = "x" }, "rejected" },
  { "errors as odd things", { one(1) }, refused { validationErrors = { 1, true, { 2 } } }, "rejected" },
  { "a message that is a number", { one(1) }, refused { message = 7 }, "rejected" },
  { "a plan that is used up", { one(1) }, refused { showPurchaseSheet = true }, "not_applied", "stop" },
  { "a plan to upgrade, two sent", two, refused { upgradePlan = { name = "Pro" } },
    "not_applied not_applied", "stop" },
  { "rows, and a plan that is used up", two,
    ok({ [c1] = { row(1), row(2) } }, { showPurchaseSheet = true }), "issued issued", "stop" },
  { "upgradePlan null", { one(1) }, ok({ [c1] = { row(1) } }, { upgradePlan = null }), "issued" },
  { "isUpgraded", { one(1) }, ok({ [c1] = { row(1) } }, { isUpgraded = false }), "issued" },
  { "no JSON", { one(1) }, http(200, { body = "<html>" }), "in_doubt" },
  { "nothing", { one(1) }, http(200), "in_doubt" },
  { "JSON null", { one(1) }, http(200, { body = "null" }), "in_doubt" },
  { "a JSON text", { one(1) }, http(200, { body = '"x"' }), "in_doubt" },
  { "a JSON list", { one(1) }, http(200, { body = "[]" }), "in_doubt" },
  { "a list of envelopes", { one(1) }, http(200, { body = '[{"hasError":true}]' }), "in_doubt" },
  { "truncated JSON", { one(1) }, http(200, { body = '{"hasError":true' }), "in_doubt" },
  { "very deep JSON", { one(1) },
    http(200, { body = ('{"data":'):rep(500) .. "1" .. ("}"):rep(500) }), "in_doubt" },
  { "invalid UTF-8", { one(1) }, http(200, { body = '{"hasError":true,"message":"\255"}' }), "rejected" },
  { "201", { one(1) }, http(201, { body = ok({ [c1] = { row(1) } }).body }), "in_doubt" },
  { "204", { one(1) }, http(204), "in_doubt" },
  { "302", { one(1) }, http(302), "in_doubt" }, { "307", { one(1) }, http(307), "in_doubt" },
  { "400", { one(1) }, http(400), "in_doubt" }, { "408", { one(1) }, http(408), "in_doubt" },
  { "409", { one(1) }, http(409), "in_doubt" },
  { "401", { one(1) }, http(401), "not_applied", "stop" },
  { "403", two, http(403), "not_applied not_applied", "stop" },
  { "404", { one(1) }, http(404), "not_applied", "stop" },
  { "413, one sent", { one(1) }, http(413), "rejected" },
  { "413, two sent", two, http(413), "not_applied not_applied", "split" },
  { "415", { one(1) }, http(415), "rejected" }, { "422", { one(1) }, http(422), "rejected" },
  { "429", { one(1) }, http(429), "not_applied", "retry" },
  { "500", { one(1) }, http(500), "in_doubt" },
  { "500 with rows", { one(1) }, http(500, { body = ok({ [c1] = { row(1) } }).body }), "in_doubt" },
  { "502", { one(1) }, http(502), "in_doubt" }, { "503", { one(1) }, http(503), "in_doubt" },
  { "504", { one(1) }, http(504), "in_doubt" },
  { "no connection", { one(1) }, failed("connect", false), "not_applied", "retry" },
  { "no name", { one(1) }, failed("resolve", false), "not_applied", "retry" },
  { "no trust", { one(1) }, failed("tls", false), "not_applied", "stop" },
  { "a timeout before a byte", { one(1) }, failed("timeout", false), "not_applied", "retry" },
  { "a timeout", two, failed("timeout", true), "in_doubt in_doubt" },
  { "a cut", { one(1) }, failed("cut", true), "in_doubt" },
  { "a kept connection that died", { one(1) }, failed("rewind", true), "in_doubt" },
  { "too large an answer", { one(1) }, failed("too_large", true), "in_doubt" },
}

return { cases = cases, id = id, one = one, row = row, ok = ok, refused = refused, http = http,
  two = two }
