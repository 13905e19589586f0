--- Whether a credential is a draft or was published, as far as Sertifier tells.

local status = {}

-- As of campaigns [T], so of credentials [G]: 1 draft, 3 sent.
local words = { [1] = "draft", [3] = "published" }

--- @tparam table|nil row as answer/row.lua reads it
-- @treturn string|nil "draft" or "published"; nil where it cannot be told
function status.of(row)
  return row and words[row.status]
end

--- The same of one that was added as a draft, and that we have not published: it is one as long as
-- it stands, unless Sertifier says that somebody else has published it.
-- @treturn string|nil nil where it does not stand
function status.before(row)
  return row and (status.of(row) or "draft")
end

return status
