--- Calls the hooks of a whole run, guards the functions of its options; says what failed in one.

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

--- A function of the run's options that raises nothing: where it fails, it gives nil.
-- @treturn function|nil nil where there is none
function hooks.guarded(self, name, call)
  return call and function(...)
    local ok, value = pcall(call, ...)
    if ok then return value end
    ends.stop(self, ("%s failed: %s"):format(name, tostring(value)), "hook")
  end
end

return hooks
