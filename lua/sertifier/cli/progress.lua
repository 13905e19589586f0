--- How a run is going: one line that is written over on a terminal, or a line from time to time.

local core = require "sertifier.core"

local progress = {}
progress.__index = progress

local between = { line = 0.2, plain = 10 } -- seconds

local told = { { "issued", "issued" }, { "already_issued", "issued earlier" },
  { "skipped", "skipped" }, { "invalid", "invalid" }, { "rejected", "rejected" },
  { "in_doubt", "in doubt" } }

--- How to tell: "line", "plain" or nil for not at all. Without a word for it, only a terminal that
-- can go back to the start of a line gets a line.
-- @tparam string|nil wanted "line", "plain", "none", or nil
-- @tparam boolean is_terminal whether people look at it
-- @tparam string|nil terminal the TERM of its environment
function progress.mode(wanted, is_terminal, terminal)
  if wanted then return wanted ~= "none" and wanted or nil end
  local is_dumb = not terminal or terminal == "" or terminal == "dumb"
  return is_terminal and not is_dumb and "line" or nil
end

--- Starts to tell.
-- @tparam string mode "line" or "plain"
-- @param stream where to; an open Lua file
-- @tparam[opt] function clock seconds, as `core.elapsed`
function progress.new(mode, stream, clock)
  clock = clock or core.elapsed
  return setmetatable({ mode = mode, stream = stream, clock = clock, began = clock(),
    next_at = clock() + between[mode] }, progress)
end

local function left_of(self, summary)
  local share = summary.share
  if not share or share <= 0.01 or share >= 1 then return nil end
  local spent = self.clock() - self.began
  local left = spent / share - spent
  return left < 100 and ("%.0f s left"):format(left) or ("%.0f min left"):format(left / 60)
end

--- The line: what was read, what became of it, how fast it goes.
local function text_of(self, summary)
  local parts = { ("%d read"):format(summary.read) }
  if summary.share then parts[1] = ("%s (%.0f %%)"):format(parts[1], summary.share * 100) end
  for _, one in ipairs(told) do
    if summary[one[1]] > 0 then parts[#parts + 1] = ("%d %s"):format(summary[one[1]], one[2]) end
  end
  local seconds = math.max(self.clock() - self.began, 0.001)
  parts[#parts + 1] = ("%.0f/s"):format(summary.issued / seconds)
  if (summary.waiting or 0) > 0 then
    parts[#parts + 1] = ("waits %.0f s for Sertifier's limit"):format(math.ceil(summary.waiting))
  else
    parts[#parts + 1] = left_of(self, summary)
  end
  return table.concat(parts, ", ")
end

--- Tells, where it is time to.
function progress:update(summary)
  local now = self.clock()
  if now < self.next_at then return end
  self.next_at = now + between[self.mode]
  local text = text_of(self, summary)
  if self.mode == "plain" then return self.stream:write(text, "\n") end
  local width = core.terminal_width(2) or 80
  self.stream:write("\r\27[K", text:sub(1, width - 1))
  self.stream:flush()
  self.is_open = true
end

--- Takes the line away: what comes next stands in its place.
function progress:finish()
  if self.is_open then self.stream:write("\r\27[K") end
  self.is_open = false
end

return progress
