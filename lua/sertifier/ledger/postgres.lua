--- What is PostgreSQL's own about a ledger: its address, its words, how rows are locked.

local DBI = require "DBI"
local sql = require "sertifier.ledger.sql"

local postgres = {
  -- A statement is to see what others did until it begins, whatever the server's own choice is.
  begin = "BEGIN ISOLATION LEVEL READ COMMITTED",
  undone = "deadlock detected",
  -- Two programs that make the tables at the same time would trip over each other.
  alone = "SELECT pg_advisory_xact_lock(7305808869229)",
  words = {
    now = "CAST(extract(epoch FROM clock_timestamp()) AS DOUBLE PRECISION)",
    -- Claims go by bytes: in a language's order two programs would wait for each other.
    lock = 'ORDER BY c.key COLLATE "C" FOR UPDATE OF c',
    skip = "FOR UPDATE SKIP LOCKED",
    locked = "(SELECT item.* FROM {list} JOIN credential AS c ON c.key = item.column1"
      .. " WHERE c.run = {run} {lock}) AS item",
    table = "SELECT relname FROM pg_class WHERE relname = CAST(? AS TEXT)"
      .. " AND pg_table_is_visible(oid)",
    stretch = "CAST(FLOOR((settled_at - CAST(? AS DOUBLE PRECISION))"
      .. " / CAST(? AS DOUBLE PRECISION)) AS BIGINT)",
  },
  prefixes = { "Error executing statement parameters: ", "Error preparing statement handle: ",
    "ERROR: +", "FATAL: +" },
  cures = {
    { "Cannot load driver", "install luadbi-postgresql" },
    -- The driver keeps libpq's own words to itself.
    { "cannot connect", "see that the server runs, and that its address, the user, the password"
      .. " (or PGPASSWORD) and the database are right; psql with this address says which is not" },
    { "encoding", "make a database with ENCODING 'UTF8'" },
    { "permission denied", "let its owner grant the user its tables" },
    { "lock timeout", "another program holds its rows; end that program, or try again" },
    { "connection", "PostgreSQL went away; when it is back, run again" },
    { "no longer available", "PostgreSQL went away; when it is back, run again" },
    { "disk full", "make room on its disk, then run again" },
    { "No space left", "make room on its disk, then run again" },
    { "read%-only", "give the address of the server that takes writes" },
  },
}

local address = "^postgres[q]?l?://([^/?#@]*)(/?[^?#@]*)%??([^#@]*)$"
local address_of_user = "^postgres[q]?l?://([^/?#@:]*:?[^/?#@:]*)@([^/?#@]*)(/?[^?#@]*)%??([^#@]*)$"

--- So strict that libpq reads an address as we do: no part of a password gets into its messages.
-- @return the user and the password, the hosts, the path, and the query; nil for no address
local function parts_of(name)
  local user, hosts, path, query = name:match(address_of_user)
  if not user then hosts, path, query = name:match(address) end
  for host in (hosts or ""):gmatch "[^,]+" do
    if not host:gsub("%b[]", ""):find "^[^:]*:?%d*$" then return nil end
  end
  return user, hosts, path, query
end

--- The address without its password.
function postgres.shown(name)
  local user, hosts, path, query = parts_of(name)
  if not hosts then return "postgres://" end
  user = user and user:gsub(":.*", "") .. "@" or ""
  query = query:gsub("([?&]?)password=[^&]*", "%1")
  return "postgres://" .. user .. hosts .. path .. (query ~= "" and "?" .. query or "")
end

--- Whether it is there shows when it is opened.
function postgres.exists()
  return true
end

local settings = { "SET client_encoding = 'UTF8'", "SET lock_timeout = '10s'",
  "SET client_min_messages = 'error'", "SET synchronous_commit = 'on'" }

--- Sets up a new connection.
-- @return true; or nil, message
function postgres.set(connection, reads_only)
  local rows, message = sql.ask(connection, "SHOW server_encoding")
  if not rows then return nil, message end
  if rows[1].server_encoding ~= "UTF8" then
    return nil, ("the database has the encoding %s"):format(rows[1].server_encoding)
  end
  for _, text in ipairs(settings) do
    rows, message = sql.ask(connection, text)
    if not rows then return nil, message end
  end
  return not reads_only or sql.ask(connection, "SET default_transaction_read_only = 'on'")
end

--- Connects; a server that does not answer is waited for 10 seconds.
-- @tparam string name
function postgres.connect(name)
  local _, hosts = parts_of(name)
  if not hosts then
    return nil, "no address; write postgres://user:password@host:port/database, and what is special"
      .. " in a password as %40"
  end
  local url = name:find "?" and name:gsub("?", "?connect_timeout=10&", 1)
    or name .. "?connect_timeout=10"
  local called, connection, why = pcall(DBI.Connect, "PostgreSQL", url)
  if called and connection then return connection end
  local problem = tostring(called and why or connection):gsub("^Failed to .-: ", "")
  return nil, "cannot connect: " .. problem
end

--- What becomes of its files is for the server: see `VACUUM` there, and its log.
function postgres.clean()
  return true
end

--- Makes the tables of a ledger that has none.
-- @tparam function make makes them in a transaction: true; or nil, message
-- @return true; or nil, message
function postgres.create(_, make)
  return make()
end

--- A database is not moved from under its connections.
function postgres.identity()
  return nil
end

return postgres
