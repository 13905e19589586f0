--- Calls the hooks of a whole run, and says what failed in one.

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

return hooks
