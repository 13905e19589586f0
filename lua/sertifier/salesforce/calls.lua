--- Calls that update records in the org, two under way at a time; each row settled.
--
-- No two of them hold a record, or records of one parent.

local core = require "sertifier.core"
local links = require "sertifier.salesforce.links"
local updating = require "sertifier.salesforce.updating"

local calls = {}
calls.__index = calls

--- No calls.
-- @tparam table ledger
-- @param org an opened client
-- @tparam table tally as for `links.settle`
function calls.new(ledger, org, tally)
  return setmetatable({ ledger = ledger, org = org, tally = tally, flying = {}, is_held = {},
    held = 0 }, calls)
end

-- ---- rows that are held ----

local function name_of(row)
  return row.object .. "\0" .. row.record_id
end

--- Notes that rows are held for a call, or no more.
local function mark(self, rows, is_held)
  for _, row in ipairs(rows) do self.is_held[name_of(row)] = is_held end
  self.held = self.held + (is_held and #rows or -#rows)
end

--- Holds rows: their records are in no other call until they are written.
function calls:hold(rows)
  mark(self, rows, true)
end

--- Those of some rows whose records no call has.
function calls:free(rows)
  local free = {}
  for _, row in ipairs(rows) do
    if not self.is_held[name_of(row)] then free[#free + 1] = row end
  end
  return free
end

-- ---- the rows of a call ----

local function family_of(row)
  return row.parent or row.record_id
end

--- The last row of so many records, from the first row on. All rows of a record go in one call, as
-- two calls may overtake each other.
local function last_of(rows, first, limit)
  local last, count = first, 1
  while rows[last + 1] do
    if rows[last + 1].record_id ~= rows[last].record_id then count = count + 1 end
    if count > limit then break end
    last = last + 1
  end
  return last
end

--- The same without a family at the end that goes on behind it; nothing but one that is too large
-- for a call is cut.
local function last_whole(rows, first, limit)
  local full = last_of(rows, first, limit)
  local last = full
  while rows[full + 1] and last >= first and family_of(rows[last]) == family_of(rows[full + 1]) do
    last = last - 1
  end
  return last >= first and last or full
end

local function take(rows, limit)
  local taken, last = {}, last_whole(rows, rows.at, limit)
  for i = rows.at, last do taken[#taken + 1] = rows[i] end
  rows.at = last + 1
  return taken
end

-- ---- a call ----

--- Makes ready what writes some rows.
local function prepare(org, rows)
  local object = rows[1].object
  local fields, message, code = org:fields(object)
  if not fields then return nil, message, code end
  local step = { results = {}, rows = rows, parents = {} }
  for _, row in ipairs(rows) do
    if row.parent then step.parents[row.parent] = true end
  end
  step.records = links.gather(rows, fields, step.results)
  if #step.records > 0 then step.update = updating.new(object, step.records) end
  return step
end

--- Starts a call.
-- @return true; or nil, message, code
local function launch(self, rows)
  local step, message, code = prepare(self.org, rows)
  if not step then return nil, message, code end
  if step.update then updating.start(self.org, step.update) end
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

--- Whether a call under way has the parent of one of the rows.
local function is_in_the_way(step, rows)
  for _, row in ipairs(rows) do
    if row.parent and step.parents[row.parent] then return true end
  end
  return false
end

local function must_wait(self, rows)
  if #self.flying == most_flying then return true end
  for _, step in ipairs(self.flying) do
    if is_in_the_way(step, rows) then return true end
  end
  return false
end

--- Starts calls for rows of one object that are held, those of a parent together. At the end some
-- are still under way.
-- @return true; or nil, message, code
function calls:launch(rows)
  rows.at = 1
  while rows[rows.at] and not core.interrupted() do
    local some, ok, message, code = take(rows, self.org.batch_size), true, nil, nil
    while ok and must_wait(self, some) do ok, message, code = land(self) end
    if ok then ok, message, code = launch(self, some) end
    if not ok then return nil, message, code end
  end
  return true
end

--- Waits for all of them.
-- @return true; or nil, message, code
function calls:land()
  while self.flying[1] do
    local ok, message, code = land(self)
    if not ok then return nil, message, code end
  end
  return true
end

--- Settles what has come back, and waits for nothing.
-- @return true; or nil, message, code
function calls:tend()
  self.org:tend()
  while self.flying[1] and (not self.flying[1].update or self.flying[1].update.call.result) do
    local ok, message, code = land(self)
    if not ok then return nil, message, code end
  end
  return true
end

return calls
