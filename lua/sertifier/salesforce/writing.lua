--- Writes to the org what the ledger has for it: in calls of up to 200 records, or where there are
-- many, by jobs; each row settled.

local bulk = require "sertifier.salesforce.bulk"
local core = require "sertifier.core"
local links = require "sertifier.salesforce.links"
local updating = require "sertifier.salesforce.updating"

local writing = {}

--- The rows of the next call: of one object. All rows of a record go in one call, as two calls may
-- overtake each other.
local function take(rows, limit)
  local taken, last = {}, nil
  local row = rows[rows.at]
  while row and row.object == (last or row).object
    and (#taken < limit or row.record_id == last.record_id) do
    taken[#taken + 1], last, rows.at = row, row, rows.at + 1
    row = rows[rows.at]
  end
  return taken
end

--- Makes ready what writes some rows.
local function prepare(org, rows)
  local object = rows[1].object
  local fields, message, code = org:fields(object)
  if not fields then return nil, message, code end
  local step = { results = {} }
  step.records = links.gather(rows, fields, step.results)
  if #step.records > 0 then step.update = updating.new(object, step.records) end
  return step
end

--- Waits for what was started; its results are complete then.
local function finish(org, step)
  if not step.update then return true end
  local outcomes, message, code = updating.finish(org, step.update)
  if not outcomes then return nil, message, code end
  local by_id = {}
  for i, record in ipairs(step.records) do by_id[record.id] = outcomes[i] end
  links.note(step.results, by_id)
  return true
end

local most_flying = 2 -- calls: the org works at one while the other is on its way

--- Starts the next calls.
-- @return true; or nil, message, code
local function start(org, rows, flying)
  while #flying < most_flying and rows[rows.at] and not core.interrupted() do
    local step, message, code = prepare(org, take(rows, org.batch_size))
    if not step then return nil, message, code end
    if step.update then updating.start(org, step.update) end
    flying[#flying + 1] = step
  end
  return true
end

--- Writes rows. What a call said is settled while the next one is under way.
local function write(ledger, org, rows, tally)
  local flying = {}
  rows.at = 1
  while true do
    local ok, message, code = start(org, rows, flying)
    local step = table.remove(flying, 1)
    if not ok or not step then return ok, message, code end
    ok, message, code = finish(org, step)
    if ok then ok, message, code = links.settle(ledger, step.results, tally) end
    if not ok then return nil, message, code end
  end
end

local calls_at_once = 25 -- whose rows are read from the ledger together
local most_of_job = 25000 -- rows: their results must be no longer than an answer may be

--- The rows that are to be written next, and whether they are many.
local function next_rows(ledger, org, only_full)
  local many = false
  if not only_full then
    local left, message, code = ledger:count_unwritten()
    if not left then return nil, message, code end
    many = left > org.bulk_above
  end
  local rows, message, code =
    ledger:unwritten(many and most_of_job or calls_at_once * org.batch_size)
  if not rows then return nil, message, code end
  while only_full and #rows % org.batch_size > 0 do table.remove(rows) end
  return rows, many
end

--- Writes many rows by a job: those of the first one's object, which stand together. Of them the
-- locked ones go by calls, which try again.
local function write_many(ledger, org, rows, tally)
  while rows[#rows].object ~= rows[1].object do table.remove(rows) end
  local locked, message, code = bulk.write(ledger, org, rows, tally)
  if not locked then return nil, message, code end
  return write(ledger, org, locked, tally)
end

--- Writes all that can be written and was not tried in this run.
-- @tparam table ledger
-- @param org an opened client
-- @tparam table tally as for `links.settle`
-- @tparam[opt] boolean only_full only what fills a call
-- @return true; or nil, message, code: what is left waits in the ledger
function writing.all(ledger, org, tally, only_full)
  if not only_full then
    local ok, message, code = bulk.resume(ledger, org, tally)
    if not ok then return nil, message, code end
  end
  while not core.interrupted() do
    local rows, many, code = next_rows(ledger, org, only_full)
    if not rows then return nil, many, code end
    if #rows == 0 then return true end
    local ok, why, what = (many and write_many or write)(ledger, org, rows, tally)
    if not ok then return nil, why, what end
  end
  return nil, "interrupted", "interrupted"
end

return writing
