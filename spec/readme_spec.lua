--- The README: what it shows is what happens.

local files = require "spec.support.files"
local server = require "sertifier.sandbox_server"

local text = files.read "README.md"
local lua = os.getenv "SPEC_LUA" or "lua5.4"

--- The blocks of one kind, in order.
local function blocks(kind)
  local found, open, lines = {}, nil, {}
  for line in text:gmatch "([^\n]*)\n" do
    local fence = line:match "^```(.*)$"
    if fence and open then
      if open == kind then found[#found + 1] = table.concat(lines, "\n") end
      open, lines = nil, {}
    elseif fence then
      open = fence
    elseif open then
      lines[#lines + 1] = line
    end
  end
  return found
end

local function output_of(command)
  local pipe = io.popen(command)
  local output = pipe:read "*a"
  pipe:close()
  return output
end

--- A place where the README's commands find what they name, and leave what they make.
local function new_place()
  local place, here = files.path(), output_of("pwd"):gsub("%s+$", "")
  os.execute(("mkdir -p %s/bin && ln -s %s/examples %s/examples"):format(place, here, place))
  local command = assert(io.open(place .. "/bin/sertifier", "w"))
  command:write(("#!/bin/sh\nexec %s %s/bin/sertifier \"$@\"\n"):format(lua, here))
  command:close()
  os.execute("chmod +x " .. place .. "/bin/sertifier")
  return place, ("cd %s && PATH=$PWD/bin:$PATH LUA_PATH='%s/lua/?.lua;%s/lua/?/init.lua;;' "
    .. "LUA_CPATH='%s/%s;;'"):format(place, here, here, here, os.getenv("LUA_CPATH"):match "^[^;]+")
end

local function run(environment, command)
  local quoted = command:gsub("'", "'\\''")
  local output = output_of(("%s sh -c '%s' 2>&1; echo \"|$?\""):format(environment, quoted))
  local printed, status = output:match "^(.*)|(%d+)%s*$"
  return printed, tonumber(status)
end

--- The commands of a block, each with what it is said to print.
local function dialogue(block)
  local list = {}
  for line in block:gmatch "[^\n]+" do
    if line:sub(1, 2) == "$ " then
      list[#list + 1] = { line:sub(3), "" }
    else
      list[#list][2] = list[#list][2] .. line .. "\n"
    end
  end
  return list
end

--- What follows a message is where Lua was, which means nothing to a reader; the program's name in
-- front of it is that of this run.
local function without_place(printed)
  printed = printed:gsub("\nstack traceback:.*$", "\n")
  if printed:sub(1, #lua + 2) == lua .. ": " then printed = "lua5.4" .. printed:sub(#lua + 1) end
  return printed
end

describe("the README", function()
  local sandbox, place, environment

  before_each(function()
    sandbox = assert(server.start { campaigns = { "7d1f0c52-demo-4b3a-course-completion" },
      key = "key-of-the-readme" })
    place, environment = new_place()
    environment = environment .. (" SERTIFIER_URL=%s SERTIFIER_SECRET_KEY=key-of-the-readme")
      :format(sandbox.url)
  end)

  after_each(function()
    sandbox:stop()
    os.execute("rm -rf " .. place)
    files.remove()
  end)

  it("shows what is really printed", function()
    local shown = 0
    for _, block in ipairs(blocks "") do
      for _, said in ipairs(dialogue(block)) do
        local printed = run(environment, (said[1]:gsub("lua5%.4", lua)))
        assert.equal(said[2], without_place(printed))
        shown = shown + 1
      end
    end
    assert.equal(5, shown)
  end)

  it("has the script that stands in examples", function()
    local script = blocks("lua")[1]:gsub("^[^\n]*\n", "")
    assert.truthy(files.read("examples/shortest.lua"):find(script, 1, true))
  end)

  it("has commands that work", function()
    local tried = 0
    for command in blocks("sh")[2]:gmatch "[^\n]+" do
      local printed, status = run(environment, command)
      assert.truthy(status == 0 or status == 2, printed)
      tried = tried + 1
    end
    assert.equal(3, tried)
    assert.truthy(files.read(place .. "/links.csv"):find "^Id,")
  end)

  it("names the commands that the build and the rock's own test run", function()
    assert.equal("make demo\nmake test", blocks("sh")[1])
    assert.equal("luarocks --lua-version 5.4 make sertifier-0.1.0-1.rockspec", blocks("sh")[3])
    local provided = blocks("lua")[2]
    for line in provided:gmatch "[^\n]+" do
      assert.truthy(files.read("tools/rock"):find(line, 1, true), line)
    end
  end)
end)
