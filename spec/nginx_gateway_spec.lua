--- The gateway, as the guide's own Flow meets it.

local cjson = require "cjson"
local files = require "spec.support.files"
local gateway = require "spec.support.gateway"
local sandbox = require "spec.support.sandbox"

describe("the gateway", function()
  local server

  local function start(behave) server = gateway.share(behave) end

  --- One of its own.
  local function start_with(options)
    gateway.stop()
    sandbox.start()
    server = assert(gateway.start(options))
  end

  local function post(...) return gateway.post(server, ...) end

  --- Posts for these external ids; the status, the message, the errors, the rows, the headers.
  local function add(...)
    local status, body, headers = post(gateway.request(...))
    local answer = cjson.decode(body)
    local rows = answer.data ~= cjson.null and answer.data[sandbox.campaign] or nil
    return status, answer.message, answer.validationErrors, rows, headers
  end

  local function counts() return gateway.counts(server) end

  teardown(gateway.stop)

  it("answers the guide's sample request as Sertifier does", function()
    start()
    local status, body = post(gateway.request "sample-external-id")
    assert.equal(200, status, body)
    local row = cjson.decode(body).data[sandbox.campaign][1]
    local shape = body:gsub('("id":)"[%w-]+"', '%1"ID"'):gsub('("certificateNo":)"[%w-]+"', '%1"NO"')
      :gsub('("issueDate":)"%d+%-%d+%-%d+T%d+:%d+:%d+"', '%1"DATE"')
      :gsub('(Link":)"https?://[^"]+"', '%1"LINK"')
    assert.equal('{"message":"Credentials added successfully to campaigns.","hasError":false,'
      .. '"validationErrors":[],"data":{"' .. sandbox.campaign .. '":[{"id":"ID","name":"Sample Name",'
      .. '"email":"sample@example.com","status":1,"certificateNo":"NO","issueDate":"DATE",'
      .. '"externalId":"sample-external-id","certificateImageLink":"LINK","badgeImageLink":"LINK",'
      .. '"verificationLink":"LINK"}]},"content":null}', shape)
    local again, message, _, rows, headers = add "sample-external-id"
    assert.same({ 200, "Credentials were added to campaigns earlier; nothing was sent again.", row.id,
      row.verificationLink, "already_issued=1" }, { again, message, rows[1].id,
      rows[1].verificationLink, headers["sertifier-outcome"] })
    assert.same({ 1, 1, 1 }, { sandbox.most() })
  end)

  it("sends what the caller sent, in the guide's order, and an Id's two forms once", function()
    start()
    local long, short = "001M000000qfPySIAU", "001M000000qfPyS"
    local status, body = post(('{"credentials":[{"attributes":[{"id":"ATTRIBUTE_ID","value":"Lua \\"1\\""}],'
      .. '"email":null,"name":"Ann","campaignId":"%s","externalId":"%s","issueDate":"2025-01-31",'
      .. '"expireDate":null,"dontSendEmail":true}]}'):format(sandbox.campaign, long))
    assert.equal(200, status, body)
    local _, _, _, rows = add(short, short)
    assert.same({ 2, cjson.decode(body).data[sandbox.campaign][1].id, rows[2].id },
      { #rows, rows[1].id, rows[1].id })
    assert.same({ 1, 0, 1 }, { sandbox.most() })
  end)

  it("refuses what it cannot read, and neither claims nor sends it", function()
    start()
    local item = gateway.request("x"):match "%[(.*)%]"
    local many = gateway.request("x"):gsub("%[.*%]", "[" .. (item .. ","):rep(9999) .. item .. "]")
    local cases = {
      { "", 400, "not a JSON object" }, { "{", 400, "not a JSON object" },
      { "[]", 400, "not a JSON object" }, { '"x"', 400, "not a JSON object" },
      { '{"a":"\255"}', 400, "not a JSON object" }, { ("["):rep(2000), 400, "not a JSON object" },
      { '{"a":' .. ("["):rep(60) .. ("]"):rep(60) .. "}", 400, "not a JSON object" },
      { "{}", 400, "credentials: a list with at least one" },
      { '{"credentials":[]}', 400, "credentials: a list with at least one" },
      { '{"credentials":{"name":"Ann"}}', 400, "credentials: a list with at least one" },
      { '{"credentials":[1]}', 400, "credentials%[0%]: an object is expected" },
      { '{"credential":[]}', 400, "credential: no such field; did you mean credentials%?" },
      { (item:gsub('"name"', '"nmae"')), 400, "%.nmae: no such field; did you mean name%?" },
      { (item:gsub('"name"', '"nmae"')), 400, "%.name: the field is required" },
      { (item:gsub(',"externalId":"x"', "")), 400, "externalId: missing" },
      { (item:gsub('"x"', "7")), 400, "externalId: a string is expected" },
      { (item:gsub('"x"', '"' .. ("x"):rep(256) .. '"')), 400, "externalId: longer than 255" },
      { (item:gsub("campaign%-of", "campaign of")), 400, "campaignId: not the form" },
      { (item:gsub("@example", "")), 400, "e%-mail address is not valid" },
      { (item:gsub("true", '"true"')), 400, "quickPublish: true or false" },
      { (item:gsub('"quickPublish":true', '"issueDate":"2025-02-30"')), 400, "issueDate: a date" },
      { (item:gsub('"quickPublish":true', '"attributes":[{"id":"a","text":""}]')), 400,
        "attributes%[0%]%.text: no such field" },
      { many, 413, "is too large" },
      { '{"credentials":[' .. ("1,"):rep(9999) .. "1]}", 413, "at most 100 in a request, here are 10000" },
    }
    for _, case in ipairs(cases) do
      local body = case[1]:find '^{"campaignId"' and '{"credentials":[' .. case[1] .. "]}" or case[1]
      local status, text = post(body)
      local ok, answer = pcall(cjson.decode, text)
      assert.truthy(ok, text)
      local said = answer.message .. " " .. table.concat(answer.validationErrors, " ")
      assert.truthy(status == case[2] and said:find(case[3]), case[1]:sub(1, 80) .. " " .. status .. said)
      assert.same({ true, cjson.null, cjson.null }, { answer.hasError, answer.data, answer.content })
    end
    assert.same({}, counts())
    assert.equal(0, sandbox.record().adds)
  end)

  it("wants a POST of JSON, from one who is let in", function()
    start()
    local json, key = "Content-Type: application/json", "secretKey: " .. gateway.token
    local body = gateway.request "x"
    local cases = {
      { 405, "method must be POST", { method = "GET", headers = { json, key } } },
      { 405, "method must be POST", { method = "PUT", headers = { json, key } } },
      { 415, "must be application/json", { headers = { "Content-Type: text/plain", key } } },
      { 403, "no token", { headers = { json } } },
      { 403, "token is not known", { headers = { json, "secretKey: " .. sandbox.key } } },
      { 403, "token is not known", { headers = { json, key .. "5" } } },
      { 403, "no token", { headers = { json, "Authorization: Basic " .. gateway.token } } },
    }
    for _, case in ipairs(cases) do
      local status, text = post(body, case[3])
      assert.truthy(status == case[1] and cjson.decode(text).message:find(case[2]), text)
    end
    assert.same({}, counts())
    local bearer = "Authorization: Bearer " .. gateway.token
    assert.equal(200, (post(body, { headers = { json .. "; charset=utf-8", bearer } })))
    local chunked = { headers = { json, key, "Transfer-Encoding: chunked" } }
    assert.equal(200, (post(gateway.request "y", chunked)))
    assert.equal(413, (post(("x"):rep(2 ^ 20 + 1), chunked)))
  end)

  it("holds what is in doubt: a Flow's fault path runs, and nothing is sent again", function()
    start { answer = "cut" }
    for _ = 1, 2 do
      local status, message, errors, rows = add "x"
      assert.same({ 409, nil }, { status, rows })
      assert.truthy(message:find "^In doubt" and errors[1]:find "in doubt: no answer", errors[1])
    end
    assert.same({ 1, 1, 1 }, { sandbox.most() })
    assert.same({ in_doubt = 1 }, counts())
  end)

  it("tells Sertifier's refusal with its words, and issues the others of the request", function()
    start { refuse = "bad" }
    local status, message, errors, rows, headers = add("a", "b", "bad", "c", "d")
    assert.same({ 200, "Sertifier did not accept every credential.", 1, 4, "issued=4 rejected=1" },
      { status, message, #errors, #rows, headers["sertifier-outcome"] })
    assert.truthy(errors[1]:find "^credentials%[2%]: Sertifier said: .*the value is not accepted", errors[1])
    assert.same({ 1, 1, 4 }, { sandbox.most() })
    local again, _, problems = add "bad"
    assert.same({ 200, 1 }, { again, #problems })
  end)

  it("tells that nothing was sent, and lets the caller ask again", function()
    start { too_many_every = 1, retry_after = 7 }
    local status, message, _, _, headers = add "x"
    assert.same({ 429, "7" }, { status, headers["retry-after"] })
    assert.truthy(message:find "^Not sent: ")
    assert.same({}, counts())
    sandbox.behave { too_many_every = 0 }
    assert.equal(200, (add "x"))
  end)

  it("gives callers who ask at once for the same one and the same answer", function()
    start { latency = 0.3 }
    local sent, out = files.write(gateway.request "x"), files.path()
    os.execute(("for i in 1 2 3 4; do curl -s -H 'Content-Type: application/json' -H 'secretKey: %s'"
      .. " --data-binary @%s %s/campaign/addCredentials >>%s.$i & done; wait; cat %s.? >%s; rm %s.?")
      :format(gateway.token, sent, server.url, out, out, out, out))
    local ids, answers = {}, 0
    for id in files.read(out):gmatch '"id":"([^"]+)"' do ids[id], answers = true, answers + 1 end
    assert.equal(4, answers)
    assert.truthy(next(ids) and not next(ids, (next(ids))))
    assert.same({ 1, 1, 1 }, { sandbox.most() })
  end)

  it("tells that Sertifier is away, or refuses the key, and that nothing was sent", function()
    start_with { url = "http://127.0.0.1:1" }
    local status, message = add "x"
    assert.equal(503, status)
    assert.truthy(message:find "^Not sent: cannot reach Sertifier")
    gateway.stop()
    sandbox.start()
    server = assert(gateway.start { init = ('place.key_file = "%s" gateway = sertifier.gateway { place }')
      :format(sandbox.key_file "another-key") })
    status, message = add "x"
    assert.equal(502, status)
    assert.truthy(message:find "refused the API key")
    assert.same({}, counts())
  end)

  it("refuses a body that does not come in time", function()
    start_with { init = "gateway = sertifier.gateway { place, body_time = 0.2 }" }
    local pipe = io.popen(("(printf '{'; sleep 1) | curl -s -i -T - -X POST -H 'Content-Type: "
      .. "application/json' -H 'secretKey: %s' -H 'Transfer-Encoding:' -H 'Content-Length: 99' "
      .. "%s/campaign/addCredentials"):format(gateway.token, server.url))
    local text = pipe:read "*a"
    pipe:close()
    assert.truthy(text:find "HTTP/1.1 408" and text:find "The body did not come in time", text)
  end)

  it("needs a ledger that can be written", function()
    start_with { ledger = "/proc/none.db" }
    local status, message, _, _, headers = add "x"
    assert.same({ 503, "5" }, { status, headers["retry-after"] })
    assert.equal("The gateway cannot work at the moment; nothing was sent.", message)
    assert.truthy(gateway.log(server):find "ledger /proc/none.db: No such file")
    assert.equal(0, sandbox.record().adds)
  end)
end)
