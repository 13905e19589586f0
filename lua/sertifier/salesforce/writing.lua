--- Writes to the org what the ledger has for it: in calls of up to 200 records, or where there are
-- many, by jobs; each row settled.

local bulk = require "sertifier.salesforce.bulk"
local core = require "sertifier.core"
local links = require "sertifier.salesforce.links"
local updating = require "sertifier.salesforce.updating"

local writing = {}

--- The rows of the next call: of one object.
local function take(rows, limit)
  local taken = {}
  while rows[1] and #taken < limit and rows[1].object == (taken[1] or rows[1]).object do
    table.insert(taken, table.remove(rows, 1))
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

--- Ends a step, and starts the next one before the results of this one are settled.
local function turn(ledger, org, step, next_step, tally)
  local ok, message, code = true, nil, nil
  if step then ok, message, code = finish(org, step) end
  if not ok then return nil, message, code end
  if next_step and next_step.update then updating.start(org, next_step.update) end
  if step then ok, message, code = links.settle(ledger, step.results, tally) end
  return ok, message, code
end

--- Writes rows. While a call is under way, the next one is made ready.
local function write(ledger, org, rows, tally)
  local step, next_step, why, what
  repeat
    next_step, why, what = nil, nil, nil
    if #rows > 0 and not core.interrupted() then
      next_step, why, what = prepare(org, take(rows, org.batch_size))
    end
    local ok, message, code = turn(ledger, org, step, next_step, tally)
    if not ok or what then return nil, message or why, code or what end
    step = next_step
  until not step
  return true
end

local calls_at_once = 10 -- whose rows are read from the ledger together
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
-- @tparam table tally `written`, and `reasons`: how often each; both are added to
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
