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

local function files_of(pattern)
  local pipe = io.popen(("find %s | LC_ALL=C sort"):format(pattern))
  local list = {}
  for path in pipe:lines() do list[#list + 1] = path end
  pipe:close()
  return list
end

describe("the rockspec", function()
  it("names each source in C once", function()
    local sources = rockspec().build.modules["sertifier.core"].sources
    table.sort(sources)
    assert.same(files_of "csrc -name '*.c'", sources)
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
