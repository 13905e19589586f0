--- Where Sertifier's key is, and where it is not: a canary of a key, looked for in real processes.

local commands = require "spec.support.command"
local core = require "sertifier.core"
local files = require "spec.support.files"
local org = require "spec.support.org"
local sandbox = require "spec.support.sandbox"

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
