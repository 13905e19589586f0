--- The build: a tree for each Lua ABI, and nothing written beside it.

local files = require "spec.support.files"

local function shell(command)
  local pipe = io.popen(command .. " 2>&1")
  local text = pipe:read "*a"
  pipe:close()
  return text
end

describe("the build", function()
  it("makes a core for each ABI, which another Lua refuses with a message", function()
    for _, lua in ipairs { "lua5.4", "lua5.3", "luajit" } do
      for _, abi in ipairs { "5.4", "5.3", "5.1" } do
        local said = shell(([[LUA_PATH='lua/?.lua' LUA_CPATH='build/%s/?.so' %s -e '
          local ok, what = pcall(require, "sertifier.core")
          print(ok and type(what) or what)']]):format(abi, lua))
        local own = lua == "lua" .. abi or lua == "luajit" and abi == "5.1"
        local case = ("%s with build/%s: %s"):format(lua, abi, said)
        if own then
          assert.equal("table\n", said, case)
        else
          assert.truthy(said:find("sertifier/core.so", 1, true) or said:find "version mismatch", case)
          assert.falsy(said:find "^table", case)
        end
      end
    end
  end)

  it("writes below build/ alone, which git ignores", function()
    assert.equal("/build/\n", files.read ".gitignore")
    local count = 0
    for target in shell "make -rRpnq build provers":gmatch "\n([^%s%%:]+%.s?o):" do
      assert.truthy(target:find "^build/", target)
      count = count + 1
    end
    assert.truthy(count > 10)
  end)
end)
