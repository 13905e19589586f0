--- The demos as they end: by itself, by an interrupt at any moment, by a step that fails.

local core = require "sertifier.core"
local files = require "spec.support.files"

-- The demo is the same whichever Lua runs the specs.
if (os.getenv "SPEC_LUA" or "lua5.4") ~= "lua5.4" then return end

local function shell(command)
  local pipe = io.popen(command)
  local text = pipe:read "*a"
  pipe:close()
  return text
end

local function wait_for(look)
  for _ = 1, 3000 do
    if look() then return end
    core.sleep(0.01)
  end
  error "waited in vain"
end

--- Processes that were started with a temporary directory, or in it.
local function processes_in(place)
  -- The brackets keep this command itself from being found.
  return shell(("grep -ls '[/]%s' /proc/[0-9]*/environ /proc/[0-9]*/cmdline"):format(place:sub(2)))
end

--- Starts the demo in a group of processes of its own, as a terminal does.
-- Who runs the specs in the background ignores interrupts; the demo must not inherit that.
local function start(name, path)
  local demo = { place = files.path(), out = files.write "", pid = files.write "",
    status = files.write "" }
  assert(os.execute("mkdir " .. demo.place))
  assert(os.execute(([[(env --default-signal=INT TMPDIR=%s PATH=%s"$PATH" setsid sh -c '
    echo $$ >%s; exec tools/%s'; echo $? >%s) >%s 2>&1 </dev/null &]]):format(demo.place,
    path and path .. ":" or "", demo.pid, name, demo.status, demo.out)))
  return demo
end

--- Waits for its end; its status and output. Nothing is left of it then.
local function finish(demo)
  wait_for(function() return files.read(demo.status) ~= "" end)
  wait_for(function() return processes_in(demo.place) == "" end)
  assert.equal("", shell("ls -A " .. demo.place))
  os.execute("rmdir " .. demo.place)
  local out = files.read(demo.out)
  for _, word in ipairs { "traceback", "No such process", "lua5.4:" } do
    assert.falsy(out:find(word, 1, true), out)
  end
  return tonumber(files.read(demo.status)), out
end

local function is_said(text)
  return function(demo) return files.read(demo.out):find(text, 1, true) end
end

local function has_file(name, count)
  return function(demo)
    local list = shell(("ls -d %s/%s 2>/dev/null"):format(demo.place, name))
    return select(2, list:gsub("\n", "")) >= (count or 1)
  end
end

local demos = {
  demo = { says = "256 issued", moments = { ["as it starts"] = has_file "tmp.*/sandbox",
    ["as nginx starts"] = has_file "sertifier-sandbox*", ["as it issues"] = is_said "answers at",
    ["at its end"] = is_said "The same again" } },
  ["demo-salesforce"] = { says = "links: 324 written to Salesforce\n", moments = {
    ["as the org starts"] = has_file("sertifier-sandbox*", 2), ["as it issues"] = is_said "answers at",
    ["at its end"] = is_said "The org's first contacts" } },
}

for name, one in pairs(demos) do
  describe("make " .. name, function()
    after_each(files.remove)

    it("issues, and leaves nothing running", function()
      local demo = start(name)
      wait_for(function() return is_said "answers at"(demo) end)
      assert.not_equal("", processes_in(demo.place))
      local status, out = finish(demo)
      assert.equal(0, status, out)
      assert.truthy(out:find(one.says, 1, true), out)
    end)

    for moment, is_there in pairs(one.moments) do
      it("ends at an interrupt " .. moment .. ", and so does all that it started", function()
        local demo = start(name)
        wait_for(function() return is_there(demo) end)
        os.execute("kill -INT -" .. files.read(demo.pid))
        local status, out = finish(demo)
        assert.equal(130, status, out)
      end)
    end
  end)
end

describe("a demo", function()
  after_each(files.remove)

  it("shows the links that the org has then", function()
    local _, out = finish(start "demo-salesforce")
    assert.truthy(out:find "\n0035g0000000003AAA\tLee 3\thttps://%S+\n$", out)
  end)

  it("stops its servers where nobody reads on", function()
    local place = files.path()
    assert(os.execute("mkdir " .. place))
    assert.truthy(shell(("TMPDIR=%s tools/demo 2>%s.err | head -n 1"):format(place, place)):find "answers at")
    wait_for(function() return processes_in(place) == "" and shell("ls -A " .. place) == "" end)
    os.execute(("rm -rf %s %s.err"):format(place, place))
  end)

  it("stops its servers where a step fails", function()
    local place = files.path()
    assert(os.execute(("mkdir %s && printf '#!/bin/sh\\nexit 7\\n' >%s/head && chmod +x %s/head")
      :format(place, place, place)))
    local status, out = finish(start("demo", place))
    assert.equal(7, status, out)
    os.execute("rm -r " .. place)
  end)
end)
