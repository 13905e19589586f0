--- Where secrets are, and where they are not: canaries of the key, of a connected app's secret and of
--- its token, looked for in real processes and in all that they leave.

local commands = require "spec.support.command"
local core = require "sertifier.core"
local files = require "spec.support.files"
local org = require "spec.support.org"
local sandbox = require "spec.support.sandbox"
local server = require "sertifier.sandbox_server"

local lua = os.getenv "SPEC_LUA" or "lua5.4"
local canary = "canary-" .. ("%d-%d"):format(core.pid(), 7)

local function wait_for(look)
  for _ = 1, 500 do
    local found = look()
    if found then return found end
    core.sleep(0.01)
  end
  error "waited in vain"
end

--- Starts a program with the canary as its key; a pipe to its standard input, its pid, its output.
local function start(arguments, environment)
  local out, pid = files.path(), files.path()
  local pipe = io.popen(("env SERTIFIER_SECRET_KEY=%s %s sh -c 'echo $$ >%s; exec %s %s' >%s 2>&1")
    :format(canary, environment or "", pid, lua, arguments, out), "w")
  return pipe, wait_for(function() return tonumber(files.read(pid) or "") end), out
end

--- How often a text stands in another.
local function count(text, wanted)
  local found, at = 0, 1
  while true do
    at = text:find(wanted, at, true)
    if not at then return found end
    found, at = found + 1, at + #wanted
  end
end

--- All that a process can write to: its memory, but for what the kernel keeps to itself.
local function in_memory(pid)
  local found = 0
  local memory = assert(io.open(("/proc/%d/mem"):format(pid), "rb"))
  for line in io.lines(("/proc/%d/maps"):format(pid)) do
    local from, to = line:match "^(%x+)%-(%x+) rw"
    if from then
      from, to = tonumber(from, 16), tonumber(to, 16)
      memory:seek("set", from)
      found = found + count(memory:read(to - from) or "", canary)
    end
  end
  memory:close()
  return found
end

local here = io.popen("pwd"):read "*l"

--- The variable of a search path, for a program that starts elsewhere.
local function elsewhere(name)
  return ("%s='%s'"):format(name, (os.getenv(name):gsub("[^;]+", here .. "/%0")))
end

--- What a process with the key in memory dumps when it is aborted; nil where that is nothing.
local function core_of(first)
  local place, ready, key = files.path(), files.path(), sandbox.key_file(canary)
  local script = ([[client = require("sertifier").client { url = "http://127.0.0.1:9" }; %s
    marker = ("in Lua "):rep(2); io.open(%q, "w"):close() io.read()]]):format(first, ready)
  local pipe = io.popen(("mkdir %s && cd %s && ulimit -c unlimited && echo $$ >pid && exec env %s %s "
    .. "SERTIFIER_SECRET_KEY_FILE=%s %s %s"):format(place, place, elsewhere "LUA_PATH",
    elsewhere "LUA_CPATH", key, lua, files.write(script, ".lua")), "w")
  wait_for(function() return files.read(ready) end)
  os.execute(("kill -ABRT $(cat %s/pid)"):format(place))
  pipe:close()
  local dumped = io.popen(("cat %s/core* 2>/dev/null; rm -rf %s"):format(place, place))
  local text = dumped:read "*a"
  dumped:close()
  return text ~= "" and text or nil
end

describe("the key", function()
  after_each(sandbox.stop)

  it("stands in memory once, in pages of C's own, and nowhere once the client is closed", function()
    local pipe, pid, out = start "spec/support/holds_key.lua"
    wait_for(function() return files.read(out) == "SERTIFIER_SECRET_KEY\n" end)
    assert.equal(1, in_memory(pid))
    pipe:write "\n"
    pipe:flush()
    wait_for(function() return files.read(out):find "closed" end)
    assert.equal(0, in_memory(pid))
    pipe:close()
  end)

  --- Runs a command against a slow sandbox; its key is not shown, nor left to a core dump.
  local function hides(started, command)
    local pipe, pid, out = start("bin/sertifier " .. command, "SERTIFIER_URL=" .. started.url)
    local function of_process(name) return files.read(("/proc/%d/%s"):format(pid, name)) end
    wait_for(function() return of_process("limits"):find "Max core file size +0 +0 " end)
    assert.truthy(of_process("cmdline"):find("bin/sertifier", 1, true))
    assert.equal(0, count(of_process "cmdline", canary))
    assert.truthy(of_process("environ"):find "SERTIFIER_SECRET_KEY=%z")
    assert.equal(0, count(of_process "environ", canary))
    os.execute(("kill -TERM %d"):format(pid))
    pipe:close()
    assert.equal(0, count(files.read(out), canary))
  end

  it("is not shown by a process that has it, nor left to a core dump", function()
    local started = sandbox.start { answer = "empty" }
    local ledger, export = files.path ".db", sandbox.export(1)
    local campaign = "--campaign " .. sandbox.campaign
    assert.equal(3, (commands.run({ "issue", "--campaign", sandbox.campaign, "--ledger", ledger,
      export }, commands.environment(started))))
    started:behave { answer = "whole", latency = 1 }
    for _, command in ipairs { ("issue %s --ledger %s %s"):format(campaign, files.path ".db", export),
      "resolve --ledger " .. ledger, ("adopt %s --ledger %s %s"):format(campaign, ledger, export),
      ("drain --every 60 --ledger %s"):format(ledger), "doctor " .. campaign } do
      hides(started, command)
    end
  end)

  it("is not in a core dump, and a command leaves none", function()
    local core_of_command = core_of("require('sertifier.http').hide_key()")
    local dumped = core_of ""
    if not dumped then return pending "this system keeps core dumps elsewhere" end
    assert.truthy(core_of_command == nil) -- and no text of a whole process beside a failure
    assert.truthy(dumped:find("in Lua in Lua", 1, true)) -- it is one of a whole process
    assert.equal(0, count(dumped, canary))
  end)

  it("of a connected app is not shown either", function()
    local right = org.secret
    org.secret = canary
    org.start(0) -- nobody: nothing is asked of Sertifier
    local flow = files.write('return require("sertifier").flow { campaign = "campaign-1", '
      .. 'object = "Contact" }', ".lua")
    local pipe, pid = start("bin/sertifier watch " .. flow, org.environment())
    local function environ() return files.read(("/proc/%d/environ"):format(pid)) end
    local hidden = pcall(wait_for, function()
      return environ():find "SALESFORCE_CLIENT_SECRET=%z"
    end)
    local shown = count(environ(), canary)
    os.execute(("kill -TERM %d"):format(pid))
    pipe:close()
    org.stop()
    org.secret = right
    assert.same({ true, 0 }, { hidden, shown })
  end)
end)

describe("what commands print and write", function()
  local place, started, right

  before_each(function()
    right, org.secret = org.secret, "secret-of-" .. canary
    org.start(5)
    started = assert(server.start { campaigns = { sandbox.campaign }, key = canary })
    place = files.path()
    assert(os.execute("mkdir " .. place))
  end)

  after_each(function()
    org.secret = right
    started:stop()
    org.stop()
    os.execute("rm -rf " .. place)
  end)

  --- Runs a command in `place`, with all secrets in its environment; what it printed.
  local function run(command)
    local pipe = io.popen(("cd %s && env %s %s SERTIFIER_URL=%s SERTIFIER_SECRET_KEY=%s %s %s %s/bin/"
      .. "sertifier %s 2>&1 </dev/null"):format(place, elsewhere "LUA_PATH", elsewhere "LUA_CPATH",
      started.url, canary, org.environment(), lua, here, command))
    local printed = pipe:read "*a"
    pipe:close()
    return printed
  end

  --- The files that hold the key, the app's secret or a token of the emulator's.
  local function with_secrets()
    local pipe = io.popen(("grep -rlaF -e '%s' -e 'SPEC!AQ.' %s"):format(canary, place))
    local names = pipe:read "*a"
    pipe:close()
    return names
  end

  --- What each round sets at Sertifier and at the org, what it runs, and what must be said at its end.
  local rounds = {
    { {}, {}, "issue flow.lua --query flow --write-back salesforce --log json", "write-back",
      "report -o report.html", "doctor flow.lua", "watch flow.lua --once", "drain --json",
      ("adopt --campaign %s --ledger adopted.db --json"):format(sandbox.campaign), "report --format csv",
      "status --json", '"issued":5' },
    { { answer = "empty" }, {}, "issue flow.lua --query flow --ledger doubt.db --rejects rejects.csv "
      .. "--write-back links.csv", "status --ledger doubt.db --state in_doubt",
      "resolve --ledger doubt.db", "5 still in doubt" },
    { {}, { session = "refused" }, "issue flow.lua --query flow --ledger none.db", "INVALID_SESSION_ID" },
    { {}, { token = "invalid_client" }, "issue flow.lua --query flow --ledger none.db",
      "invalid_client" },
  }

  it("holds neither the key, nor an app's secret, nor its token", function()
    local flow = assert(io.open(place .. "/flow.lua", "w"))
    flow:write(('return require("sertifier").flow { campaign = %q, object = "Contact" }')
      :format(sandbox.campaign))
    flow:close()
    local printed = ""
    for _, round in ipairs(rounds) do
      assert(started:behave(round[1]))
      org.behave(round[2])
      for n = 3, #round - 1 do
        printed = run(round[n])
        assert.equal(0, count(printed, canary) + count(printed, "SPEC!AQ."), printed)
      end
      assert.truthy(printed:find(round[#round], 1, true), printed)
    end
    assert.equal("", with_secrets())
  end)
end)
