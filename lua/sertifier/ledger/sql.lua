--- Executes statements on a ledger's connection; a driver's error never gets out as one.
--
-- The text of a statement is the same for every engine. What differs stands in braces, and the
-- engine has the words for it: `{now}` is the database's clock, so that machines whose clocks
-- differ agree on a lease; `{lock}` locks the rows of a selection in one order; `{stretch}` counts
-- equal stretches of time; `{table}` asks for a table by its name. `{run}` is this run's id, and
-- `{list}` the rows that a statement is given, with columns `column1`, `column2`, …; `{locked}` are
-- those of them whose keys are this run's, which are locked in one order where rows are locked.

local sql = {}

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
  return (text:gsub("{locked}", words.locked):gsub("{(%w+)}", words))
end

local function prepare(connection, text)
  local called, statement, message = pcall(connection.prepare, connection, text)
  if called and statement then return statement end
  return nil, called and message or statement
end

--- A prepared statement, kept by its text and the size of its list.
local function prepared(self, text, size, width)
  local kept = self.statements[text] or {}
  if kept[size or 0] then return kept[size or 0] end
  if not self.connection then return nil, "it is closed" end
  local statement, message = prepare(self.connection, written(self, text, size, width))
  if not statement then return nil, message end
  self.statements[text], kept[size or 0] = kept, statement
  return statement
end

--- SQLite's driver tells the error of a failed statement once more at its next use.
local function forget(self, text, size)
  local kept = self.statements[text]
  pcall(kept[size or 0].close, kept[size or 0])
  kept[size or 0] = nil
end

--- Closes all that was prepared.
function sql.forget_all(self)
  for _, kept in pairs(self.statements) do
    for _, statement in pairs(kept) do pcall(statement.close, statement) end
  end
  self.statements = {}
end

--- Closes the connection.
function sql.close(self)
  sql.forget_all(self)
  self.connection:close()
  self.connection = nil
end

local function fetch(statement)
  local rows = {}
  for row in statement:rows(true) do rows[#rows + 1] = row end
  return rows, statement:affected()
end

local function rows_from(statement, ...)
  local called, ok, message = pcall(statement.execute, statement, ...)
  local rows, changed
  if called and ok then called, rows, changed = pcall(fetch, statement) end
  if called and rows then return rows, nil, changed end
  return nil, rows or (called and message) or ok
end

--- Executes a statement once, on a connection that is no ledger's yet.
-- @return its rows; or nil, message
function sql.ask(connection, text)
  local statement, message = prepare(connection, text)
  if not statement then return nil, message end
  local rows, why = rows_from(statement)
  pcall(statement.close, statement)
  return rows, why
end

local function try(self, text, size, width, ...)
  local statement, fault = prepared(self, text, size, width)
  if not statement then return nil, fault end
  local rows, message, changed = rows_from(statement, ...)
  if not rows then forget(self, text, size) end
  return rows, message, changed
end

--- Connects a ledger that is not connected.
-- @return true; or nil, message
function sql.connect(self)
  local connection, more = self.engine.connect(self.name, self.reads_only)
  if not connection then return nil, more end
  self.is_new = more
  connection:autocommit(true)
  local ok, why = self.engine.set(connection, self.reads_only)
  if not ok then connection:close() return nil, why end
  self.connection = connection
  return true
end

--- A server may have gone away and come back: where no transaction was lost with the connection,
-- a new one takes its place.
local function reconnect(self)
  if self.in_transaction or not self.connection or self.connection:ping() then return false end
  local lost = self.connection
  if not sql.connect(self) then return false end
  sql.forget_all(self)
  lost:close()
  return true
end

--- Executes a statement.
-- @tparam table self the ledger
-- @tparam string text
-- @tparam ?number size how many rows its `{list}` has
-- @tparam ?number width how many values a row has
-- @param ... its values
-- @return its rows, each a table by column; nil, message; and third, how many rows it changed
function sql.execute(self, text, size, width, ...)
  local rows, message, changed = try(self, text, size, width, ...)
  if rows or not reconnect(self) then return rows, message, changed end
  return try(self, text, size, width, ...)
end

--- Executes a statement without a list.
function sql.rows_of(self, text, ...)
  return sql.execute(self, text, nil, nil, ...)
end

--- Rows, told as a ledger's method tells them.
-- @return them; or nil, message, "ledger"
function sql.told(self, rows, message)
  if rows then return rows end
  return sql.fail(self, message)
end

--- Executes statements, one after another.
-- @return true; or nil, message
function sql.each_of(self, statements)
  for _, text in ipairs(statements) do
    local ok, message = sql.rows_of(self, text)
    if not ok then return nil, message end
  end
  return true
end

-- ---- a transaction ----

local function finish(self, work)
  local done, message = work()
  if not done then return nil, message end
  local committed, why = sql.rows_of(self, "COMMIT")
  if committed then return done end
  return nil, why
end

local function begin(self)
  local ok, message = true, nil
  if self.engine.to_write and not self.is_set_to_write then
    ok, message = sql.rows_of(self, self.engine.to_write)
    self.is_set_to_write = ok ~= nil
  end
  if ok then return sql.rows_of(self, self.engine.begin) end
  return nil, message
end

local function once(self, work)
  local ok, message = begin(self)
  if not ok then return nil, message end
  self.in_transaction = true
  local done, why = finish(self, work)
  if not done then sql.rows_of(self, "ROLLBACK") end
  self.in_transaction = false
  return done, why
end

--- A transaction of a ledger that nobody else in this process writes to. A server that finds
-- transactions waiting for each other undoes one of them, which may then be tried again.
function sql.alone(self, work)
  local done, why
  for _ = 1, 5 do
    done, why = once(self, work)
    if done or not (self.engine.undone and tostring(why):find(self.engine.undone)) then break end
  end
  return done, why
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
