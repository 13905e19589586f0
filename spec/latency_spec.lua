--- How long answers took.

local latency = require "sertifier.latency"

describe("latency", function()
  it("is told to within 5 %", function()
    local all = latency.new()
    assert.is_nil(all:told())
    for n = 1, 1000 do all:add(n / 1000) end
    local told = all:told()
    assert.equal(1000, told.count)
    assert.near(0.5, told.median, 0.025)
    assert.near(0.99, told.p99, 0.05)
  end)

  it("is the one there is, and never less than what can be told apart", function()
    local one = latency.new()
    one:add(0)
    assert.near(0.0001, one:told().median, 0.00001)
    assert.equal(one:told().median, one:told().p99)
  end)
end)
