-- Says that examples/contacts.csv is what its generator makes, and is shaped as it claims.
local invented = dofile "examples/invented.lua"

local function contents(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "*a"
  file:close()
  return text
end

describe("examples/contacts.csv", function()
  it("is what make_contacts.lua makes", function()
    local path = os.tmpname()
    assert(loadfile "examples/make_contacts.lua")(path)
    local made = contents(path)
    os.remove(path)
    assert.is_true(made == contents "examples/contacts.csv", "make the export again")
  end)

  it("begins with a byte order mark and a quoted header, and ends its rows with LF", function()
    local header = '"' .. table.concat(invented.columns, '","') .. '"\n'
    local export = contents "examples/contacts.csv"
    assert.equal("\239\187\191" .. header, export:sub(1, 3 + #header))
    assert.equal('"\n', export:sub(-2))
  end)

  it("holds only e-mail addresses of example domains", function()
    for address in contents("examples/contacts.csv"):gmatch "[%w.+-]+@[%w.-]+" do
      assert.is_truthy(address:match "@example%.%a+$", address)
    end
  end)

  it("holds contacts' Ids with the right check characters, but for the damaged one", function()
    local damaged = {}
    for id in contents("examples/contacts.csv"):gmatch '\n"(003%w*)",' do
      if id ~= invented.id18(id:sub(1, 15)) then damaged[#damaged + 1] = id end
    end
    assert.same({ "0035g000006BMR2AA" }, damaged)
  end)
end)

describe("an invented Id", function()
  for short, long in pairs {
    ["001M000000qfPyS"] = "001M000000qfPySIAU", ["a01M00000062mPg"] = "a01M00000062mPgIAI",
    ["0F9E000000092w2"] = "0F9E000000092w2KAA", ["aBcDEfgHIJKLMNO"] = "aBcDEfgHIJKLMNO025",
  } do
    it("of 15 characters, " .. short .. ", becomes " .. long, function()
      assert.equal(long, invented.id18(short))
    end)
  end
end)
