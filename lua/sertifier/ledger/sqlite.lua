--- What is SQLite's own about a ledger: its file, its words, how a writer begins.

local DBI = require "DBI"
local core = require "sertifier.core"
local sql = require "sertifier.ledger.sql"

local sqlite = {
  is_file = true,
  -- The only writer from here on: nothing has to be locked row by row.
  begin = "BEGIN IMMEDIATE",
  alone = "SELECT 1",
  words = {
    now = "(SELECT (julianday('now') - 2440587.5) * 86400.0)", lock = "", skip = "",
    locked = "{list}",
    table = "SELECT name FROM sqlite_master WHERE name = ?",
    stretch = "CAST((settled_at - ?) / ? AS INTEGER)",
  },
  prefixes = { "Error executing statement parameters: ", "Error preparing statement handle: ",
    "Failed to connect to database: ", "Execute failed " },
  cures = {
    { "is locked", "another program holds it; end that program, or try again" },
    { "is full", "make room on its disk, then run again" },
    { "not a database", "give the name of a ledger, or of a file that is not there yet" },
    { "malformed", "take the last good copy of it, and look at what was issued since" },
    { "readonly", "make it writable" },
    { "Read%-only", "put it where it can be written" },
    { "Permission denied", "give it to the user who runs this" },
    { "No such file", "make its directory first" },
    { "irectory$", "give the path of a file" },
    { "disk I/O error", "see what is wrong with its disk, then run again" },
  },
}

--- Seconds that a writer waits for another.
sqlite.patience = 10

local waits = ("PRAGMA busy_timeout = %d"):format(sqlite.patience * 1000) -- milliseconds

local durable = "PRAGMA synchronous = FULL" -- a commit is on the disk before it is said to be

local settings = {
  waits,
  "PRAGMA journal_mode = WAL",
  durable,
  "PRAGMA secure_delete = ON", -- what is removed is overwritten
  "PRAGMA cache_size = -768", -- KiB: a ledger of a million keys takes little memory
}

--- Asks again as long as another program is in the way, where SQLite does not wait by itself.
local function ask_patiently(ask)
  local give_up = core.elapsed() + sqlite.patience
  local rows, message = ask()
  while not rows and tostring(message):find "is locked" and core.elapsed() < give_up do
    core.sleep(0.01)
    rows, message = ask()
  end
  return rows, message
end

--- What a statement may have to undo, people among it, would else go to a file in /var/tmp. What
-- only reads may need room for a whole ledger, which memory need not have.
sqlite.to_write = "PRAGMA temp_store = MEMORY"

local settings_to_read = { waits, "PRAGMA query_only = ON" }

--- Sets up a new connection.
-- @return true; or nil, message
function sqlite.set(connection, reads_only)
  for _, text in ipairs(reads_only and settings_to_read or settings) do
    -- A file is turned to WAL by one who reads it already: such a one SQLite does not let wait.
    local rows, message = ask_patiently(function() return sql.ask(connection, text) end)
    if not rows then return nil, message end
  end
  return true
end

--- What stands in messages for the ledger.
function sqlite.shown(path)
  return path
end

--- Whether it is there already.
function sqlite.exists(path)
  return core.file_id(path) ~= nil
end

--- Connects; the file is made first, so that nobody else can read it for a moment.
-- A name like ":memory:" is a file's here, too.
-- @tparam string path
-- @tparam[opt] boolean reads_only a file that is there, and stays as it is
-- @return the connection, and whether the file is this one's; or nil, message
function sqlite.connect(path, reads_only)
  local ok, is_new = true, false
  if not reads_only then ok, is_new = core.private(path) end
  if not ok then return nil, is_new end
  local called, connection, why = pcall(DBI.Connect, "SQLite3", (path:gsub("^[^/]", "./%0")))
  if not (called and connection) then return nil, called and why or connection end
  -- To turn it to WAL is to write its first page, which needs no journal on the disk.
  if is_new then sql.ask(connection, "PRAGMA journal_mode = MEMORY") end
  return connection, is_new
end

--- Brings its log into the file; SQLite does not wait for another program's checkpoint by itself.
local function checkpoint(self, how)
  return ask_patiently(function()
    local rows, why = sql.rows_of(self, ("PRAGMA wal_checkpoint(%s)"):format(how))
    if not rows then return nil, why end
    return rows[1].busy == 0, "its log is locked"
  end)
end

--- Moves what was committed from its log into the file, as far as nobody is in the way.
-- @return true; or nil, message
function sqlite.tidy(self)
  local rows, message = sql.rows_of(self, "PRAGMA wal_checkpoint(PASSIVE)")
  return rows and true, message
end

--- Writes the file anew and empties its log: in neither is then a byte of what was removed. SQLite
-- overwrites what it deletes, but not the copies that it left where it moved rows to other pages.
-- @return true; or nil, message
function sqlite.clean(self)
  local ok, message = sql.rows_of(self, "PRAGMA temp_store = FILE") -- it has room for all of it
  self.is_set_to_write = nil
  if ok then ok, message = sql.rows_of(self, "VACUUM") end
  if not ok then return nil, message end
  return checkpoint(self, "TRUNCATE")
end

--- Makes the tables of a ledger that has none. Those of a file that this connection made need not
-- be on the disk yet: the first claim brings them there, or is not there itself. Of another's file
-- it is not known whether it is on the disk at all; so all of it goes there now.
-- @tparam function make makes them in a transaction: true; or nil, message
-- @return true; or nil, message
function sqlite.create(self, make)
  local ok, message = true, nil
  if self.is_new then ok, message = sql.rows_of(self, "PRAGMA synchronous = OFF") end
  if ok then ok, message = make() end
  if not ok then return nil, message end
  if not self.is_new then return checkpoint(self, "FULL") end
  return sql.rows_of(self, durable)
end

--- Does `work`, whose commit need not be on the disk before the next one is: the log has both, in
-- this order, and is flushed as a whole.
-- @return true; or nil, message
function sqlite.unhurried(self, work)
  if not self.connection then return work() end -- says that it is closed
  -- Asked anew each time: it takes effect where it is prepared.
  local ok, message = sql.ask(self.connection, "PRAGMA synchronous = NORMAL")
  if ok then ok, message = work() end
  local again, why = sql.ask(self.connection, durable)
  if ok and again then return true end
  return nil, message or why
end

--- What tells this file from another that stands at its path later.
function sqlite.identity(path)
  return core.file_id(path)
end

return sqlite
