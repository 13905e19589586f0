--- What is PostgreSQL's own about a ledger: its address, its words, how rows are locked.

local DBI = require "DBI"

local postgres = {
  begin = "BEGIN",
  -- Two programs that make the tables at the same time would trip over each other.
  alone = "SELECT pg_advisory_xact_lock(7305808869229)",
  words = {
    now = "CAST(extract(epoch FROM clock_timestamp()) AS DOUBLE PRECISION)",
    lock = "ORDER BY c.key FOR UPDATE OF c",
    skip = "FOR UPDATE SKIP LOCKED",
    stretch = "CAST(FLOOR((settled_at - CAST(? AS DOUBLE PRECISION))"
      .. " / CAST(? AS DOUBLE PRECISION)) AS BIGINT)",
  },
  prefixes = { "Error executing statement parameters: ", "Error preparing statement handle: ",
    "Failed to connect to database: ", "ERROR: +", "FATAL: +" },
  cures = {
    { "Cannot load driver", "install luadbi-postgresql" },
    { "password", "give the user and the password in its address or in PGPASSWORD" },
    { "database \".*\" does not exist", "make it with createdb" },
    { "role \".*\" does not exist", "give the name of a user that the database has" },
    { "encoding", "make a database with ENCODING 'UTF8'" },
    { "permission denied", "let its owner grant the user its tables" },
    { "connection to server", "start PostgreSQL, or give the address of one that runs" },
    { "could not translate", "give the address of a host that is there" },
    { "lock timeout", "another program holds its rows; end that program, or try again" },
    { "connection", "PostgreSQL went away; when it is back, run again" },
    { "no longer available", "PostgreSQL went away; when it is back, run again" },
    { "disk full", "make room on its disk, then run again" },
    { "No space left", "make room on its disk, then run again" },
    { "read%-only", "give the address of the server that takes writes" },
  },
}

-- So strict that libpq reads an address as we do: no part of a password gets into its messages.
local address = "^postgres[q]?l?://([^/?#]*)(/?[^?#]*)%??([^#]*)$"

local function parts_of(name)
  local authority, path, query = name:match(address)
  if not authority then return nil end
  local user, host = authority:match "^(.*)@([^@]*)$"
  if user and (user:find "@" or select(2, user:gsub(":", "")) > 1) then return nil end
  return user, host or authority, path, query
end

--- The address without its password.
function postgres.shown(name)
  local user, host, path, query = parts_of(name)
  if not host then return "postgres://" end
  user = user and user:gsub(":.*", "") .. "@" or ""
  query = query:gsub("([?&]?)password=[^&]*", "%1")
  return "postgres://" .. user .. host .. path .. (query ~= "" and "?" .. query or "")
end

--- Whether it is there shows when it is opened.
function postgres.exists()
  return true
end

local function rows_of(connection, text)
  local statement, message = connection:prepare(text)
  if not statement then return nil, message end
  local ok, why = statement:execute()
  if not ok then return nil, why end
  local row = statement:fetch(true) or {}
  statement:close()
  return row
end

local function set(connection)
  local row, message = rows_of(connection, "SHOW server_encoding")
  if not row then return nil, message end
  if row.server_encoding ~= "UTF8" then
    return nil, ("the database has the encoding %s"):format(row.server_encoding)
  end
  for _, text in ipairs { "SET client_encoding = 'UTF8'", "SET lock_timeout = '10s'",
    "SET client_min_messages = 'warning'", "SET synchronous_commit = 'on'" } do
    row, message = rows_of(connection, text)
    if not row then return nil, message end
  end
  return true
end

--- Connects; a server that does not answer is waited for 10 seconds.
function postgres.connect(name)
  local _, host = parts_of(name)
  if not host then
    return nil, "no address; write postgres://user:password@host:port/database, and what is special"
      .. " in a password as %40"
  end
  local url = name:find "?" and name:gsub("?", "?connect_timeout=10&", 1)
    or name .. "?connect_timeout=10"
  local called, connection, why = pcall(DBI.Connect, "PostgreSQL", url)
  if not called or not connection then return nil, called and why or connection end
  connection:autocommit(true)
  local ok, reason = set(connection)
  if ok then return connection end
  connection:close()
  return nil, reason
end

--- A database is not moved from under its connections.
function postgres.identity()
  return nil
end

return postgres
