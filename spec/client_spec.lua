--- The native client, on real sockets.

local certificates = require "spec.support.certificates"
local compile = require "sertifier.compile"
local core = require "sertifier.core"
local files = require "spec.support.files"
local http = require "sertifier.http"
local nginx = require "sertifier.sandbox.nginx"
local sandbox = require "spec.support.sandbox"
local server = require "sertifier.sandbox_server"

local running = {}

--- Starts the misbehaving server; its URL and its log.
local function misbehave(mode, amount)
  local log = files.write ""
  local pipe = io.popen(("env -u LUA_PATH -u LUA_CPATH lua5.4 spec/support/tcp_server.lua %s %s %s")
    :format(log, mode, amount or ""), "w")
  running[#running + 1] = pipe
  for _ = 1, 200 do
    local port = files.read(log):match "^(%d+)\n"
    if port then return "http://127.0.0.1:" .. port, log end
    core.sleep(0.01)
  end
  error "the server did not start"
end

local function requests(log)
  local list = {}
  for line in files.read(log):gmatch "[^\n]+" do list[#list + 1] = line end
  table.remove(list, 1) -- the port
  return list
end

local function open(options)
  options.key_file = options.key_file or sandbox.key_file()
  return http.client(options)
end

--- An nginx that answers what it was asked with: the protocol, the headers, the body's length.
local function start_plain(certificate, key, http2)
  local found, place = assert(nginx.find()), files.path()
  local port = 32100 + core.pid() % 600
  local conf = nginx.conf({ modules = found.modules }, port, { http2 = http2 })
    :gsub("init_%w*_?by_lua_block %b{}", ""):gsub("certificate%.pem", certificate)
    :gsub("key%.pem", key):gsub("content_by_lua_block %b{}", 'return 200 "$server_protocol '
      .. '$http_api_version $http_secretkey $http_content_type $http_content_length";')
  assert(os.execute("mkdir " .. place))
  local file = assert(io.open(place .. "/nginx.conf", "w"))
  file:write(conf)
  file:close()
  local command = ("%s -p %s -c nginx.conf -e error.log"):format(found.program, place)
  assert(os.execute("env -u LUA_PATH -u LUA_CPATH " .. command))
  return { url = "https://127.0.0.1:" .. port, stop = function()
    os.execute(command .. " -s stop; rm -rf " .. place)
  end }
end

--- One request; its result, without its id.
local function ask(client, method, path, body)
  local id = client:submit(method, path, body)
  for _ = 1, 100 do
    for _, result in ipairs(client:poll(1)) do
      if result.id == id then
        result.id = nil
        return result
      end
    end
  end
end

--- A batch of credentials that hold nothing but a campaign each.
local function batch_of(...)
  local plan = assert(compile.plan({ fields = { { name = "campaign", before = '{"campaignId":', type = "t",
    role = "campaign", required = true, parts = { { "c", "c" } } } } }, { "c" }))
  local batch = core.batch()
  for line, campaign in ipairs { ... } do
    assert.equal("ready", core.feed(plan, batch, { campaign }, line))
  end
  return batch
end

describe("client", function()
  after_each(function()
    for _, pipe in ipairs(running) do pipe:close() end
    running = {}
    sandbox.stop()
  end)

  it("covers the key where an answer repeats it", function()
    local client = assert(open { url = (misbehave "repeats") })
    assert.equal(('{"hasError":true,"message":"not for %s"}'):format(("*"):rep(#sandbox.key)),
      ask(client, "GET", "/Test").body)
    client:close()
  end)

  it("sends the key, the version and the type, and no Expect", function()
    local url, log = misbehave("large", 2)
    local client = assert(open { url = url, user_agent = "sertifier/1.2.3" })
    local result = ask(client, "POST", "/campaign/addCredentials", ("x"):rep(3000))
    assert.same({ status = 200, body = "xx", sent = true, content_type = "application/json" },
      result)
    client:close()
    local head = requests(log)[1]
    for _, line in ipairs { "^POST /campaign/addCredentials HTTP/1.1|",
      "|secretKey: key%-of%-specs|", "|api%-version: 3%.3|", "|Content%-Type: application/json|",
      "|User%-Agent: sertifier/1%.2%.3|", "|Content%-Length: 3000|", "|3000$" } do
      assert.truthy(head:find(line), head)
    end
    assert.falsy(head:find "Expect")
  end)

  it("does not post again where a kept connection dies", function()
    local url, log = misbehave "second-dies"
    local client = assert(open { url = url })
    assert.equal(200, ask(client, "POST", "/", "{}").status)
    local result = ask(client, "POST", "/", "{}")
    assert.is_true(result.sent)
    assert.equal("rewind", result.error)
    assert.equal(2, #requests(log))
    client:close()
  end)

  it("is judged by a test that convicts: POSTFIELDS posts three times for two", function()
    local url, log = misbehave "second-dies"
    local program = files.path()
    assert(os.execute(("cc -o %s spec/support/postfields.c -lcurl"):format(program)))
    local pipe = io.popen(program .. " " .. url)
    assert.equal("0\n0\n", pipe:read "*a") -- it is told that all went well
    pipe:close()
    assert.equal(3, #requests(log))
  end)

  it("keeps a connection", function()
    -- The server takes one connection at a time, and waits for its end: no second one is served.
    local client = assert(open { url = misbehave("large", 2), timeout = 2 })
    for _ = 1, 5 do assert.equal(200, ask(client, "POST", "/", "{}").status) end
    client:close()
  end)

  it("does not follow a redirect", function()
    local url, log = misbehave "redirect"
    local client = assert(open { url = url })
    local result = ask(client, "POST", "/", "{}")
    assert.same({ 307, "{}" }, { result.status, result.body })
    assert.equal(1, #requests(log))
    client:close()
  end)

  it("knows that nothing was sent where nobody answers", function()
    local started = sandbox.start()
    local url = started.url
    started:stop()
    local client = assert(open { url = url })
    local result = ask(client, "POST", "/", "{}")
    assert.same({ "connect", false }, { result.error, result.sent })
    client:close()
  end)

  it("tells a cut anywhere in the answer, and what was sent", function()
    for _, bytes in ipairs { 1, 12, 40, 70, 100, 200, 280 } do
      local url, log = misbehave("cut-answer", bytes)
      local client = assert(open { url = url })
      local result = ask(client, "POST", "/", "{}")
      -- libcurl takes headers that end early for an answer without a body; that is no JSON object,
      -- and so in doubt as well.
      assert.truthy(result.error == "cut" or result.body == "", bytes)
      assert.is_true(result.sent)
      assert.equal(1, #requests(log))
      client:close()
    end
  end)

  it("sends the credentials that a body was given, in its order", function()
    local client = assert(open { url = (misbehave "echo") })
    local batch, body = batch_of("a", "b", "c"), core.body()
    for _, i in ipairs { 3, 1, 2 } do body:add(batch, i) end
    batch:close()
    local function sent(one) return ask(client, "POST", "/", one).body end
    local c, b, a = '{"campaignId":"c"}', '{"campaignId":"b"}', '{"campaignId":"a"}'
    assert.equal(('{"credentials":[%s,%s,%s]}'):format(c, a, b), sent(body))
    local part = body:part { 1, 3 }
    body:close()
    assert.equal(2, #part)
    assert.equal(('{"credentials":[%s,%s]}'):format(c, b), sent(part))
    assert.equal(('{"credentials":[%s]}'):format(b), sent(part:part { 2 }))
    client:close()
  end)

  it("keeps a body that is closed while it is sent", function()
    local client = assert(open { url = (misbehave "echo") })
    local batch, body, longest = batch_of(("a"):rep(3000), "b"), core.body(), core.body()
    for _ = 1, 200 do longest:add(batch, 1) end
    for _ = 1, 3 do body:add(batch, 2) end
    client:submit("POST", "/", longest)
    client:submit("POST", "/", body)
    assert.error_matches(function() body:add(batch, 1) end, "the body is being sent")
    longest:close()
    body:close()
    collectgarbage()
    local lengths = {}
    while client:pending() > 0 do
      for _, result in ipairs(client:poll(1)) do lengths[result.id] = #result.body end
    end
    assert.same({ 200 * (3000 + #'{"campaignId":""},') + #'{"credentials":[' + 1,
      3 * #'{"campaignId":"b"},' + #'{"credentials":[' + 1 }, lengths)
    client:close()
  end)

  it("takes no body that is closed, and nothing else for one", function()
    local client = assert(open { url = "http://127.0.0.1:1" })
    local batch, body = batch_of "a", core.body()
    assert.equal(0, #body)
    for _, wrong in ipairs { 0, 2, -1 } do
      assert.has_error(function() body:add(batch, wrong) end)
      assert.has_error(function() body:part { wrong } end)
    end
    assert.has_error(function() body:add({}, 1) end)
    assert.has_error(function() body:part { "x" } end)
    assert.has_error(function() client:submit("POST", "/", body) end)
    assert.has_error(function() client:submit("POST", "/", batch) end)
    body:add(batch, 1)
    body:close()
    body:close()
    assert.has_error(function() client:submit("POST", "/", body) end)
    assert.has_error(function() body:add(batch, 1) end)
    assert.has_error(function() return body:part {} end)
    assert.equal(0, client:pending())
    client:close()
  end)

  it("tells a cut in the request", function()
    for _, bytes in ipairs { 1, 50, 300 } do
      local client = assert(open { url = misbehave("cut-request", bytes) })
      local result = ask(client, "POST", "/", ("x"):rep(100))
      assert.truthy(result.error)
      assert.is_true(result.sent)
      client:close()
    end
  end)

  it("gives up in time", function()
    local client = assert(open { url = misbehave "stall", timeout = 0.2 })
    local result = ask(client, "POST", "/", "{}")
    assert.same({ "timeout", true }, { result.error, result.sent })
    client:close()
  end)

  it("gives up in time where nobody takes the connection, and sends nothing", function()
    local client = assert(open { url = misbehave "deaf", connect_timeout = 0.2 })
    local result = ask(client, "POST", "/", "{}")
    assert.same({ "timeout", false }, { result.error, result.sent })
    client:close()
  end)

  it("does not take a handshake that is cut for a wrong certificate", function()
    local url = misbehave("cut-request", 50):gsub("^http", "https")
    local client = assert(open { url = url })
    local result = ask(client, "POST", "/", "{}")
    assert.same({ "connect", false }, { result.error, result.sent })
    client:close()
  end)

  it("takes no more of an answer than it was told", function()
    local client = assert(open { url = misbehave("large", 5000), max_response = 4000 })
    local result = ask(client, "POST", "/", "{}")
    assert.same({ "too_large", true, 200 }, { result.error, result.sent, result.status })
    assert.is_nil(result.body)
    client:close()
  end)

  it("closes with requests under way", function()
    local client = assert(open { url = misbehave "stall" })
    for _ = 1, 5 do client:submit("POST", "/", "{}") end
    client:poll(0.05)
    assert.equal(5, client:pending())
    client:close()
    client:close()
    assert.error_matches(function() client:poll(0) end, "the client is closed")
  end)

  it("has many requests under way at once, and loses none", function()
    local started = sandbox.start()
    local client = assert(open { url = started.url })
    local open_ids, count = {}, 0
    for _ = 1, 200 do
      open_ids[client:submit("GET", "/Test")] = true
      count = count + 1
    end
    while count > 0 do
      for _, result in ipairs(client:poll(5)) do
        assert.is_true(open_ids[result.id])
        assert.equal(200, result.status)
        open_ids[result.id] = nil
        count = count - 1
      end
    end
    client:close()
  end)

  describe("over TLS", function()
    local certificate, key

    before_each(function()
      local made = certificates.make(2)
      certificate, key = made.certificate, made.key
    end)

    local function start()
      return assert(server.start { campaigns = { "campaign-1" }, key = sandbox.key,
        tls = { certificate = certificate, key = key } })
    end

    it("sends nothing to a host with a wrong certificate", function()
      local started = start()
      local client = assert(open { url = started.url })
      local result = ask(client, "POST", "/campaign/addCredentials", "{}")
      assert.same({ "tls", false }, { result.error, result.sent })
      client:close()
      started:stop()
    end)

    it("sends nothing to a host whose certificate is another's", function()
      local started = start()
      local client = assert(open { url = started.url:gsub("127.0.0.1", "localhost"),
        ca_file = certificate })
      local result = ask(client, "POST", "/campaign/addCredentials", "{}")
      assert.same({ "tls", false }, { result.error, result.sent })
      client:close()
      started:stop()
    end)

    it("sends nothing to a host whose certificate has expired", function()
      local expired = certificates.make(-1)
      local started = start_plain(expired.certificate, expired.key)
      local client = assert(open { url = started.url, ca_file = expired.certificate })
      local result = ask(client, "POST", "/campaign/addCredentials", "{}")
      assert.same({ "tls", false }, { result.error, result.sent })
      assert.truthy(result.message:find "expired", result.message)
      client:close()
      started.stop()
    end)

    it("speaks HTTP/2 where the server offers it, HTTP/1.1 where not; the headers go with it",
      function()
        for _, http2 in ipairs { true, false } do
          local started = start_plain(certificate, key, http2)
          local client = assert(open { url = started.url, ca_file = certificate })
          -- The key comes back covered, and only the right one would be.
          assert.equal(("HTTP/%s 3.3 %s application/json 2"):format(http2 and "2.0" or "1.1",
            ("*"):rep(#sandbox.key)), ask(client, "POST", "/", "{}").body)
          client:close()
          started.stop()
        end
      end)

    it("trusts the authority that it is told to", function()
      local started = start()
      local client = assert(open { url = started.url, ca_file = certificate })
      assert.equal(200, ask(client, "GET", "/Test").status)
      client:close()
      started:stop()
    end)
  end)

  it("goes to no address that would show the key", function()
    for url, word in pairs {
      ["http://b2b.sertifier.com"] = "plain http", ["ftp://127.0.0.1"] = "https://",
      ["http://127.evil.example"] = "plain http", ["https://me:secret@host"] = "password",
      ["https://host/?a=b"] = "path", ["https://host/#a"] = "path", ["nonsense"] = "https://",
      [""] = "address", ["http://127.0.0.1.example.com"] = "plain http",
      ["http://[::1%25eth0]"] = "interface", ["https://[fe80::1%25eth0]"] = "interface",
      ["http://localhost.example.com"] = "plain http", ["file:///etc/passwd"] = "https://",
    } do
      local client, message, code = open { url = url }
      assert.is_nil(client)
      assert.truthy(message:find(word, 1, true), url .. ": " .. message)
      assert.falsy(message:find "secret@")
      assert.equal("url", code)
    end
    for _, url in ipairs { "https://host", "http://localhost:8080/", "http://[::1]:80/base",
      "http://127.8.9.1" } do
      assert(open { url = url }):close()
    end
  end)

  it("takes only what can be a path and a method", function()
    local client = assert(open { url = "http://127.0.0.1:9" })
    for _, path in ipairs { "", "x", "//evil.example/", "/a b", "/a\r\nb", "/a#b", "/\0" } do
      assert.error_matches(function() client:submit("GET", path) end, "not a path")
    end
    assert.error_matches(function() client:submit("TRACE", "/") end, "not a method")
    assert.error_matches(function() client:poll(0 / 0) end, "not a time")
    client:close()
  end)

  it("takes a key only from where it is safe", function()
    local function with(text, mode)
      local path = sandbox.key_file(text)
      os.execute(("chmod %s %s"):format(mode or "600", path))
      return path
    end
    local cases = {
      { "/no/such/key", "No such file" }, { "/tmp", "is not a regular file" },
      { with(" \n"), "is empty" }, { with("a\nb"), "holds blanks" },
      { with "a\1b", "holds blanks" },
      { with(("x"):rep(5000)), "too long" }, { with("canary", "644"), "chmod 600" },
      { with("canary", "640"), "chmod 600" }, { "/dev/null", "is not a regular file" },
    }
    for _, case in ipairs(cases) do
      local client, message, code = http.client { url = "http://127.0.0.1:9", key_file = case[1] }
      assert.is_nil(client)
      assert.truthy(message:find(case[2], 1, true), message)
      assert.falsy(message:find "canary")
      assert.equal("key", code)
    end
    assert(http.client { url = "http://127.0.0.1:9", key_file = with " the-key \r\n" }):close()
  end)

  it("takes a key as systemd gives it to a service: root's, and its group's to read", function()
    local path = sandbox.key_file "canary"
    assert(os.execute("chmod 440 " .. path))
    local is_root = io.popen("id -u"):read "*l" == "0"
    local client = http.client { url = "http://127.0.0.1:9", key_file = path }
    assert.equal(is_root, client ~= nil)
    if client then client:close() end
    if is_root then assert(os.execute("chgrp 65534 " .. path)) end
    assert.is_nil((http.client { url = "http://127.0.0.1:9", key_file = path }))
  end)

  it("never shows the key", function()
    local client = assert(http.client { url = "http://127.0.0.1:9",
      key_file = sandbox.key_file "canary-key" })
    local result = ask(client, "POST", "/", "{}")
    for _, value in pairs(result) do assert.falsy(tostring(value):find "canary") end
    assert.equal("sertifier client", tostring(client))
    client:close()
  end)
end)
