--- Writes to the org what the ledger has for it: in calls of up to 200 records, or where there are
-- many, by jobs; records of one parent stand together in both.

local bulk = require "sertifier.salesforce.bulk"
local calls = require "sertifier.salesforce.calls"
local core = require "sertifier.core"
local parents = require "sertifier.salesforce.parents"

local writing = {}
writing.__index = writing

--- Begins to write.
-- @tparam table ledger
-- @param org an opened client
-- @tparam table tally as for `links.settle`
function writing.new(ledger, org, tally)
  return setmetatable({ ledger = ledger, org = org, tally = tally,
    calls = calls.new(ledger, org, tally) }, writing)
end

--- Those of some rows that are of the first one's object, which stand together.
local function cut(rows)
  while #rows > 0 and rows[#rows].object ~= rows[1].object do table.remove(rows) end
  return rows
end

-- ---- by calls ----

local rows_ahead = 2000 -- whose parents one question tells

--- Rows that no call has.
local function unwritten(self)
  local rows, message, code = self.ledger:unwritten(rows_ahead + self.calls.held)
  if not rows then return nil, message, code end
  return self.calls:free(rows)
end

--- Asks for the parents of rows, which are the next to be written.
local function look_ahead(self, rows)
  if #cut(rows) == 0 then return true end
  local message, code
  self.ahead, message, code = parents.ask(self.org, rows)
  if not self.ahead then return nil, message, code end
  self.calls:hold(rows)
  return true
end

--- Starts the calls of the rows that were ahead, while for those behind them the answer is on its
-- way.
-- @return true; or nil, message, code
local function go_on(self, rows)
  local question = self.ahead
  self.ahead = nil
  local ok, message, code = look_ahead(self, rows)
  if not ok or not question then return ok, message, code end
  ok, message, code = parents.tell(self.org, question)
  if not ok then return nil, message, code end
  parents.sort(question.rows)
  return self.calls:launch(question.rows)
end

--- Goes on with the rows that fill calls; waits only where too many calls are under way.
-- @return true; or nil, message, code: what is left waits in the ledger
function writing:start_full()
  local rows, message, code = unwritten(self)
  if not rows then return nil, message, code end
  while #rows % self.org.batch_size > 0 do table.remove(rows) end
  return go_on(self, rows)
end

--- Settles what has come back, and waits for nothing.
-- @return true; or nil, message, code
function writing:tend()
  return self.calls:tend()
end

-- ---- by jobs ----

local most_of_job = 25000 -- rows: their results must be no longer than an answer may be

--- Writes many rows by a job. Of them the locked ones go by calls, which try again.
local function write_many(self)
  local rows, message, code = self.ledger:unwritten(most_of_job)
  if not rows then return nil, message, code end
  local locked, ok
  ok, message, code = parents.order(self.org, cut(rows))
  if ok then locked, message, code = bulk.write(self.ledger, self.org, rows, self.tally) end
  if not locked then return nil, message, code end
  self.calls:hold(locked)
  return self.calls:launch(locked)
end

-- ---- all ----

local function is_busy(self)
  return self.ahead or self.calls.flying[1]
end

--- Writes few rows. Where they are all that there is, and go in one call, their parents do not
-- matter.
local function write_few(self)
  local rows, message, code = unwritten(self)
  if not rows then return nil, message, code end
  if #rows > 0 and #rows <= self.org.batch_size and not is_busy(self) then
    self.calls:hold(cut(rows))
    return self.calls:launch(rows)
  end
  if #rows > 0 or self.ahead then return go_on(self, rows) end
  if not self.calls.flying[1] then return false end
  return self.calls:land()
end

--- Writes some of what is left.
-- @return true; false where nothing is; or nil, message, code
local function write(self)
  local left, message, code = self.ledger:count_unwritten()
  if not left then return nil, message, code end
  if left <= self.org.bulk_above then return write_few(self) end
  if self.ahead then return go_on(self, {}) end
  if self.calls.flying[1] then return self.calls:land() end
  return write_many(self)
end

--- Writes all that can be written and was not tried in this run.
-- @return true; or nil, message, code: what is left waits in the ledger
function writing:all()
  local ok, message, code = bulk.resume(self.ledger, self.org, self.tally)
  while ok and not core.interrupted() do ok, message, code = write(self) end
  if ok == false then return true end
  if not ok then return nil, message, code end
  ok, message, code = self.calls:land()
  if not ok then return nil, message, code end
  return nil, "interrupted", "interrupted"
end

return writing
