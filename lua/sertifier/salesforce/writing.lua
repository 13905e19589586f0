--- Writes to the org what the ledger has for it: in calls of up to 200 records, or where there are
-- many, by jobs; each row settled.

local bulk = require "sertifier.salesforce.bulk"
local core = require "sertifier.core"
local links = require "sertifier.salesforce.links"
local updating = require "sertifier.salesforce.updating"

local writing = {}
writing.__index = writing

--- Begins to write.
-- @tparam table ledger
-- @param org an opened client
-- @tparam table tally as for `links.settle`
function writing.new(ledger, org, tally)
  return setmetatable({ ledger = ledger, org = org, tally = tally, flying = {}, is_flying = {},
    held = 0 }, writing)
end

-- ---- a call ----

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

local function name_of(row)
  return row.object .. "\0" .. row.record_id
end

--- Notes that rows are under way, or no more.
local function mark(self, rows, is_flying)
  for _, row in ipairs(rows) do self.is_flying[name_of(row)] = is_flying end
  self.held = self.held + (is_flying and #rows or -#rows)
end

--- Starts a call.
-- @return true; or nil, message, code
local function launch(self, rows)
  local step, message, code = prepare(self.org, rows)
  if not step then return nil, message, code end
  step.rows = rows
  if step.update then updating.start(self.org, step.update) end
  mark(self, rows, true)
  table.insert(self.flying, step)
  return true
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

--- Ends the oldest call, and settles what it said; the next one is under way meanwhile.
-- @return true; or nil, message, code
local function land(self)
  local step = table.remove(self.flying, 1)
  mark(self, step.rows, nil)
  local ok, message, code = finish(self.org, step)
  if not ok then return nil, message, code end
  return links.settle(self.ledger, step.results, self.tally)
end

-- ---- many calls ----

local most_flying = 2 -- calls: the org works at one while the other is on its way

--- Starts calls for rows. At the end some are still under way.
local function launch_all(self, rows)
  rows.at = 1
  while rows[rows.at] and not core.interrupted() do
    local ok, message, code = true, nil, nil
    if #self.flying == most_flying then ok, message, code = land(self) end
    if ok then ok, message, code = launch(self, take(rows, self.org.batch_size)) end
    if not ok then return nil, message, code end
  end
  return true
end

local function land_all(self)
  while self.flying[1] do
    local ok, message, code = land(self)
    if not ok then return nil, message, code end
  end
  return true
end

local calls_at_once = 25 -- whose rows are read from the ledger together

--- Rows that can be started: no record is in two calls at a time.
local function unwritten(self, limit)
  local rows, message, code = self.ledger:unwritten(limit + self.held)
  if not rows then return nil, message, code end
  local free = {}
  for _, row in ipairs(rows) do
    if not self.is_flying[name_of(row)] then free[#free + 1] = row end
  end
  return free
end

--- Starts the calls that the ledger's rows fill; waits only where too many are under way.
-- @return true; or nil, message, code: what is left waits in the ledger
function writing:start_full()
  local rows, message, code = unwritten(self, calls_at_once * self.org.batch_size)
  if not rows then return nil, message, code end
  while #rows % self.org.batch_size > 0 do table.remove(rows) end
  return launch_all(self, rows)
end

--- Settles what has come back, and waits for nothing.
-- @return true; or nil, message, code
function writing:tend()
  self.org:tend()
  while self.flying[1] and (not self.flying[1].update or self.flying[1].update.call.result) do
    local ok, message, code = land(self)
    if not ok then return nil, message, code end
  end
  return true
end

-- ---- all ----

local most_of_job = 25000 -- rows: their results must be no longer than an answer may be

--- Writes many rows by a job: those of the first one's object, which stand together. Of them the
-- locked ones go by calls, which try again.
local function write_many(self)
  local rows, message, code = self.ledger:unwritten(most_of_job)
  if not rows then return nil, message, code end
  while rows[#rows].object ~= rows[1].object do table.remove(rows) end
  local locked
  locked, message, code = bulk.write(self.ledger, self.org, rows, self.tally)
  if not locked then return nil, message, code end
  return launch_all(self, locked)
end

--- Writes some of what is left.
-- @return true; false where nothing is; or nil, message, code
local function go_on(self)
  local left, message, code = self.ledger:count_unwritten()
  if not left then return nil, message, code end
  if left > self.org.bulk_above then
    if self.flying[1] then return land_all(self) end
    return write_many(self)
  end
  local rows
  rows, message, code = unwritten(self, calls_at_once * self.org.batch_size)
  if not rows then return nil, message, code end
  if #rows > 0 then return launch_all(self, rows) end
  if not self.flying[1] then return false end
  return land_all(self)
end

--- Writes all that can be written and was not tried in this run.
-- @return true; or nil, message, code: what is left waits in the ledger
function writing:all()
  local ok, message, code = bulk.resume(self.ledger, self.org, self.tally)
  while ok and not core.interrupted() do ok, message, code = go_on(self) end
  if ok == false then return true end
  if not ok then return nil, message, code end
  ok, message, code = land_all(self)
  if not ok then return nil, message, code end
  return nil, "interrupted", "interrupted"
end

return writing
