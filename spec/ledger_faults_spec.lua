--- What may be wrong with a ledger: each is told, with what to do, and nothing is claimed.

local DBI = require "DBI"
local core = require "sertifier.core"
local files = require "spec.support.files"
local keys = require "spec.support.keys"
local ledgers = require "sertifier.ledger"
local postgres = require "spec.support.postgres"
local sql = require "sertifier.ledger.sql"

local lua = os.getenv "SPEC_LUA" or "lua5.4"
local item, items, key, names, issued = keys.item, keys.items, keys.key, keys.names, keys.issued

local function output_of(command)
  local pipe = io.popen(command)
  local text = pipe:read "*a"
  pipe:close()
  return text
end

local function run_sql(path, statements)
  local connection = assert(DBI.Connect("SQLite3", path))
  connection:autocommit(true)
  for _, text in ipairs(statements) do
    local statement = assert(connection:prepare(text))
    assert(statement:execute())
    statement:close()
  end
  return connection
end

--- The tables of version 1.
local first_version = {
  "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
  [[CREATE TABLE decision (key TEXT NOT NULL, word TEXT NOT NULL, by_whom TEXT NOT NULL,
    at DOUBLE PRECISION NOT NULL)]],
  [[CREATE TABLE credential (
    key TEXT PRIMARY KEY, state TEXT NOT NULL, campaign TEXT NOT NULL, once_per TEXT NOT NULL,
    external_id TEXT, name TEXT, email TEXT, line BIGINT, run TEXT, lease DOUBLE PRECISION,
    claimed_at DOUBLE PRECISION, settled_at DOUBLE PRECISION, credential_id TEXT, link TEXT,
    reason TEXT)]],
  "INSERT INTO meta VALUES ('version', '1')",
}

--- What a ledger's database tells of its tables.
local function shape_of(ledger, ...)
  local lines = {}
  for _, text in ipairs { ... } do
    for _, row in ipairs(assert(sql.rows_of(ledger, text))) do
      lines[#lines + 1] = row.line:gsub("%s+", " ")
    end
  end
  return lines
end

--- What a failed call gives: nil, "ledger NAME: …", "ledger".
local function assert_fails(words, name, ...)
  local none, message, code = ...
  assert.same({ nil, "ledger" }, { none, code })
  assert.equal(("ledger %s: %s"):format(name, words), message)
end

describe("a ledger that is a file", function()
  local path, ledger

  before_each(function()
    path = files.path ".db"
    ledger = assert(ledgers.open(path))
  end)

  after_each(function()
    ledger:close()
    files.remove()
  end)

  it("is readable by its owner only, whatever the umask", function()
    assert(ledger:claim { item(1) })
    assert.equal("600 600 600 ", (output_of("stat -c %a " .. path .. "*"):gsub("\n", " ")))
  end)

  it("puts people into no file but its own", function()
    assert(ledger:claim(items(1, 1000)))
    sql.transaction(ledger, function()
      assert(sql.rows_of(ledger, "UPDATE credential SET key = key || '.', name = 'x'"))
      local others = output_of("readlink /proc/$PPID/fd/*"):gsub(path:gsub("%W", "%%%0") .. "%S*", "")
      assert.is_nil(others:match "%S*etilqs%S*")
      return nil, "undone"
    end)
  end)

  it("has in its own file what was committed, once it is tidied", function()
    local function is_in_file(text)
      return assert(io.open(path, "rb")):read("*a"):find(text, 1, true) ~= nil
    end
    assert(ledger:claim { item(1) })
    assert.is_false(is_in_file(key(1)))
    assert.is_true(ledger:tidy())
    assert.is_true(is_in_file(key(1)))
    ledger:close()
    assert_fails("it is closed", path, ledger:tidy())
  end)

  it("keeps ids in order only where somebody looks for them", function()
    local asked = "SELECT name FROM sqlite_master WHERE name = 'credential_credential_id'"
    assert(ledger:claim(items(1, 2)))
    assert(ledger:settle { issued(1), issued(2) })
    assert.same({}, sql.rows_of(ledger, asked))
    for _ = 1, 2 do
      assert.same({ ["credential-2"] = true }, ledger:has_credential { "credential-2", "other" })
    end
    assert.equal(1, #sql.rows_of(ledger, asked))
    run_sql(path, { "UPDATE meta SET value = '5' WHERE name = 'version'" }):close()
    local other = assert(ledgers.open(path))
    assert.same({}, sql.rows_of(other, asked))
    assert.same({ ["credential-2"] = true }, ledger:has_credential { "credential-2" })
    other:close()
  end)

  it("is a file, whatever it is called", function()
    local place = output_of("mktemp -d"):gsub("\n", "")
    local script = files.write([[
      local ledger = assert(require("sertifier.ledger").open(arg[1]))
      ledger:close()
    ]], ".lua")
    for _, name in ipairs { ":memory:", "file:a.db", "-x", "ledger?mode=ro" } do
      local told = output_of(("r=$PWD; p=$(echo \"$LUA_PATH\" | sed \"s|lua/|$r/lua/|g\");"
        .. " c=$(echo \"$LUA_CPATH\" | sed \"s|build/|$r/build/|g\"); cd %s && LUA_PATH=$p LUA_CPATH=$c"
        .. " %s %s '%s' 2>&1; test -s './%s' && echo there"):format(place, lua, script, name, name))
      assert.equal("there\n", told)
    end
    os.execute("rm -rf " .. place)
  end)

  it("must be one that can be one", function()
    local no_database = files.write(("no database "):rep(200))
    local newer = files.path ".db"
    assert(ledgers.open(newer)):close()
    run_sql(newer, { "UPDATE meta SET value = '99' WHERE name = 'version'" }):close()
    for _, case in ipairs {
      { "/tmp", "Is a directory; give the path of a file" },
      { "/no/such/place.db", "No such file or directory; make its directory first" },
      { "/dev/null/ledger.db", "Not a directory; give the path of a file" },
      { no_database, "file is not a database; give the name of a ledger, or of a file that is not"
        .. " there yet" },
      { newer, "it was written by a newer sertifier (its version is 99, this one reads 6); update"
        .. " sertifier" },
    } do
      assert_fails(case[2], case[1], ledgers.open(case[1]))
    end
  end)

  it("takes no claim once its file is deleted, moved, or another's", function()
    local words = "it was moved or deleted while it was in use; put it back, then run again"
    assert(ledger:claim(items(1, 2)))
    os.rename(path, path .. ".moved")
    assert_fails(words, path, ledger:claim { item(3) })
    assert_fails(words, path, ledger:settle { issued(1) })
    assert_fails(words, path, ledger:enqueue { item(3) })
    assert(core.private(path))
    assert_fails(words, path, ledger:claim { item(3) })
    os.remove(path .. ".moved")
  end)

  it("waits for another program, and says where that goes on for too long", function()
    local other = run_sql(path, { "BEGIN IMMEDIATE" })
    ledger.connection:prepare("PRAGMA busy_timeout = 50"):execute()
    local words = "database is locked; another program holds it; end that program, or try again"
    assert_fails(words, path, ledger:claim { item(1) })
    assert_fails(words, path, ledger:claim { item(1) })
    other:close()
    assert.equal("1", names(assert(ledger:claim { item(1) })))
  end)

  it("is opened while another program still writes to the new file", function()
    local new = files.path ".db"
    local writer = io.popen(("%s %s %s"):format(lua, files.write([[
      local connection = assert(require("DBI").Connect("SQLite3", arg[1]))
      connection:autocommit(true)
      assert(assert(connection:prepare "BEGIN IMMEDIATE"):execute())
      print "holds it"
      io.stdout:flush()
      require("sertifier.core").sleep(0.3)
      connection:close()
    ]], ".lua"), new))
    assert.equal("holds it", writer:read "*l")
    local opened = assert(ledgers.open(new))
    assert.equal("1", names(assert(opened:claim { item(1) })))
    opened:close()
    writer:close()
  end)

  --- Claims in a program whose writes fail from the n-th on, and gives what it is told.
  local function claim_without(fault, first)
    local script = files.write([[
      local ledger, message = require("sertifier.ledger").open(arg[1])
      local set
      if ledger then set, message = ledger:claim {
        { key = "campaign-1/9", campaign = "campaign-1", once_per = "9" } } end
      print(set and "claimed" or message)
    ]], ".lua")
    return output_of(("strace -f -qq -o /dev/null -e inject=pwrite64,fdatasync,fsync:error=%s:when=%d+"
      .. " %s %s %s 2>&1"):format(fault, first, lua, script, path)):gsub("\n$", "")
  end

  it("claims nothing on a full disk", function()
    assert.equal(("ledger %s: database or disk is full; make room on its disk, then run again")
      :format(path), claim_without("ENOSPC", 1))
    assert.same({}, ledger:counts())
    assert.equal("9", names(assert(ledger:claim { item(9) })))
  end)

  it("claims nothing where a write or a sync fails", function()
    for first = 1, 4 do
      local told = claim_without("EIO", first)
      assert.equal(("ledger %s: disk I/O error; see what is wrong with its disk, then run again")
        :format(path), told)
    end
    assert.same({}, ledger:counts())
  end)

  it("is flushed once until the first claim, with all that was written before", function()
    local script = files.write([[
      local function say(what)
        print(what)
        io.stdout:flush()
      end
      local ledger = assert(require("sertifier.ledger").open(arg[1]))
      for n = 8, 9 do
        assert(ledger:begin_run { flow = "f" })
        say "begun"
        assert(ledger:claim {
          { key = "campaign-1/" .. n, campaign = "campaign-1", once_per = "" .. n } })
        say "claimed"
      end
    ]], ".lua")
    local told, new = "", files.path ".db"
    for line in output_of(("strace -y -o /dev/stdout -e trace=fdatasync,write %s %s %s 2>&1")
      :format(lua, script, new)):gmatch "[^\n]+" do
      told = told .. (line:match '"(%a+)\\n"' or line:match "sync%(.*db(%-wal)>" or "") .. " "
    end
    assert.equal("begun -wal claimed begun -wal claimed", told:gsub(" +", " "):match "^ ?(.*claimed)")
  end)

  it("is not opened where it cannot be written", function()
    if output_of "id -u" == "0\n" then
      local directory = output_of("mktemp -d"):gsub("\n", "")
      os.execute("chmod 755 " .. directory)
      local owned = directory .. "/ledger.db"
      assert(ledgers.open(owned)):close()
      local script = files.write("print((select(2, require('sertifier.ledger').open(arg[1]))))", ".lua")
      os.execute("chmod 644 " .. script)
      assert.equal(("ledger %s: Permission denied; give it to the user who runs this\n")
        :format(owned), output_of(("setpriv --reuid=nobody --clear-groups %s %s %s 2>&1")
        :format(lua, script, owned)))
      os.execute("rm -rf " .. directory)
    end
  end)

  it("is brought to this version, with what it holds", function()
    ledger:close()
    path = files.path ".db"
    run_sql(path, { "PRAGMA journal_mode = WAL" }):close()
    run_sql(path, first_version):close()
    run_sql(path, {
      [[INSERT INTO credential (key, state, campaign, once_per, name, email, run, lease, link) VALUES
        ('campaign-1/1', 'issued', 'campaign-1', '1', NULL, NULL, 'r', 5000000000, 'link-1'),
        ('campaign-1/2', 'in_doubt', 'campaign-1', '2', 'Ann', 'Ann@example.com', 'r', 1, NULL),
        ('campaign-1/3', 'sending', 'campaign-1', '3', 'Bob', 'bob@example.com', 'r', 1, NULL),
        ('campaign-1/4', 'sending', 'campaign-1', '4', 'Bob', 'b@example.com', 'r', 5e9, NULL)]],
    }):close()
    ledger = assert(ledgers.open(path))
    assert.same({ issued = 1, in_doubt = 2, sending = 1 }, ledger:counts())
    assert.equal("link-1", ledger:look_up({ key(1) })[key(1)].link)
    assert.equal("2", names(assert(ledger:by_person("campaign-1", "ann@example.com"))))
    assert.equal("5", names(assert(ledger:claim(items(1, 5)))))
    local other = assert(ledgers.open(path))
    assert.equal(ledger.secret, other.secret)
    other:close()
  end)

  it("has after that the tables of a new one", function()
    local asked = { [[SELECT m.name || '.' || c.name || ' ' || c.type || ' ' || c."notnull" || ' '
      || c.pk AS line FROM sqlite_master AS m, pragma_table_info(m.name) AS c
      ORDER BY m.name, c.cid]],
      "SELECT sql AS line FROM sqlite_master WHERE type = 'index' AND sql > '' ORDER BY name" }
    local earlier = files.path ".db"
    run_sql(earlier, first_version):close()
    local lifted = assert(ledgers.open(earlier))
    local shape = shape_of(ledger, (table.unpack or unpack)(asked))
    assert.is_true(#shape > 40)
    assert.same(shape, shape_of(lifted, (table.unpack or unpack)(asked)))
    lifted:close()
  end)
end)

describe("a ledger on a server", function()
  local ledger

  setup(postgres.start)
  teardown(postgres.stop)

  before_each(function()
    postgres.clean()
    ledger = assert(ledgers.open(postgres.address()))
  end)

  after_each(function()
    ledger:close()
  end)

  it("never tells its password", function()
    assert.equal("postgres://sertifier@/postgres?host=" .. postgres.directory, ledger.shown)
    for _, name in ipairs { "postgres://ann:secret@/db?host=/nowhere",
      "postgresql://ann:secret@localhost:1/db", "postgres://ann:se/cret@localhost/db",
      "postgres://ann:se@cret@localhost/db", "postgres://ann:secret:@localhost/db",
      "postgres://ann:se#cret@localhost/db", "postgres:ann:secret@localhost/db",
      "postgres://ann:secret", "postgres://h:1,ann:secret/db",
      "postgres://ann:secret@localhost:port/db", "postgres://ann:%zzsecret@localhost/db",
      "postgres:///db?host=/nowhere&password=secret&user=ann",
      "postgres://sertifier:secret@/postgres?host=" .. postgres.directory } do
      local opened, message, code = ledgers.open(name)
      assert.same({ nil, "ledger" }, { opened, code })
      assert.truthy(message:find "^ledger postgres://.*; ", message)
      assert.falsy(message:find "secret" or message:find "cret", message)
    end
  end)

  it("takes its password from the environment", function()
    local script = files.write("print(require('sertifier.ledger').open(arg[1]) and 'open')", ".lua")
    assert.equal("open\n", output_of(("PGPASSWORD='%s' %s %s '%s' 2>&1"):format(postgres.password,
      lua, script, "postgres://sertifier@/postgres?host=" .. postgres.directory)))
    files.remove()
  end)

  it("says what to do where the server says no", function()
    local function fault_of(from, to)
      return (select(2, ledgers.open((postgres.address():gsub(from, to, 1)))))
    end
    for from, to in pairs { [":as.-@"] = ":no@", ["@/postgres"] = "@/nowhere" } do
      assert.truthy(fault_of(from, to):find(
        "cannot connect: .+; see that the server runs, and that its address, the user"))
    end
    postgres.query "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0"
    assert.truthy(fault_of("@/postgres", "@/latin"):find(
      "the database has the encoding LATIN1; make a database with ENCODING 'UTF8'"))
    postgres.query "DROP DATABASE latin"
  end)

  it("goes away in mid-run, and comes back", function()
    local gone = "PostgreSQL went away; when it is back, run again"
    assert(ledger:claim(items(1, 2)))
    postgres.halt()
    for _, call in ipairs { function() return ledger:claim { item(3) } end,
      function() return ledger:settle { issued(1) } end, function() return ledger:renew() end,
      function() return ledger:look_up { key(1) } end } do
      local none, message, code = call()
      assert.same({ nil, "ledger" }, { none, code })
      assert.equal(gone, message:match "; (.*)$", message)
    end
    postgres.go()
    assert.equal("3", names(assert(ledger:claim(items(1, 3)))))
    assert.is_true(ledger:settle { issued(1), issued(3) })
    assert.same({ issued = 2, sending = 1 }, ledger:counts())
  end)

  it("is refused where it is of a newer version", function()
    postgres.query "UPDATE meta SET value = '99' WHERE name = 'version'"
    assert_fails("it was written by a newer sertifier (its version is 99, this one reads 6); update"
      .. " sertifier", ledger.shown, ledgers.open(postgres.address()))
  end)

  it("of an earlier version gets the tables of a new one", function()
    local columns = [[SELECT table_name || '.' || column_name || ' ' || data_type || ' '
      || is_nullable AS line FROM information_schema.columns WHERE table_schema = 'public'
      ORDER BY table_name, ordinal_position]]
    local indexes = [[SELECT indexdef AS line FROM pg_indexes WHERE schemaname = 'public'
      ORDER BY indexname]]
    local shape = shape_of(ledger, columns, indexes)
    ledger:close()
    postgres.clean()
    for _, text in ipairs(first_version) do postgres.query(text) end
    ledger = assert(ledgers.open(postgres.address()))
    assert.is_true(#shape > 40)
    assert.same(shape, shape_of(ledger, columns, indexes))
  end)

  it("locks rows in the order in which claims take them, in whatever order the database sorts", function()
    postgres.query 'ALTER TABLE credential ALTER COLUMN key TYPE TEXT COLLATE "und-x-icu"'
    assert(ledger:claim { item "a", item "B" })
    local rows = assert(sql.rows_of(ledger, "SELECT c.key FROM credential AS c {lock}"))
    assert.same({ { key = key "B" }, { key = key "a" } }, rows)
  end)

  it("waits for rows that another program holds, and says where that goes on for too long", function()
    assert(ledger:claim { item(1) })
    local other = assert(DBI.Connect("PostgreSQL", postgres.address()))
    assert(other:prepare "SELECT * FROM credential FOR UPDATE"):execute()
    ledger.connection:prepare("SET lock_timeout = '50ms'"):execute()
    local ok, message, code = ledger:settle { issued(1) }
    assert.same({ nil, "ledger" }, { ok, code })
    assert.truthy(message:find "lock timeout.*; another program holds its rows; end that program")
    other:close()
    assert.is_true(ledger:settle { issued(1) })
  end)
end)
