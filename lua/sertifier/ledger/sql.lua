--- Executes statements on a ledger's connection; a driver's error never gets out as one.

local sql = {}

--- What a ledger's methods give where something went wrong.
function sql.fail(self, message)
  return nil, ("ledger %s: %s"):format(self.name, tostring(message)), "ledger"
end

--- A prepared statement, kept by its text.
local function prepared(self, text)
  if not self.statements[text] then
    local statement, message = self.connection:prepare(text)
    if not statement then return nil, message end
    self.statements[text] = statement
  end
  return self.statements[text]
end

--- Executes; a driver may say no by a value or by an error.
function sql.execute(self, text, ...)
  local statement, message = prepared(self, text)
  if not statement then return nil, message end
  local called, ok, why = pcall(statement.execute, statement, ...)
  if called and ok then return statement end
  return nil, called and why or ok
end

function sql.rows_of(self, text, ...)
  local statement, message = sql.execute(self, text, ...)
  if not statement then return nil, message end
  local rows = {}
  local ok, why = pcall(function()
    for row in statement:rows(true) do rows[#rows + 1] = row end
  end)
  if not ok then return nil, why end
  return rows
end

--- Does `work` in one transaction that is durable when it returns.
function sql.transaction(self, work)
  local ok, message = sql.execute(self, self.engine.begin)
  if not ok then return nil, message end
  local done, why = work()
  if done then
    local committed, reason = sql.execute(self, "COMMIT")
    if committed then return done end
    why = reason
  end
  sql.execute(self, "ROLLBACK")
  return nil, why
end

return sql
