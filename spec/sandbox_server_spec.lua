-- Says that a real nginx serves the sandbox, and leaves nothing behind.
local cjson = require "cjson"
local core = require "sertifier.core"
local http = require "sertifier.http"
local nginx = require "sertifier.sandbox.nginx"
local server = require "sertifier.sandbox_server"

local run, quote = nginx.run, nginx.quote

local started = {}

local function start(options)
  local one = assert(server.start(options))
  started[#started + 1] = one
  return one
end

--- Asks a server once; gives the result of http.client's poll.
local function ask(one, method, path, body, timeout)
  local client = assert(http.client { url = one.url, key_file = one.key_file,
    ca_file = one.ca_file, timeout = timeout })
  client:submit(method, path, body)
  local result
  repeat result = client:poll(1)[1] until result
  client:close()
  return result
end

local function request_of(count, name)
  local list = {}
  for n = 1, count do
    list[n] = { campaignId = "sandbox-campaign", name = name or "Ann", email = "ann@example.com",
      externalId = ("0035g%010dAAA"):format(n), quickPublish = true }
  end
  return cjson.encode { credentials = list }
end

local function add(one, count, name, timeout)
  return ask(one, "POST", "/campaign/addCredentials", request_of(count or 1, name), timeout)
end

--- The private directories of sandboxes.
local function directories(place)
  return run("ls -d " .. quote(place or os.getenv "TMPDIR" or "/tmp")
    .. "/sertifier-sandbox.* 2>/dev/null")
end

local function wait_until(is_so)
  for _ = 1, 1000 do
    if is_so() then return true end
    core.sleep(0.01)
  end
  return false
end

--- Runs Lua code in a process of its own, with what it can require from here.
local function run_lua(code, before)
  local words = { "LUA_PATH=" .. quote(package.path), "LUA_CPATH=" .. quote(package.cpath),
    before or "", os.getenv "SPEC_LUA" or "lua5.4", "-e", quote(code) }
  return run(table.concat(words, " "))
end

describe("sandbox_server", function()
  after_each(function()
    for _, one in ipairs(started) do one:stop() end
    started = {}
  end)

  it("serves the sandbox, counts, and forgets", function()
    local one = start()
    assert.equal("http://127.0.0.1:" .. one.port, one.url)
    local result = add(one)
    local answer = cjson.decode(result.body)
    local link = answer.data[one.campaign][1].verificationLink
    assert.same({ 200, "application/json; charset=utf-8", false },
      { result.status, result.content_type, answer.hasError })
    local told = assert(one:record())
    assert.same({ 1, 1, link }, { told.totals.adds, told.totals.mails,
      told.keys["sandbox-campaign/0035g0000000001AAA"].verificationLink })
    assert(one:reset())
    assert.equal(0, one:record().totals.adds)
  end)

  it("takes its settings as they are, whatever is in them", function()
    local key = [[a"b'c'$d;{}\n\]]
    local one = start { campaigns = { "campaign-a", { id = "campaign-b", title = 'B "; $x {' } },
      key = key, behave = { key_error = "401", refuse = 'x";}' } }
    assert.equal(200, ask(one, "GET", "/Test").status)
    assert.equal('B "; $x {', cjson.decode(ask(one, "GET", "/campaign/campaign-b").body).data.title)
    assert.equal("campaign-a", one.campaign)
    assert.equal(key, one.key)
    local other = start { key = "another" }
    one.key_file = other.key_file
    assert.equal(401, ask(one, "GET", "/Test").status)
  end)

  it("passes on method, path, query and body of any size", function()
    local one = start()
    assert.same({ 404, 200, 200 }, { ask(one, "GET", "/Test/").status,
      ask(one, "GET", "/Test?x=1").status, ask(one, "DELETE", "/credential/no-such-id").status })
    -- More than nginx holds in memory.
    local name = ("Zoë "):rep(500000)
    local row = cjson.decode(add(one, 1, name).body).data["sandbox-campaign"][1]
    assert.is_true(name == row.name)
  end)

  it("closes a connection without an answer, or in the midst of one", function()
    local one = start { behave = { answer = "closed" } }
    local result = add(one)
    assert.same({ "cut", true }, { result.error, result.sent })
    assert(one:behave { answer = "cut" })
    result = add(one)
    assert.same({ "cut", true, 200 }, { result.error, result.sent, result.status })
    assert.equal(2, one:record().totals.adds)
  end)

  it("gives headers as the sandbox says", function()
    local one = start { behave = { too_many_every = 1, retry_after = 9, error_form = "html" } }
    local result = add(one)
    assert.same({ 429, "9", "text/html" },
      { result.status, result.retry_after, result.content_type })
    assert(one:behave { error_form = "empty", too_many_every = 0, server_error_every = 1,
      server_error_status = 307 })
    result = add(one)
    assert.same({ 307, "" }, { result.status, result.body })
  end)

  it("waits before it answers, when the work is done, and serves others meanwhile", function()
    local one = start { behave = { latency = 5 } }
    assert.equal("timeout", add(one, 1, nil, 0.5).error)
    assert.equal(1, one:record().totals.adds)
  end)

  it("says which switch is wrong", function()
    local one = start()
    assert.same({ nil, "behave: latency=x: expected seconds", "sandbox" },
      { one:behave { latency = "x" } })
    assert.same({ nil, "behave: no such behaviour: latancy; did you mean latency?", "behave" },
      { server.start { behave = { latancy = 1 } } })
  end)

  it("starts as many as are wanted, each on a port of its own", function()
    local one, two = start(), start()
    assert.not_equal(one.port, two.port)
    add(one)
    assert.same({ 1, 0 }, { one:record().totals.adds, two:record().totals.adds })
  end)

  it("takes the port that it is given, or says that it is in use", function()
    local one = start()
    local before = directories()
    local none, message, code = server.start { port = one.port }
    assert.same({ nil, "nginx" }, { none, code })
    assert.truthy(message:find("^the port is in use: .*127%.0%.0%.1:" .. one.port), message)
    assert.equal(before, directories())
    local port = one.port
    one:stop()
    assert.equal(port, start { port = port }.port)
  end)

  it("refuses ports and campaigns that cannot be", function()
    for _, port in ipairs { 0, -1, 80.5, 65536 } do
      local none, message, code = server.start { port = port }
      assert.same({ nil, "port" }, { none, code })
      assert.truthy(message:find "a whole number from 1 to 65535 is expected$")
    end
    assert.equal("campaign", select(3, server.start { campaign = "a b" }))
    for options, message in pairs { [{ porte = 1 }] = "porte: no such option; did you mean port?",
      [{ key = 1 }] = "key: string expected, got number" } do
      assert.has_error(function() server.start(options) end, "sandbox server: " .. message)
    end
  end)

  it("stops, twice if asked to, and removes all", function()
    local before = directories()
    local one = start()
    local pid, directory = one.pid, one.directory
    assert.is_true(one:is_running())
    one:stop()
    one:stop()
    assert.is_false(one:is_running())
    assert.is_false(nginx.exists(directory))
    assert.equal(before, directories())
    one.key_file = start().key_file
    assert.equal("connect", ask(one, "GET", "/Test").error)
    -- Ended, if perhaps not yet reaped.
    local text, alive = run(("kill -0 %d && cat /proc/%d/stat"):format(pid, pid))
    assert.is_true(not alive or text:find "%) Z" ~= nil)
  end)

  it("keeps its directory to itself", function()
    local one = start()
    assert.equal("drwx------", run("ls -ld " .. quote(one.directory)):sub(1, 10))
    assert.equal("", run("cat " .. quote(one.directory .. "/error.log")))
  end)

  it("speaks TLS, with HTTP/2 or without", function()
    local place = run "mktemp -d"
    local certificate, key = place .. "/it's a certificate.pem", place .. "/key.pem"
    local text, made = run(("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=sandbox "
      .. "-addext subjectAltName=IP:127.0.0.1 -keyout %s -out %s"):format(quote(key),
      quote(certificate)))
    assert.is_true(made, text)
    for _, http2 in ipairs { true, false } do
      local one = start { tls = { certificate = certificate, key = key, http2 = http2 } }
      assert.equal("https://127.0.0.1:" .. one.port, one.url)
      assert.equal(200, add(one).status)
      local protocol = run(("echo | openssl s_client -alpn h2 -connect 127.0.0.1:%d 2>/dev/null "
        .. "| grep -a -o 'ALPN protocol: h2\\|No ALPN negotiated'"):format(one.port))
      assert.equal(http2 and "ALPN protocol: h2" or "No ALPN negotiated", protocol)
      one.ca_file = nil
      assert.equal("tls", ask(one, "GET", "/Test").error)
    end
    local before = directories()
    for _, path in ipairs { "/no/such.pem", place .. "/such.pem" } do
      assert.same({ nil, path .. ": not found", "io" },
        { server.start { tls = { certificate = path, key = path } } })
    end
    local none, message = server.start { tls = { certificate = key, key = key } }
    assert.is_nil(none)
    assert.truthy(message:find "^nginx does not start: .*certificate", message)
    assert.equal(before, directories())
    run("rm -rf " .. quote(place))
  end)

  it("ends with the program that started it", function()
    local pid, directory = run_lua [[
      local one = assert(require "sertifier.sandbox_server".start())
      print(one.pid, one.directory)
      io.stdout:flush()
      os.execute("kill -KILL " .. require "sertifier.core".pid())]]:match "^(%d+)%s+(%S+)"
    assert.truthy(pid)
    assert.is_true(wait_until(function() return not nginx.exists(directory .. "/nginx.conf") end))
  end)

  it("does not answer with an empty record in place of a lost one", function()
    local one = start()
    add(one)
    run("pkill -KILL -P " .. one.pid)
    local result
    assert.is_true(wait_until(function()
      result = ask(one, "GET", "/sandbox/record")
      return result.status ~= nil
    end))
    assert.same({ 500, "The sandbox's worker ended: its record is lost.\n" },
      { result.status, result.body })
  end)

  it("works in a directory with a strange name, but for what Lua's paths cannot hold", function()
    local place = run "mktemp -d"
    local function try(name)
      run("mkdir " .. quote(place .. "/" .. name))
      local text = run_lua([[
        local one, message = require "sertifier.sandbox_server".start()
        print(one and one:record().requests or message)
        if one then one:stop() end]], "TMPDIR=" .. quote(place .. "/" .. name))
      assert.equal("", directories(place .. "/" .. name))
      return text
    end
    assert.equal("0", (try [[it's "a" {$place} \x]]):gsub("%.0$", ""):sub(1, 1))
    assert.truthy(try("a;b"):find "TMPDIR must be without ; and %?")
    run("rm -rf " .. quote(place))
  end)

  it("works for an ordinary user", function()
    if run "id -u" ~= "0" then return pending "only root can become an ordinary user" end
    local place = run "mktemp -d"
    run(("chown 65534 %s; cp -r %s %s"):format(quote(place), "lua build", quote(place)))
    local abi = package.cpath:match "build/([%d.]+)" or "5.4"
    local words = ("cd %s && LUA_PATH='lua/?.lua;;' LUA_CPATH='build/%s/?.so;;' TMPDIR=%s "
      .. "setpriv --reuid 65534 --regid 65534 --clear-groups %s -e %s"):format(quote(place), abi,
      quote(place), os.getenv "SPEC_LUA" or "lua5.4", quote [[
        local one = assert(require "sertifier.sandbox_server".start())
        print(one:record().requests, (require "sertifier.sandbox.nginx".run("id -u")))
        one:stop()]])
    assert.equal("0\t65534", (run(words):gsub("0%.0", "0")))
    assert.equal("", directories(place))
    run("rm -rf " .. quote(place))
  end)
end)

describe("sandbox.nginx", function()
  it("writes no path and no text of the settings into nginx.conf", function()
    local found = assert(nginx.find())
    assert.truthy(nginx.exists(found.program))
    local conf = nginx.conf({ program = "nginx", modules = "load_module m.so;" }, 8080)
    assert.truthy(conf:find("\nload_module m.so;\n", 1, true) or conf:find("^load_module m%.so;\n"))
    assert.truthy(conf:find("listen 127.0.0.1:8080;", 1, true))
    assert.is_nil(conf:find "%%%(" or conf:find "ssl_certificate" or conf:find "user ")
    conf = nginx.conf(found, 1, {}, "root root")
    assert.truthy(conf:find("listen 127.0.0.1:1 ssl http2;", 1, true))
    assert.truthy(conf:find("\nuser root root;\n", 1, true))
    assert.truthy(nginx.conf(found, 1, { http2 = false }):find("listen 127.0.0.1:1 ssl;", 1, true))
  end)

  it("says what to install", function()
    local text = nginx.explain "nginx: [error] module 'cjson' not found:\n\tno field\n\tno file"
    assert.truthy(text:find "^nginx does not start: .*not found:\ninstall nginx and its Lua module")
    text = nginx.explain "nginx: [alert] no 'resty.core' module\nstack traceback:\n\tx"
    assert.truthy(text:find "lua%-resty%-core" and not text:find "traceback")
    assert.equal("nginx does not start: bad\nand worse",
      nginx.explain "bad\n\tno file 'x'\nand worse\nstack traceback:\n\tx")
  end)
end)
