--- Reads an export to its end for those who only look at what it holds.

local core = require "sertifier.core"

local at_once = 20000 -- rows

--- @param export an opened one
-- @param plan the flow's plan for it
-- @tparam function look is given a batch with the credentials of some rows
-- @return true; or nil, message, code
return function(export, plan, look)
  local batch = core.batch()
  local read, message, code, ended, failure
  repeat
    batch:clear()
    read, message, code, ended, failure = export:fill(plan, batch, at_once, at_once)
    if not read then return nil, message, code end
    if failure then
      return nil, ("%s:%d: %s"):format(export.name, export:line(), failure), "hook"
    end
    look(batch)
  until ended
  return true
end
