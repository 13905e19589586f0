--- The engines of a ledger, for specs that run on each.

local DBI = require "DBI"
local files = require "spec.support.files"
local postgres = require "spec.support.postgres"

local sqlite = { name = "SQLite",
  tables = "SELECT name FROM sqlite_master WHERE name = 'memory'" }

function sqlite.start() end

function sqlite.stop()
  files.remove()
end

--- The name of a ledger that is not there yet.
function sqlite.fresh()
  sqlite.path = files.path ".db"
  return sqlite.path
end

--- Rows of the file itself, past the ledger.
function sqlite.query(text)
  local connection = assert(DBI.Connect("SQLite3", sqlite.path))
  connection:autocommit(true)
  local statement = assert(connection:prepare(text))
  assert(statement:execute())
  local rows = {}
  for row in statement:rows(true) do rows[#rows + 1] = row end
  statement:close()
  connection:close()
  return rows
end

local server = { name = "PostgreSQL", start = postgres.start, stop = postgres.stop,
  query = postgres.query, tables = "SELECT relname FROM pg_class WHERE relname = 'memory'" }

function server.fresh()
  postgres.clean()
  return postgres.address()
end

return { sqlite, server }
