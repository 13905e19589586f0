--- The memories of triggers in a ledger: of each flow what earlier runs saw of its records.

local core = require "sertifier.core"
local sql = require "sertifier.ledger.sql"

local memories = {}

local entries_in_part = 20000

local schema = "CREATE TABLE IF NOT EXISTS memory (flow TEXT NOT NULL, part INTEGER NOT NULL,"
  .. " entries TEXT NOT NULL, PRIMARY KEY (flow, part))"

--- Whether any run has kept one; or nil, message.
local function is_any(ledger)
  local tables, message = sql.rows_of(ledger, "{table}", "memory")
  return tables and tables[1] ~= nil, message
end

-- ---- one flow's ----

--- @return whether there was one; or nil, message
local function load(ledger, flow, native)
  local is_there, wrong = is_any(ledger)
  if not is_there then return is_there, wrong end
  local rows, message = sql.rows_of(ledger,
    "SELECT entries FROM memory WHERE flow = ? ORDER BY part", flow)
  for _, row in ipairs(rows or {}) do
    if not native:read(row.entries) then return nil, "the memory of earlier runs is damaged" end
  end
  return rows and #rows > 0, message
end

--- Reads the memory of earlier runs.
-- @tparam table ledger
-- @tparam string flow the name under which it is kept
-- @param native an empty memory of the core
-- @return whether there was any; or nil, message, "ledger"
function memories.read(ledger, flow, native)
  local is_there, message = load(ledger, flow, native)
  if is_there == nil then return sql.fail(ledger, message) end
  return is_there
end

local function save_parts(ledger, flow, native)
  local place, part = 0, 0
  repeat
    local text
    text, place = native:write(place, entries_in_part)
    part = part + 1
    if text ~= "" or part == 1 then
      local ok, message = sql.rows_of(ledger,
        "INSERT INTO memory (flow, part, entries) VALUES (?, ?, ?)", flow, part, text)
      if not ok then return nil, message end
    end
  until text == ""
  return true
end

--- Puts a memory in the place of the one before, in a transaction.
-- @return true; or nil, message
local function replace(ledger, flow, native)
  local ok, message = sql.rows_of(ledger, "DELETE FROM memory WHERE flow = ?", flow)
  if not ok then return nil, message end
  return save_parts(ledger, flow, native)
end

--- Writes a memory in the place of the one before, all of it or nothing.
-- @return true; or nil, message, "ledger"
function memories.write(ledger, flow, native)
  return sql.change(ledger, function()
    local ok, message = sql.rows_of(ledger, ledger.engine.alone)
    if ok then ok, message = sql.rows_of(ledger, schema) end
    if not ok then return nil, message end
    return replace(ledger, flow, native)
  end)
end

-- ---- all of them ----

--- Takes records out of one flow's, and adds them to `found`.
local function forget_in(ledger, flow, ids, found)
  local native, count = core.memory(), 0
  local ok, message = load(ledger, flow, native)
  if not ok then return nil, message end
  for id in pairs(ids) do
    if native:forget(id) then found[id], count = true, count + 1 end
  end
  return count == 0 or replace(ledger, flow, native)
end

--- Takes records out of what all flows remember; the ledger is in a transaction.
-- @tparam table ids a set of texts; what is no Id is no record's
-- @treturn table the set of those that were remembered; or nil, message
function memories.forget(ledger, ids)
  local is_there, message = is_any(ledger)
  if not is_there then return is_there == false and {} or nil, message end
  local ok, flows = sql.rows_of(ledger, ledger.engine.alone), nil
  if ok then flows, message = sql.rows_of(ledger, "SELECT DISTINCT flow FROM memory") end
  if not flows then return nil, message end
  local found = {}
  for _, row in ipairs(flows) do
    ok, message = forget_in(ledger, row.flow, ids, found)
    if not ok then return nil, message end
  end
  return found
end

return memories
