--- The rockspec: what it builds and installs is what there is, each file once.

local function rockspec()
  local pipe = io.popen "ls sertifier-*.rockspec"
  local name = pipe:read "*l"
  pipe:close()
  local told = setmetatable({}, { __index = _G })
  local chunk = assert(loadfile(name, "t", told))
  if setfenv then setfenv(chunk, told) end
  chunk()
  return told
end

local function lines_of(command)
  local pipe = io.popen(command .. " | LC_ALL=C sort")
  local list = {}
  for path in pipe:lines() do list[#list + 1] = path end
  pipe:close()
  return list
end

local function files_of(pattern)
  return lines_of("find " .. pattern)
end

--- What the Makefile makes a library of.
local function sources_of(variable)
  return lines_of(("make -s --eval 'told: ; @printf \"%%s\\n\" $(%s)' told"):format(variable))
end

describe("the rockspec", function()
  it("names each source in C, once for a library, as the Makefile does", function()
    local modules, all = rockspec().build.modules, {}
    for name, variable in pairs { ["sertifier.core"] = "CORE", ["sertifier.http"] = "HTTP" } do
      local sources = modules[name].sources
      table.sort(sources)
      assert.same(sources_of(variable), sources)
      for _, path in ipairs(sources) do all[path] = true end
    end
    for _, path in ipairs(files_of "csrc -name '*.c'") do assert.is_true(all[path], path) end
  end)

  it("names each module in Lua", function()
    local paths = {}
    for _, path in pairs(rockspec().build.modules) do
      if type(path) == "string" then paths[#paths + 1] = path end
    end
    table.sort(paths)
    assert.same(files_of "lua -name '*.lua'", paths)
  end)
end)
