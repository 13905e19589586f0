--- What is SQLite's own about a ledger: opening the file, and how a writer begins.

local DBI = require "DBI"
local core = require "sertifier.core"

local sqlite = { begin = "BEGIN IMMEDIATE" }

local settings = {
  "PRAGMA busy_timeout = 10000", -- milliseconds that a writer waits for another
  "PRAGMA journal_mode = WAL",
  "PRAGMA synchronous = FULL", -- a commit is on the disk before it is said to be
}

local function set(connection)
  for _, sql in ipairs(settings) do
    local statement, message = connection:prepare(sql)
    if not statement then return nil, message end
    local ok, why = statement:execute()
    if not ok then return nil, why end
    statement:close()
  end
  return true
end

--- Connects; the file is made first, so that nobody else can read it for a moment.
function sqlite.connect(path)
  local made, message = core.private(path)
  if not made then return nil, message end
  local called, connection, why = pcall(DBI.Connect, "SQLite3", path)
  if not called or not connection then return nil, called and why or connection end
  connection:autocommit(true)
  local ok, reason = set(connection)
  if ok then return connection end
  connection:close()
  return nil, reason
end

return sqlite
