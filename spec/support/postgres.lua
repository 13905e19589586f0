--- A real PostgreSQL for a spec: in a temporary directory, as a user of its own, on a Unix socket.

local DBI = require "DBI"
local core = require "sertifier.core"
local statement = require "spec.support.statement"

local postgres = {}

local password = "as d#f/1" -- what an address must write otherwise

local function output_of(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read "*a"
  pipe:close()
  return (text:gsub("%s+$", ""))
end

-- It refuses to run as root.
local function as_user()
  if output_of "id -u" ~= "0" then return "" end
  return "setpriv --reuid=postgres --regid=postgres --clear-groups --pdeathsig=INT "
end

local function connect()
  local _, connection = pcall(DBI.Connect, "PostgreSQL", "postgres", "sertifier", password,
    postgres.directory)
  return type(connection) == "userdata" and connection
end

local function make()
  local bin = output_of "ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -1"
  if bin == "" then bin = output_of "pg_config --bindir" end
  postgres.directory = output_of(as_user() .. "mktemp -d")
  local words = postgres.directory .. "/password"
  local file = assert(io.open(words, "w"))
  file:write(password, "\n")
  file:close()
  local ok = os.execute(("chmod 644 %s; %s%s/initdb -D %s/data -E UTF8 --locale=C -U sertifier"
    .. " -A scram-sha-256 --pwfile=%s --no-sync >%s/log 2>&1"):format(words, as_user(), bin,
    postgres.directory, words, postgres.directory))
  assert(ok == true or ok == 0, "initdb failed")
  return bin
end

local function run(bin)
  -- It is the child of this process, and ends when its pipe is closed by the end of the process.
  postgres.pipe = assert(io.popen(("echo $$; exec %s%s/postgres -D %s/data -k %s"
    .. " -c listen_addresses='' -c fsync=off -c max_connections=40 >>%s/log 2>&1")
    :format(as_user(), bin, postgres.directory, postgres.directory, postgres.directory)))
  postgres.pid = postgres.pipe:read "*l"
end

local function wait()
  local until_when = core.elapsed() + 30
  while true do
    local connection = connect()
    if connection then connection:close() return end
    assert(core.elapsed() < until_when, "PostgreSQL does not start")
    core.sleep(0.05)
  end
end

--- Starts it.
function postgres.start()
  postgres.bin = make()
  postgres.go()
end

--- Starts it again on the same data.
function postgres.go()
  run(postgres.bin)
  wait()
end

--- Stops it at once, as when its machine goes away; the data stay.
function postgres.halt(signal)
  os.execute(("kill -%s %s"):format(signal or "QUIT", postgres.pid))
  postgres.pipe:close()
end

--- Stops it, and removes its directory.
function postgres.stop()
  postgres.halt "INT"
  os.execute("rm -rf " .. postgres.directory)
end

--- The address of its database, as a ledger takes it.
function postgres.address()
  return "postgres://sertifier:as%20d%23f%2F1@/postgres?host=" .. postgres.directory
end

--- What no message may hold.
postgres.password = password

--- Rows that a statement gives, past the ledger.
function postgres.query(text)
  local connection = assert(connect())
  connection:autocommit(true)
  assert(connection:prepare "SET client_min_messages = 'error'"):execute()
  return statement.rows(connection, text)
end

--- Removes all tables.
function postgres.clean()
  postgres.query("DROP TABLE IF EXISTS meta, decision, credential, forgotten, run, memory,"
    .. " write_back, write_job")
end

return postgres
