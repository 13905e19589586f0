--- What earlier runs of a flow saw of each record, kept in the ledger.
--
-- Triggers other than "meets", `IsChanged` and `{!$Record__Prior.Field}` ask for it. It holds, by
-- the record's Id, whether the conditions held, a fingerprint, and the fields that are compared. It
-- is read whole when a run begins and written when one ends: a run that is killed leaves the memory
-- of the one before, and what fires again then, the ledger knows.

local core = require "sertifier.core"
local later = require "sertifier.later"
local memories = later "sertifier.ledger.memories"
local read_all = later "sertifier.read_all"

local memory = {}
memory.__index = memory

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

-- ---- a run's end ----

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
  return memories.write(self.ledger, self.name, self.native)
end

--- Something came of what fired for a record.
function memory:done(record_id)
  self.native:done(record_id)
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
  local is_known, message, code = false, nil, nil
  if self.ledger then
    is_known, message, code = memories.read(self.ledger, self.name, self.native)
  end
  if is_known == nil then return nil, message, code end
  if options.previous then
    local ok, why, what = options.previous(self.native)
    if not ok then return nil, why, what end
    is_known = true
  end
  self.fault = not is_known and needs_first:format(asks(flow)) or nil
  if self.fault and not options.first_run then return nil, self.fault, "memory" end
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
  return read_all(export, plan, function() end)
end

return memory
