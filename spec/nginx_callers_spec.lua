--- Callers who sign what they send, or show a client certificate, as nginx meets them.

local certificates = require "spec.support.certificates"
local cjson = require "cjson"
local core = require "sertifier.core"
local files = require "spec.support.files"
local gateway = require "spec.support.gateway"
local sandbox = require "spec.support.sandbox"
local run = require("sertifier.sandbox.nginx").run

local old, new = "the-old-key-of-callers", "the-new-key-of-callers"

--- What the openssl command signs.
local function signature(key, timestamp, body)
  return run(("{ printf '%%s.' %s; cat %s; } | openssl dgst -sha256 -hmac '%s' -r"):format(timestamp,
    files.write(body), key)):match "^%x+"
end

describe("a caller who signs", function()
  local server

  setup(function()
    sandbox.start()
    server = assert(gateway.start { files = { keys = old .. "\n" .. new .. "\n" },
      init = 'place.token_file = nil; gateway = sertifier.gateway { place, hmac_file = "keys" }' })
  end)

  teardown(gateway.stop)

  --- Posts for an external id what was signed so; the status and the message.
  local function post(id, key, seconds, sent)
    local body, timestamp = gateway.request(id), ("%d"):format(math.floor(core.now() + seconds))
    local status, text = gateway.post(server, sent or body, { headers = { "Content-Type: application/json",
      "X-Timestamp: " .. timestamp, "X-Signature: " .. signature(key, timestamp, body) } })
    return status, cjson.decode(text).message
  end

  it("is let in by either key, within five minutes, and a repetition issues nothing", function()
    for id, case in pairs { a = { old, 0 }, b = { new, -280 }, c = { new, 280 } } do
      for _ = 1, 2 do assert.equal(200, (post(id, case[1], case[2]))) end
    end
    assert.same({ 1, 1, 3 }, { sandbox.most() })
  end)

  it("is not let in otherwise, and nothing is sent", function()
    local before = sandbox.record().adds
    local late, wrong = "X%-Timestamp: .* at most 300 s from now", "X%-Signature: not the HMAC"
    for _, case in ipairs {
      { late, "x", new, -310 }, { late, "x", new, 310 }, { wrong, "x", "another-key-of-callers", 0 },
      { wrong, "x", new, 0, gateway.request "y" },
    } do
      local status, message = post(case[2], case[3], case[4], case[5])
      assert.equal(403, status)
      assert.truthy(message:find(case[1]), message)
    end
    local status = gateway.post(server, gateway.request "x") -- with a token, which is nobody's here
    assert.equal(403, status)
    assert.equal(before, sandbox.record().adds)
  end)
end)

describe("a caller with a client certificate", function()
  local server, own, known, unknown

  setup(function()
    sandbox.start()
    own, known, unknown = certificates.make(2), certificates.make(2), certificates.make(2)
    server = assert(gateway.start { ssl = " ssl",
      init = 'place.token_file = nil; gateway = sertifier.gateway { place, mutual_tls = true }\n'
        .. 'some = sertifier.gateway { place, mutual_tls = { "CN=127.0.0.1" } }\n'
        .. 'others = sertifier.gateway { place, mutual_tls = { "CN=salesforce" } }',
      server = ([[
        ssl_certificate %s; ssl_certificate_key %s; ssl_client_certificate %s; ssl_verify_client optional;
        location = /some { content_by_lua_block { some() } }
        location = /others { content_by_lua_block { others() } }
        location / { content_by_lua_block { gateway() } }
      ]]):format(own.certificate, own.key, known.certificate) })
    server.url = server.url:gsub("^http:", "https:")
  end)

  teardown(gateway.stop)

  local function post(id, shown, path)
    local args = "--cacert " .. own.certificate
    if shown then args = ("%s --cert %s --key %s"):format(args, shown.certificate, shown.key) end
    local status, text = gateway.post(server, gateway.request(id), { args = args, path = path })
    return status, cjson.decode(text).message
  end

  it("is let in where nginx verified it and its subject is one of those", function()
    assert.equal(200, (post("a", known)))
    assert.equal(200, (post("b", known, "/some")))
    assert.same({ 1, 1, 2 }, { sandbox.most() })
  end)

  it("is not let in otherwise, and nothing is sent", function()
    local before = sandbox.record().adds
    for _, case in ipairs {
      { 403, "a client certificate is expected" },
      { 400, "The client certificate is not one that is let in", unknown },
      { 403, "subject is not one of those that are let in", known, "/others" },
    } do
      local status, message = post("x", case[3], case[4])
      assert.equal(case[1], status)
      assert.truthy(message:find(case[2], 1, true), message)
    end
    assert.equal(before, sandbox.record().adds)
  end)
end)
