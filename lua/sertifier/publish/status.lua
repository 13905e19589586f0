--- Whether a credential is a draft or was published, as far as Sertifier tells.

local status = {}

-- As of campaigns [T], so of credentials [G]: 1 draft, 3 sent.
local words = { [1] = "draft", [3] = "published" }

--- @tparam table|nil row as answer/row.lua reads it
-- @treturn string|nil "draft" or "published"; nil where it cannot be told
function status.of(row)
  return row and words[row.status]
end

return status
