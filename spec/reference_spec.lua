--- The library's reference: every public function is in it, with its parameters and what it gives.

local files = require "spec.support.files"
local options = require "sertifier.options"

local sources = {}
for path in files.read("config.ld"):gmatch '"(lua/[^"]+)"' do sources[#sources + 1] = path end

--- The functions of a file's table: their names, parameters, and the comments above them.
local function functions(path)
  local list, comment = {}, ""
  for line in io.lines(path) do
    local name, parameters = line:match "^function ([%w_]+[.:][%w_]+)%((.-)%)"
    if name then list[#list + 1] = { path .. ": " .. name, parameters, comment } end
    comment = line:find "^%-%-" and comment .. line .. "\n" or ""
  end
  return list
end

local function comment_of(wanted)
  for _, one in ipairs(functions "lua/sertifier/init.lua") do
    if one[1]:find(wanted, 1, true) then return one[3] end
  end
end

describe("the library's reference", function()
  it("tells of every function of a program's its parameters, and what it gives", function()
    local count = 0
    for _, path in ipairs(sources) do
      for _, one in ipairs(functions(path)) do
        local name, parameters, comment = (table.unpack or unpack)(one)
        assert.truthy(comment:find "^%-%-%- ", name)
        if not comment:find "\n%-%- @local\n" then
          count = count + 1
          for parameter in parameters:gmatch "[%w_]+" do
            assert.truthy(comment:find("@t?param[^\n]* " .. parameter .. "%f[^%w]"),
              name .. ", " .. parameter)
          end
          assert.truthy(comment:find "\n%-%- @t?return" or name:find ":close$", name)
        end
      end
    end
    assert.truthy(count > 20)
  end)

  it("tells of every option of a run and of a check", function()
    for _, name in ipairs(options.of_run) do
      local comment = comment_of "methods:run"
      assert.truthy(comment:find(" options." .. name .. " ", 1, true)
        or comment:find("`" .. name .. "`", 1, true), name)
    end
    for _, name in ipairs(options.of_check) do
      local comment = comment_of "methods:check"
      assert.truthy(comment:find(" options." .. name .. " ", 1, true)
        or comment:find("`" .. name .. "`", 1, true), name)
    end
  end)
end)
