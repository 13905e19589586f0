--- A Salesforce Id in the 18-character form that all records have theirs in.

local core = require "sertifier.core"

--- Completes an Id.
-- @tparam string text
-- @treturn string|nil 18 characters; nil where it is no Id
return function(text)
  local whole = core.widen_id(text:sub(1, 15))
  if #whole == 18 and (#text == 15 or text == whole) then return whole end
  return nil
end
