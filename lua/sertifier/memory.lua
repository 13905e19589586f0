--- What earlier runs of a flow saw of each record, kept in the ledger.
--
-- Triggers other than "meets", `IsChanged` and `{!$Record__Prior.Field}` ask for it. It holds, by
-- the record's Id, whether the conditions held, a fingerprint, and the fields that are compared. It
-- is read whole when a run begins and written when one ends: a run that is killed leaves the memory
-- of the one before, and what fires again then, the ledger knows.

local core = require "sertifier.core"
local sql = require "sertifier.ledger.sql"

local memory = {}
memory.__index = memory

local entries_in_part = 20000
local version = "1"

local letters = { meets = "m", created = "c", updated = "u", ["updated to meet"] = "t" }

-- ---- what is remembered under which name ----

local function described(node)
  if not node then return "" end
  if node.call then return "function" end
  if node.source then return node.source end
  local parts = { node.op or "" }
  for _, part in ipairs(node) do parts[#parts + 1] = described(part) end
  return "(" .. table.concat(parts, " ") .. ")"
end

--- Another condition, trigger or list of fields is another memory: truths of the old one mean
-- nothing for it.
local function name_of(flow, cells)
  local fields = {}
  for i, prior in ipairs(cells.priors) do fields[i] = prior.name end
  local campaign = type(flow.campaign) == "string" and flow.campaign or ""
  return table.concat({ version, flow.name or campaign, flow.trigger, described(flow.condition),
    table.concat(fields, ",") }, "|")
end

--- Whether a flow asks for prior values.
-- @tparam table flow
-- @tparam table cells the cells of its plan
function memory.is_wanted(flow, cells)
  return flow.trigger ~= "meets" or cells.known_cell ~= nil or #cells.priors > 0
end

-- ---- the ledger ----

local schema = "CREATE TABLE IF NOT EXISTS memory (flow TEXT NOT NULL, part INTEGER NOT NULL,"
  .. " entries TEXT NOT NULL, PRIMARY KEY (flow, part))"

--- Whether any run has kept a memory in a ledger; or nil, message.
local function is_in(ledger)
  local tables, message = sql.rows_of(ledger, "{table}", "memory")
  return tables and tables[1] ~= nil, message
end

--- Reads the memory of earlier runs.
-- @return whether there was any; or nil, message
local function load(self)
  local is_there, wrong = is_in(self.ledger)
  if not is_there then return is_there, wrong end
  local rows, message = sql.rows_of(self.ledger,
    "SELECT entries FROM memory WHERE flow = ? ORDER BY part", self.name)
  if not rows then return nil, message end
  for _, row in ipairs(rows) do
    if not self.native:read(row.entries) then
      return nil, "the memory of earlier runs is damaged"
    end
  end
  return #rows > 0
end

local function save_parts(self)
  local place, part = 0, 0
  repeat
    local text
    text, place = self.native:write(place, entries_in_part)
    part = part + 1
    if text ~= "" or part == 1 then
      local ok, message = sql.rows_of(self.ledger,
        "INSERT INTO memory (flow, part, entries) VALUES (?, ?, ?)", self.name, part, text)
      if not ok then return nil, message end
    end
  until text == ""
  return true
end

--- Puts a memory in the place of the one before, in a transaction.
-- @return true; or nil, message
local function replace(self)
  local ok, message = sql.rows_of(self.ledger, "DELETE FROM memory WHERE flow = ?", self.name)
  if not ok then return nil, message end
  return save_parts(self)
end

--- Whether it may take the place of the memory before. Where fields are compared, records that a
-- run left would be the same as before in the next one, and not fire: so all fire again, and the
-- ledger knows what was issued.
-- @param stopped whether the run stopped
-- @tparam number left how many records it left
function memory:is_whole(stopped, left)
  if stopped and self.remembers then return false end
  return left == 0 or not self.compares
end

--- Writes it, all of it or nothing.
-- @return true; or nil, message, code
function memory:save()
  local ok, message = sql.transaction(self.ledger, function()
    local ok, why = sql.rows_of(self.ledger, self.ledger.engine.alone)
    if ok then ok, why = sql.rows_of(self.ledger, schema) end
    if not ok then return nil, why end
    return replace(self)
  end)
  if ok then return true end
  return sql.fail(self.ledger, message)
end

--- Something came of what fired for a record.
function memory:done(record_id)
  self.native:done(record_id)
end

-- ---- forgetting ----

--- Takes records out of what one flow remembers.
-- @tparam table ids a set
local function forget_in(ledger, name, ids, found)
  local self, count = { ledger = ledger, name = name, native = core.memory() }, 0
  local ok, message = load(self)
  if not ok then return ok ~= nil, message end
  for id in pairs(ids) do
    if self.native:forget(id) then found[id], count = true, count + 1 end
  end
  if count == 0 then return true end
  return replace(self)
end

--- Takes records out of what all flows remember; the ledger is in a transaction.
-- @tparam table ids a set of texts; what is no Id is no record's
-- @treturn table the set of those that were remembered; or nil, message
function memory.forget(ledger, ids)
  local is_there, message = is_in(ledger)
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

-- ---- opening ----

--- @return true, or nil, message, code
local function attach(self, plan, cells, letter)
  if not cells.id_cell then
    return nil, "the export has no column Id, by which records are remembered", "export"
  end
  self.native:attach(plan, { trigger = letter, id = cells.id_cell, known = cells.known_cell or 0,
    fields = cells.priors })
  return true
end

local needs_first = "nothing is known of the records before this run, which %s asks for; say "
  .. '--first-run issue (all of them are new), --first-run remember (none fires), or name an older '
  .. "export with --previous"

local function asks(flow)
  return flow.trigger ~= "meets" and ('the trigger "%s"'):format(flow.trigger)
    or "a comparison with prior values"
end

--- Opens the memory of a flow, and has its plan ask it.
-- @param flow
-- @param plan its plan for the export, and `cells` as `compile.plan` gave them
-- @tparam table options `ledger` (opened; nil: nothing is kept), `first_run` ("issue" or
--   "remember"), `previous(memory)` (reads an older export into it), `trigger` (in place of the
--   flow's)
-- @return the memory; or nil, message, code
function memory.open(flow, plan, cells, options)
  local self = setmetatable({ native = core.memory(), name = name_of(flow, cells),
    compares = cells.known_cell ~= nil or #cells.priors > 0, ledger = options.ledger }, memory)
  local is_known, message = false, nil
  if self.ledger then is_known, message = load(self) end
  if is_known == nil then return sql.fail(self.ledger, message) end
  if options.previous then
    local ok, why, what = options.previous(self.native)
    if not ok then return nil, why, what end
    is_known = true
  end
  if not is_known and not options.first_run then
    return nil, needs_first:format(asks(flow)), "memory"
  end
  self.remembers = not is_known and options.first_run == "remember"
  local ok, why, what =
    attach(self, plan, cells, self.remembers and "n" or letters[options.trigger or flow.trigger])
  if not ok then return nil, why, what end
  return self
end

--- Reads an older export into a memory: nothing fires.
-- @param native the memory
-- @param export an opened export
-- @param plan the flow's plan for it, and its cells
-- @return true; or nil, message, code
function memory.read_export(native, export, plan, cells)
  local ok, why, what = attach({ native = native }, plan, cells, "n")
  if not ok then return nil, why, what end
  local batch, ended = core.batch(), false
  while not ended do
    local read, message, _, is_end, failure = export:fill(plan, batch, 1, 100000)
    if not read or failure then return nil, failure or message, "export" end
    batch:clear()
    ended = is_end
  end
  return true
end

return memory
