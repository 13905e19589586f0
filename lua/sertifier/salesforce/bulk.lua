--- Writes many of the ledger's rows by one job.
--
-- The job is in the ledger before it is sent, and leaves it once its rows are settled. Whatever
-- ends the run in between, the next one waits for that job, and reads what came of it.

local ingest = require "sertifier.salesforce.ingest"
local links = require "sertifier.salesforce.links"

local bulk = {}

local function is_lock(fault)
  return fault and fault.code == "UNABLE_TO_LOCK_ROW"
end

-- ---- a job of this run ----

--- For each record's Id what came of it; `missing` says why where its results hold nothing of it.
local function by_id(outcomes, missing)
  local map = {}
  for _, outcome in ipairs(outcomes) do map[outcome.cells.Id] = outcome.fault or true end
  local fault = { code = "UNPROCESSED", message = missing }
  return setmetatable(map, { __index = function() return fault end })
end

local function send(ledger, org, object, records)
  local id, message, code = ingest.make(org, object)
  if not id then return nil, message, code end
  local ok
  ok, message, code = ledger:note_job(id, object)
  if ok then ok, message, code = ingest.send(org, id, records) end
  if not ok then return nil, message, code end
  return id
end

--- Makes a job of records, and waits for it.
-- @return its id, false where there are none; and what came of each; or nil, message, code
local function carry_out(ledger, org, object, records)
  if #records == 0 then return false, {} end
  local id, message, code = send(ledger, org, object, records)
  if not id then return nil, message, code end
  local outcomes, why, what = ingest.finish(org, id)
  if not outcomes then return nil, why, what end
  return id, by_id(outcomes, why or "the job has no result of it")
end

--- The results that stand, and the rows whose records were locked.
local function part(rows, results, map)
  local settled, locked = {}, {}
  for i, row in ipairs(rows) do
    local outcome = results[i].wanted and map[row.record_id]
    local is_locked = type(outcome) == "table" and is_lock(outcome)
    table.insert(is_locked and locked or settled, is_locked and row or results[i])
  end
  return settled, locked
end

--- Writes rows of one object.
-- @tparam table ledger
-- @param org an opened client
-- @tparam {table,...} rows as `ledger:unwritten` gives them
-- @tparam table tally as for `links.settle`
-- @treturn {table,...} those whose records were locked, not settled; or nil, message, code
function bulk.write(ledger, org, rows, tally)
  local fields, message, code = org:fields(rows[1].object)
  if not fields then return nil, message, code end
  local results = {}
  local records = links.gather(rows, fields, results)
  local id, map, what = carry_out(ledger, org, rows[1].object, records)
  if id == nil then return nil, map, what end
  local settled, locked = part(rows, results, map)
  links.note(settled, map)
  local ok
  ok, message, code = links.settle(ledger, settled, tally)
  if ok and id then ok, message, code = ledger:forget_job(id) end
  if not ok then return nil, message, code end
  return locked
end

-- ---- a job of a run that ended ----

--- Whether what was sent is what the ledger has now.
local function is_same(cells, values)
  for name, value in pairs(values) do
    if cells[name] ~= value then return false end
  end
  return true
end

local function result_of(row, outcome)
  if not outcome or is_lock(outcome.fault) then return nil end
  if not is_same(outcome.cells, links.values(row)) then return nil end
  return { key = row.key, record_id = row.record_id, link = not outcome.fault and row.link or nil,
    reason = outcome.fault and links.reason(outcome.fault) }
end

--- Settles the rows that the outcomes tell of; all others wait to be written.
local function settle(ledger, object, outcomes, tally)
  local ids, map, results = {}, {}, {}
  for i, outcome in ipairs(outcomes) do
    ids[i] = outcome.cells.Id
    map[ids[i]] = outcome
  end
  local rows, message, code = ledger:unwritten_of(object, ids)
  if not rows then return nil, message, code end
  for _, row in ipairs(rows) do results[#results + 1] = result_of(row, map[row.record_id]) end
  return links.settle(ledger, results, tally)
end

--- Ends the jobs that earlier runs left.
-- @return true; or nil, message, code
function bulk.resume(ledger, org, tally)
  local jobs, message, code = ledger:jobs()
  if not jobs then return nil, message, code end
  for _, job in ipairs(jobs) do
    local outcomes, why, what = ingest.finish(org, job.id)
    if not outcomes and what ~= "NOT_FOUND" then return nil, why, what end
    local ok
    ok, message, code = settle(ledger, job.object, outcomes or {}, tally)
    if ok then ok, message, code = ledger:forget_job(job.id) end
    if not ok then return nil, message, code end
  end
  return true
end

return bulk
