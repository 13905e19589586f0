--- Each example does what it says: run as it stands, against the sandbox.

local cjson = require "cjson"
local core = require "sertifier.core"
local files = require "spec.support.files"
local org = require "spec.support.org"
local sandbox = require "spec.support.sandbox"
local server = require "sertifier.sandbox_server"

local lua = os.getenv "SPEC_LUA" or "lua"
local contacts = "examples/contacts.csv"

local campaigns = { "7d1f0c52-demo-4b3a-course-completion", "7d1f0c52-demo-4b3a-first-aid",
  "7d1f0c52-demo-4b3a-food-safety" }

local place, started

local top = io.popen("pwd"):read "*l"
local tree = package.cpath:match "build/[%w.]+/"

--- Runs a command in a directory of its own, with `sertifier` on its path.
local function run(command, variables)
  local log = files.path()
  local words = { "cd", place, "&& PATH=" .. place .. "/bin:$PATH",
    ("SERTIFIER_URL=%s SERTIFIER_SECRET_KEY=%s"):format(started.url, sandbox.key),
    ("LUA_PATH='%s/lua/?.lua;%s/lua/?/init.lua;;'"):format(top, top),
    ("LUA_CPATH='%s/%s?.so;;'"):format(top, tree), variables or "",
    (command:gsub("examples/", top .. "/examples/")), ">" .. log, "2>&1 </dev/null" }
  local ok, _, status = os.execute(table.concat(words, " "))
  if type(ok) == "number" then status = math.floor(ok / 256) end -- Lua 5.1
  return status, files.read(log)
end

describe("an example", function()
  before_each(function()
    started = assert(server.start { campaigns = campaigns, key = sandbox.key })
    place = files.path()
    os.execute("mkdir -p " .. place .. "/bin")
    local command = assert(io.open(place .. "/bin/sertifier", "w"))
    command:write(("#!/bin/sh\nexec %s %s/bin/sertifier \"$@\"\n"):format(lua, top))
    command:close()
    os.execute("chmod +x " .. place .. "/bin/sertifier")
  end)
  after_each(function()
    started:stop()
    os.execute("rm -rf " .. place)
    files.remove()
  end)

  local function counts(text)
    return cjson.decode(text:match "{.-}")
  end

  it("is a unit that systemd understands, with a command that sertifier understands", function()
    local unit = files.read "examples/systemd/sertifier-watch.service"
    local line = unit:match "ExecStart=/usr/local/bin/(.-)\n"
    line = line:gsub("/etc/sertifier/", place .. "/"):gsub("%${STATE_DIRECTORY}", place)
    assert.same({ 1, ("sertifier: cannot open %s/flow.lua: No such file or directory\n")
      :format(place) }, { run(line) })
    local path = files.write(unit:gsub("/usr/local/bin/sertifier", "/bin/true"), ".service")
    if io.popen("command -v systemd-analyze"):read "*l" then
      assert.same({ 0, "" }, { run("systemd-analyze verify " .. path) })
    end
  end)

  it("issues to a campaign for each course", function()
    local status, text = run("sertifier issue examples/campaigns.lua " .. contacts
      .. " --json --quiet")
    local told = counts(text)
    assert.equal(2, status)
    assert.is_true(told.issued > 0 and told.invalid > 5, text)
    assert.equal(360, told.read)
  end)

  it("issues again for a new completion", function()
    local row = "Id,FirstName,LastName,Email,Status__c,Completed_On__c\n"
      .. "0035g000006BKP7AAO,Ann,Lee,ann@example.com,Certified,%s\n"
    for _, day in ipairs { "2024-02-29", "2024-02-29", "2026-03-01" } do
      local export = files.write(row:format(day), ".csv")
      local status, text = run("sertifier issue examples/renewals.lua " .. export .. " --json --quiet")
      assert.equal(0, status, text)
    end
    local _, text = run "sertifier status --json"
    assert.equal(2, counts(text).issued)
  end)

  it("tells a channel", function()
    local heard = files.path()
    local script = files.write(([[
      local server = assert(require "socket".bind("127.0.0.1", 0))
      local file = io.open("%s", "w")
      file:write(select(2, server:getsockname()), "\n") file:flush()
      local client = server:accept()
      local length
      repeat
        local line = client:receive "*l"
        length = line:match "^[Cc]ontent%%-[Ll]ength: (%%d+)" or length
      until line == ""
      file:write(client:receive(tonumber(length)), "\n") file:close()
      client:send "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
      client:close()]]):format(heard))
    local listener = io.popen(lua .. " " .. script)
    for _ = 1, 100 do
      if (files.read(heard) or ""):find "\n" then break end
      core.sleep(0.05)
    end
    local port = files.read(heard):match "%d+"
    local status, text = run("sertifier issue examples/webhook.lua " .. contacts .. " --quiet",
      "WEBHOOK_URL=http://127.0.0.1:" .. port .. "/hook")
    listener:close()
    assert.equal(2, status, text)
    assert.equal("257 issued, 5 invalid, 0 in doubt",
      cjson.decode(files.read(heard):match "\n(.-)\n").text)
  end)

  it("says what would be issued", function()
    local status, text = run(lua .. " examples/dry-run.lua " .. contacts)
    assert.equal(0, status, text)
    assert.truthy(text:find "^257 of 360 would be issued, such as to ", text)
    assert.truthy(text:find("line 69: email (from Email) is empty", 1, true), text)
  end)

  it("issues from what sf answers", function()
    local sf = assert(io.open(place .. "/bin/sf", "w"))
    sf:write([[#!/bin/sh
cat <<'JSON'
{"status":0,"result":{"records":[{"attributes":{"type":"Contact",
"url":"/services/data/v62.0/sobjects/Contact/0035g000006BKP7AAO"},"Id":"0035g000006BKP7AAO",
"FirstName":"Ann","LastName":"Lee","Email":"ann@example.com","Issue_Credential__c":true,
"Status__c":"Certified","Completed_On__c":"2024-01-31"}],"totalSize":1,"done":true},"warnings":[]}
JSON
]])
    sf:close()
    os.execute("chmod +x " .. place .. "/bin/sf")
    local status, text = run "examples/from-sf.sh my-org"
    assert.equal(0, status, text)
    assert.truthy(files.read(place .. "/links.csv"):find("\n0035g000006BKP7AAO,https://", 1, true))
  end)

  it("asks an org from cron, and speaks only where a person must look", function()
    org.start(30)
    local state = place .. "/state"
    os.execute("mkdir -p " .. state)
    local file = assert(io.open(state .. "/env", "w"))
    file:write((org.environment():gsub(" ", "\n")), "\n")
    file:close()
    for _ = 1, 2 do
      assert.same({ 0, "" }, { run("examples/cron-salesforce.sh " .. state) })
    end
    assert.equal(27, started:record().totals.adds)
    local links = 0
    for _ in pairs(org.record().links) do links = links + 1 end
    assert.same({ 27, 27 }, { links, org.record().updates }) -- none is written again
    org.behave { maintenance = true }
    local status, text = run("examples/cron-salesforce.sh " .. state)
    assert.equal(1, status)
    assert.truthy(text:find("HTTP 503 with text/html", 1, true), text)
    org.stop()
  end)

  it("runs from cron, and speaks only where a person must look", function()
    os.execute("mkdir -p " .. place .. "/exports")
    assert.same({ 0, "" }, { run("examples/cron.sh " .. place .. "/exports") })
    local export = assert(io.open(place .. "/exports/a.csv", "w"))
    export:write("Id,FirstName,LastName,Email,Issue_Credential__c,Status__c,Completed_On__c\n"
      .. "0035g000006BKP7AAO,Ann,Lee,ann@example.com,true,Certified,2024-01-31\n")
    export:close()
    assert.same({ 0, "" }, { run("examples/cron.sh " .. place .. "/exports") })
    assert.same({ 0, "" }, { run("examples/cron.sh " .. place .. "/exports") })
    os.execute("cp " .. contacts .. " " .. place .. "/exports/b.csv && touch -d '+1 minute' "
      .. place .. "/exports/b.csv")
    local status, text = run("examples/cron.sh " .. place .. "/exports")
    assert.equal(2, status)
    assert.truthy(text:find("email (from Email) is empty", 1, true), text)
  end)
end)
