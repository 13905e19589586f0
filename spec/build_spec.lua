--- The build: a tree for each Lua ABI, and nothing written beside it.

local files = require "spec.support.files"

local function shell(command)
  local pipe = io.popen(command .. " 2>&1")
  local text = pipe:read "*a"
  pipe:close()
  return text
end

describe("the build", function()
  it("makes both libraries for each ABI, which another Lua refuses with a message", function()
    local function check(library, lua, abi)
      local said = shell(([[LUA_PATH='lua/?.lua' LUA_CPATH='build/%s/?.so' %s -e '
        local ok, what = pcall(require, "sertifier.%s")
        print(ok and type(what) or what)']]):format(abi, lua, library))
      local own = lua == "lua" .. abi or lua == "luajit" and abi == "5.1"
      local case = ("%s with build/%s: %s"):format(lua, abi, said)
      if own then
        assert.equal("table\n", said, case)
      else
        assert.truthy(said:find("sertifier/" .. library .. ".so", 1, true)
          or said:find "version mismatch", case)
        assert.falsy(said:find "^table", case)
      end
    end
    for _, lua in ipairs { "lua5.4", "lua5.3", "luajit" } do
      for _, abi in ipairs { "5.4", "5.3", "5.1" } do
        for _, library in ipairs { "core", "http" } do check(library, lua, abi) end
      end
    end
  end)

  it("keeps libcurl out of the core, and loads it ahead where that is asked for", function()
    local script = files.write([[
      local function has_libcurl()
        for line in io.lines "/proc/self/maps" do
          if line:find "/libcurl" then return true end
        end
        return false
      end
      local core = require "sertifier.core"
      core.load_ahead "/no/such.so"
      print(has_libcurl())
      require("sertifier.cli.ahead")()
      local give_up = core.elapsed() + 60
      while not has_libcurl() and core.elapsed() < give_up do core.sleep(0.001) end
      print(has_libcurl(), type(require "sertifier.object"),
        type(require("sertifier.http").client))
    ]], ".lua")
    for lua, abi in pairs { ["lua5.4"] = "5.4", luajit = "5.1" } do
      assert.equal("false\ntrue\ttable\tfunction\n", shell(
        ("LUA_PATH='lua/?.lua;;' LUA_CPATH='build/%s/?.so;;' %s %s"):format(abi, lua, script)), lua)
    end
    files.remove()
  end)

  it("writes below build/ alone, which git ignores", function()
    assert.truthy(("\n" .. files.read ".gitignore"):find("\n/build/\n", 1, true))
    local count = 0
    for target in shell "make -rRpnq build provers":gmatch "\n([^%s%%:]+%.s?o):" do
      assert.truthy(target:find "^build/", target)
      count = count + 1
    end
    assert.truthy(count > 10)
  end)

  it("names the package of each header that is missing, for four systems", function()
    local said = shell "gcc -nostdinc -I csrc -fsyntax-only -x c csrc/needs.h"
    for _, packages in ipairs { { "lua.h", "liblua5.4-dev", "lua-devel", "lua5.4-dev" },
      { "curl/curl.h", "libcurl4-openssl-dev", "libcurl-devel", "curl-dev" },
      { "zlib.h", "zlib1g-dev", "zlib-devel", "zlib-dev" } } do
      local line = said:match("error: [^\n\"]*\"(" .. packages[1]:gsub("%p", "%%%0") .. " is missing[^\n]*)")
      for i = 2, 4 do assert.truthy(line and line:find(packages[i], 1, true), said) end
      assert.truthy(line:find("macOS: brew install", 1, true))
    end
  end)
end)
