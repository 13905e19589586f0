--- Calls the hooks of a whole run, and the functions of its options; says what failed in one.

local ends = require "sertifier.ends"

local hooks = {}

--- Calls a hook of the whole run, if there is one.
-- @treturn boolean whether it did not fail
function hooks.call(self, name, ...)
  local hook = self.flow[name]
  if not hook then return true end
  local ok, message = pcall(hook, ...)
  if not ok then ends.stop(self, ("%s failed: %s"):format(name, tostring(message)), "hook") end
  return ok
end

--- Calls a function of the run's options, if there is one.
-- @return what it gave; nil where it failed
function hooks.option(self, name, ...)
  if not self[name] then return nil end
  local ok, value = pcall(self[name], ...)
  if ok then return value end
  ends.stop(self, ("%s failed: %s"):format(name, tostring(value)), "hook")
end

return hooks
