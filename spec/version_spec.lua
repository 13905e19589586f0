--- The version: one, wherever it is told.

local commands = require "spec.support.command"
local files = require "spec.support.files"
local http = require "sertifier.http"
local sertifier = require "sertifier"

local function rockspec()
  local pipe = io.popen "ls sertifier-*.rockspec"
  local name = pipe:read "*l"
  pipe:close()
  local told = {}
  local chunk = assert(loadfile(name, "t", told))
  if setfenv then setfenv(chunk, setmetatable(told, { __index = _G })) end
  setmetatable(told, { __index = _G })
  chunk()
  return name, told
end

describe("the version", function()
  it("is that of the rock, its tag and its file", function()
    local name, told = rockspec()
    assert.equal(sertifier._VERSION .. "-1", told.version)
    assert.equal("v" .. sertifier._VERSION, told.source.tag)
    assert.equal(("sertifier-%s.rockspec"):format(told.version), name)
  end)

  it("is what the command and the changelog tell", function()
    local _, out = commands.run({ "--version" }, "")
    assert.equal(("sertifier %s\n"):format(sertifier._VERSION), out)
    assert.truthy(files.read("CHANGELOG.md"):find("\n## " .. sertifier._VERSION, 1, true))
  end)

  it("is sent to Sertifier as User-Agent", function()
    local given
    local open = http.client
    http.client = function(options)
      given = options.user_agent
      return nil, "", "key"
    end
    sertifier.client { url = "http://127.0.0.1:9" }
    http.client = open
    assert.equal("sertifier/" .. sertifier._VERSION, given)
  end)

  it("stands in the rockspec, and in no other file of the code", function()
    local pipe = io.popen(("grep -lF '\"%s' *.rockspec $(find lua bin csrc tools Makefile -type f)")
      :format(sertifier._VERSION))
    assert.equal(rockspec() .. "\n", pipe:read "*a")
    pipe:close()
  end)
end)
