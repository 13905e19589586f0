--- How fast requests may be sent, and when a run gives up.

local pace = require "sertifier.pace"
local retries = require "sertifier.retries"

describe("pace", function()
  local now, one

  before_each(function()
    now = 100
    one = pace.new(function() return now end)
  end)

  it("lets so many go at once", function()
    one:allow(3)
    assert.same({ 0, 0, nil }, { one:wait(0), one:wait(2), one:wait(3) })
  end)

  it("lets so many go a second, and saves nothing up", function()
    one:allow(10, 4)
    local at = {}
    for i = 1, 5 do
      now = now + one:wait(0)
      one:sent()
      at[i] = now
    end
    assert.same({ 100, 100.25, 100.5, 100.75, 101 }, at)
    now = 200
    one:sent()
    assert.equal(0.25, one:wait(0))
  end)

  it("halves once for those that were under way together, down to one", function()
    one:allow(8)
    local windows = {}
    for i = 1, 5 do
      one:slow_down(now)
      one:slow_down(now - 1)
      windows[i] = one:window()
      now = now + 1
    end
    assert.same({ 4, 2, 1, 1, 1 }, windows)
  end)

  it("grows back by one a round", function()
    one:allow(4)
    one:slow_down(now)
    local windows = {}
    for i = 1, 7 do
      one:speed_up()
      windows[i] = one:window()
    end
    assert.same({ 2, 3, 3, 3, 4, 4, 4 }, windows)
    one:allow(9)
    assert.equal(9, one:window())
  end)

  it("keeps what it learned for the next run", function()
    one:allow(8)
    one:slow_down(now)
    one:allow(6)
    assert.equal(4, one:window())
    one:allow(2)
    assert.equal(2, one:window())
  end)

  it("pauses, for the longest time that was asked for", function()
    one:allow(8)
    one:pause(5)
    one:pause(2)
    assert.equal(5, one:wait(0))
    assert.is_nil(one:wait(8))
    now = 105
    assert.equal(0, one:wait(0))
  end)

  it("is one for all runs of a Lua state", function()
    assert.equal(pace.shared(), pace.shared())
  end)
end)

describe("retries", function()
  it("wait for up to twice as long after each failure in a row, and then give up", function()
    local self, waits = retries.new(1, function() return 1 end), {}
    for n = 1, 6 do waits[n] = self:failed(n, n) or "give up" end
    assert.same({ 0.5, 1, 2, 4, 8, "give up" }, waits)
  end)

  it("wait for a random part of that", function()
    local self = retries.new(1, function() return 0.25 end)
    assert.same({ 0.125, 0.25 }, { self:failed(1, 1), self:failed(2, 2) })
  end)

  it("count those that were under way together as one", function()
    local self = retries.new(4, function() return 1 end)
    for _ = 1, 4 do assert.equal(0.5, self:failed(1, 2)) end
    assert.equal(1, self:failed(3, 4))
  end)

  it("begin anew when a request came through", function()
    local self = retries.new(1, function() return 1 end)
    for n = 1, 20 do
      assert.equal(0.5, self:failed(n, n))
      self:came_through()
    end
  end)

  it("wait at least as long as the server asks, but a minute at the most", function()
    local self = retries.new(1, function() return 0 end)
    assert.same({ 3, 60, 0 }, { self:failed(1, 1, 3), self:failed(2, 2, 86400), self:failed(3, 3) })
  end)

  it("are never more than came through, but for those under way at first", function()
    local self, spent = retries.new(2), 0
    for _ = 1, 5 do self:came_through() end
    while self:spend() do spent = spent + 1 end
    assert.equal(5 + 6 * 2, spent)
  end)

  it("leave the user's random numbers alone", function()
    math.randomseed(7)
    local expected = math.random(1e6)
    math.randomseed(7)
    local waits = {}
    for _ = 1, 3 do waits[#waits + 1] = retries.new(1):failed(1, 1) end
    assert.equal(expected, math.random(1e6))
    assert.truthy(waits[1] ~= waits[2] or waits[2] ~= waits[3])
    for _, wait in ipairs(waits) do assert.truthy(wait >= 0 and wait <= 0.5) end
  end)
end)
