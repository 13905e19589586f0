-- Told to each Lua state of a coverage run: writes down which lines of the modules run.
--
-- Each line once, as it is first reached: so a process that is killed has told what it ran.
local place = ...

local log = assert(io.open(place .. "/lines", "a"))
local seen = {}

local function lines_of(source)
  seen[source] = source:find "lua/sertifier/" and {} or false
  return seen[source]
end

if rawget(_G, "jit") then require("jit").off() end -- what is compiled calls no hook
debug.sethook(function(_, line)
  local source = debug.getinfo(2, "S").source
  local lines = seen[source]
  if lines == nil then lines = lines_of(source) end
  if not lines or lines[line] then return end
  lines[line] = true
  log:write(source:match "lua/sertifier/.*", ":", line, "\n")
  log:flush()
end, "l")
