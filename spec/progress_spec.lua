--- What is told while a run goes on.

local progress = require "sertifier.cli.progress"
local summary = require "sertifier.summary"

--- A stream that keeps what is written, and a clock that is set.
local function told(mode)
  local self = { text = "", now = 0 }
  local stream = { flush = function() end }
  function stream.write(_, ...) self.text = self.text .. table.concat { ... } end
  self.progress = progress.new(mode, stream, function() return self.now end)
  function self.at(seconds, counts)
    self.now, self.text = seconds, ""
    local state = summary.new()
    for name, value in pairs(counts) do state[name] = value end
    self.progress:update(state)
    return self.text
  end
  return self
end

describe("progress", function()
  it("is told on terminals that can take it, or where it is asked for", function()
    for _, case in ipairs {
      { nil, true, "xterm", "line" }, { nil, true, "dumb", nil }, { nil, true, nil, nil },
      { nil, false, "xterm", nil }, { "plain", false, nil, "plain" }, { "none", true, "xterm", nil },
      { "line", false, nil, "line" },
    } do
      assert.equal(case[4], progress.mode(case[1], case[2], case[3]))
    end
  end)

  it("writes one line over and over, and takes it away", function()
    local self = told "line"
    assert.equal("", self.at(0.1, { read = 5 }))
    assert.equal("\r\27[K400 read (40 %), 300 issued, 90 skipped, 10 in doubt, 30/s, 15 s left",
      self.at(10, { read = 400, issued = 300, skipped = 90, in_doubt = 10, share = 0.4 }))
    assert.equal("", self.at(10.1, { read = 401 }))
    self.text = ""
    self.progress:finish()
    self.progress:finish()
    assert.equal("\r\27[K", self.text)
  end)

  it("writes a line every ten seconds for a log", function()
    local self = told "plain"
    assert.equal("", self.at(9, { read = 5 }))
    assert.equal("20 read, 20 issued earlier, 0/s\n", self.at(10, { read = 20, already_issued = 20 }))
    assert.equal("", self.at(19, { read = 30 }))
    assert.equal("5000 read (50 %), 4000 issued, 200/s, waits 30 s for Sertifier's limit\n",
      self.at(20, { read = 5000, issued = 4000, share = 0.5, waiting = 29.5 }))
    self.text = ""
    self.progress:finish()
    assert.equal("", self.text)
  end)
end)
