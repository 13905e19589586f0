--- What the core says of a text: whether it is one, and its keyed fingerprint.

local core = require "sertifier.core"

--- SipHash-2-4 of the bytes 0, 1, 2, … under the key 0, 1, … 15, as its authors publish it: by how
-- many bytes there are, the hash's own bytes, the lowest first.
local published = {
  [0] = "310e0edd47db6f72", [1] = "fd67dc93c539f874", [2] = "5a4fa9d909806c0d",
  [3] = "2d7efbd796666785", [4] = "b7877127e09427cf", [5] = "8da699cd64557618",
  [6] = "cee3fe586e46c9cb", [7] = "37d1018bf50002ab", [8] = "6224939a79f5f593",
  [9] = "b0e4a90bdf82009e", [10] = "f3b9dd94c5bb5d7a", [11] = "a7ad6b22462fb3f4",
  [12] = "fbe50e86bc8f1e75", [13] = "903d84c02756ea14", [14] = "eef27a8e90ca23f7",
  [15] = "e545be4961ca29a1", [63] = "724506eb4c328a95",
}

local function bytes(count)
  local list = {}
  for i = 1, count do list[i] = string.char(i - 1) end
  return table.concat(list)
end

--- The digits of a number whose lowest byte comes first, as those of the number.
local function turned(digits)
  local list = {}
  for byte in digits:gmatch ".." do table.insert(list, 1, byte) end
  return table.concat(list)
end

describe("a fingerprint", function()
  it("is SipHash-2-4, as its authors publish it", function()
    for count, digits in pairs(published) do
      assert.equal(turned(digits), core.fingerprint(bytes(16), bytes(count)))
    end
  end)

  it("differs with the key", function()
    assert.not_equal(core.fingerprint(("a"):rep(16), "text"), core.fingerprint(("b"):rep(16), "text"))
  end)

  it("takes a key of 16 bytes, and no other", function()
    for _, length in ipairs { 0, 15, 17 } do
      assert.has_error(function() core.fingerprint(("k"):rep(length), "text") end)
    end
  end)
end)

describe("random digits", function()
  it("are 32, and never the same", function()
    local one, other = core.random(), core.random()
    assert.truthy(one:find "^%x+$" and #one == 32 and one ~= other)
  end)
end)

describe("a text", function()
  it("is valid UTF-8 without a NUL", function()
    for _, text in ipairs { "", "Ann", "Zoë", "汉字", "\240\159\142\147", "\244\143\191\191" } do
      assert.is_true(core.is_text(text))
    end
    for _, text in ipairs { "a\0b", "\255", "\195", "\192\128", "\237\160\128", "\244\144\128\128" } do
      assert.is_false(core.is_text(text))
    end
  end)
end)
