--- The keys of one state, however many, a page at a time.

local doubt = require "sertifier.ledger.doubt"
local sql = require "sertifier.ledger.sql"

local listing = {}

local page_length = 1000

local page_sql = "SELECT key, " .. doubt.reason .. " AS reason, claimed_at, settled_at,"
  .. " credential_id FROM credential WHERE key > ? AND " .. doubt.state .. " = ? ORDER BY key"
  .. " LIMIT " .. page_length

--- Gives each key of a state to a function, in the order of the keys.
-- @tparam string state
-- @tparam function take is given `key`, `claimed_at` and `settled_at` (seconds since 1970),
--   `reason`, `credential_id`
-- @treturn number|nil how many there were; or nil, message, "ledger"
function listing.each(self, state, take)
  local last, count = "", 0
  while true do
    local rows, message = sql.rows_of(self, page_sql, last, state)
    if not rows then return sql.fail(self, message) end
    for _, row in ipairs(rows) do take(row) end
    count = count + #rows
    if #rows < page_length then return count end
    last = rows[#rows].key
  end
end

return listing
