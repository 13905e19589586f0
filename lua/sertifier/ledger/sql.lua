--- Executes statements on a ledger's connection; a driver's error never gets out as one.
--
-- The text of a statement is the same for every engine. What differs stands in braces, and the
-- engine has the words for it: `{now}` is the database's clock, so that machines whose clocks
-- differ agree on a lease; `{lock}` locks the rows of a selection in one order; `{stretch}` counts
-- equal stretches of time. `{run}` is this run's id, and `{list}` the rows that a statement is
-- given, with columns `column1`, `column2`, …

local core = require "sertifier.core"

local sql = {}

-- A list goes in pieces of these sizes, the last one filled up with NULL: so a batch of any size
-- takes few statements, and each is prepared once. PostgreSQL's driver takes 999 values at most.
local sizes = { 64, 16, 4, 1 }

-- ---- one statement ----

--- What a ledger's methods give where something went wrong: what, and what to do.
function sql.fail(self, message)
  local what = tostring(message):gsub("%s+", " "):gsub(" $", "")
  for _, prefix in ipairs(self.engine.prefixes) do what = what:gsub("^" .. prefix, "") end
  for _, case in ipairs(self.engine.cures) do
    if what:find(case[1]) then what = what .. "; " .. case[2] break end
  end
  return nil, ("ledger %s: %s"):format(self.shown, what), "ledger"
end

local function list_of(size, width)
  local row = "(" .. ("?,"):rep(width):sub(1, -2) .. "),"
  return "(VALUES " .. row:rep(size):sub(1, -2) .. ") AS item"
end

local function written(self, text, size, width)
  local words = setmetatable({ run = "'" .. self.run .. "'",
    list = size and list_of(size, width) }, { __index = self.engine.words })
  return (text:gsub("{(%w+)}", words))
end

--- A prepared statement, kept by its text and the size of its list.
local function prepared(self, text, size, width)
  local name = text .. (size or "")
  if self.statements[name] then return self.statements[name], name end
  if not self.connection then return nil, "it is closed" end
  local called, statement, message =
    pcall(self.connection.prepare, self.connection, written(self, text, size, width))
  if not called or not statement then return nil, called and message or statement end
  self.statements[name] = statement
  return statement, name
end

--- SQLite's driver tells the error of a failed statement once more at its next use.
local function forget(self, name)
  pcall(self.statements[name].close, self.statements[name])
  self.statements[name] = nil
end

--- Closes all that was prepared.
function sql.close_statements(self)
  for _, statement in pairs(self.statements) do pcall(statement.close, statement) end
  self.statements = {}
end

local function fetch(statement)
  local rows = {}
  for row in statement:rows(true) do rows[#rows + 1] = row end
  return rows
end

local function execute(self, text, size, width, ...)
  local statement, name = prepared(self, text, size, width)
  if not statement then return nil, name end
  local called, ok, message = pcall(statement.execute, statement, ...)
  local rows
  if called and ok then called, rows = pcall(fetch, statement) end
  if called and rows then return rows end
  forget(self, name)
  return nil, rows or (called and message) or ok
end

--- Executes a statement.
-- @return its rows, each a table by column; or nil, message
function sql.rows_of(self, text, ...)
  local rows, message = execute(self, text, nil, nil, ...)
  return rows, message
end

-- ---- a list ----

local function cleaned(values, count)
  for i = 1, count do
    local value = values[i]
    if type(value) == "string" and not core.is_text(value) then
      values[i] = value:gsub("[%z\128-\255]", "?")
    end
  end
  return values
end

local function size_for(left)
  local size = sizes[1]
  for i = 2, #sizes do
    if sizes[i] >= left then size = sizes[i] end
  end
  return size
end

--- Executes a statement over a list, piece by piece.
-- @tparam string text with `{list}`
-- @tparam table list
-- @tparam number width how many values a row has
-- @tparam function put `(values, n, one)` puts those of one element behind the n-th
-- @return the rows of all pieces; or nil, message
function sql.over(self, text, list, width, put)
  local all, first = {}, 1
  while first <= #list do
    local size = size_for(#list - first + 1)
    local values = {}
    for i = 0, math.min(size, #list - first + 1) - 1 do put(values, i * width, list[first + i]) end
    local rows, message = execute(self, text, size, width,
      (table.unpack or unpack)(cleaned(values, size * width), 1, size * width))
    if not rows then return nil, message end
    for _, row in ipairs(rows) do all[#all + 1] = row end
    first = first + size
  end
  return all
end

--- For a list whose elements are keys.
function sql.put_key(values, n, key)
  values[n + 1] = key
end

--- The elements in the order of their keys, each key once: two runs that insert the same keys then
-- wait for each other in one order, and not each for the other.
function sql.ordered(list)
  local copy, seen = {}, {}
  for _, one in ipairs(list) do
    if not seen[one.key] then copy[#copy + 1] = one end
    seen[one.key] = true
  end
  table.sort(copy, function(a, b) return a.key < b.key end)
  return copy
end

--- The set of the keys of some rows.
function sql.set(rows)
  local set = {}
  for _, row in ipairs(rows) do set[row.key] = true end
  return set
end

-- ---- a transaction ----

--- A transaction of a ledger that nobody else in this process writes to.
function sql.alone(self, work)
  local ok, message = sql.rows_of(self, self.engine.begin)
  if not ok then return nil, message end
  local done, why = work()
  if done then
    local committed, reason = sql.rows_of(self, "COMMIT")
    if committed then return done end
    why = reason
  end
  sql.rows_of(self, "ROLLBACK")
  return nil, why
end

--- Does `work` in one transaction that is durable when it returns.
function sql.transaction(self, work)
  return (self.transaction or sql.alone)(self, work)
end

--- The same, told as a ledger's method tells it.
function sql.change(self, work)
  local done, message = sql.transaction(self, work)
  if done then return done end
  return sql.fail(self, message)
end

return sql
