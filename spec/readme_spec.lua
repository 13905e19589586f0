--- The README: what it shows is what happens.

local files = require "spec.support.files"
local pages = require "spec.support.pages"
local server = require "sertifier.sandbox_server"

local text = files.read "README.md"

local function blocks(kind)
  return pages.blocks_of(text, kind)
end

describe("the README", function()
  local sandbox, place, environment

  before_each(function()
    sandbox = assert(server.start { campaigns = { pages.campaign }, key = pages.key })
    place, environment = pages.place(sandbox.url)
  end)

  after_each(function()
    sandbox:stop()
    os.execute("rm -rf " .. place)
    files.remove()
  end)

  it("shows what is really printed", function()
    local shown = 0
    for _, block in ipairs(blocks "") do
      for _, said in ipairs(pages.dialogue(block)) do
        assert.equal(said[2], (pages.run(environment, said[1])))
        shown = shown + 1
      end
    end
    assert.equal(5, shown)
  end)

  it("has no block but those that are tried here", function()
    assert.same({ 3, 2, 3, 8 }, { #blocks "", #blocks "lua", #blocks "sh", #pages.blocks(text) })
  end)

  it("has the script that stands in examples", function()
    local script = blocks("lua")[2]:gsub("^[^\n]*\n", "")
    assert.truthy(files.read("examples/shortest.lua"):find(script, 1, true))
  end)

  it("has commands that work", function()
    local tried = 0
    for command in blocks("sh")[3]:gmatch "[^\n]+" do
      local printed, status = pages.run(environment, command)
      assert.truthy(status == 0 or status == 2, printed)
      tried = tried + 1
    end
    assert.equal(3, tried)
    assert.truthy(files.read(place .. "/links.csv"):find "^Id,")
  end)

  it("tells of the proof what the page on it tells", function()
    local points = files.read("docs/ledger.md"):match "\n| all | ([%d,]+) | 0 | 0 |"
    assert.truthy(text:find(("at %s points"):format(points), 1, true))
  end)

  it("names the commands that the build and the rock's own test run", function()
    assert.equal("make demo\nmake test", blocks("sh")[1])
    for target in text:gmatch "`make ([%w-]+)" do
      assert.truthy(files.read("Makefile"):find("make " .. target .. " ", 1, true), target)
    end
    assert.equal("luarocks --lua-version 5.4 make", blocks("sh")[2])
    assert.truthy(blocks("lua")[1]:find "^rocks_provided = {\n.*\n}")
  end)
end)
