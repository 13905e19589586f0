--- Many threads on one SQLite ledger: its turns and its flush. What it is like under load is said by
-- the gateway's specs, whose nginx has the threads.

local core = require "sertifier.core"
local files = require "spec.support.files"
local ledgers = require "sertifier.ledger"
local sql = require "sertifier.ledger.sql"
local together = require "sertifier.ledger.together"

local function item(n)
  return { key = "campaign-1/" .. n, campaign = "campaign-1", once_per = n, name = "Ann Lee",
    email = "ann@example.com" }
end

describe("ledger.together", function()
  local path, one, other

  before_each(function()
    path = files.path ".db"
    one, other = assert(ledgers.open(path)), assert(ledgers.open(path))
    assert(together.join(one))
    assert(together.join(other))
  end)

  after_each(function()
    one:close()
    other:close()
    files.remove()
  end)

  it("claims and settles as a ledger does, and others see it", function()
    assert.same({ ["campaign-1/1"] = true }, one:claim { item "1" })
    assert.same({}, other:claim { item "1" })
    assert.same({ ["campaign-1/2"] = true }, other:claim { item "1", item "2" })
    assert(one:settle { { key = "campaign-1/1", state = "issued", credential = { id = "credential-1" } } })
    local alone = assert(ledgers.open(path))
    assert.same({ issued = 1, sending = 1 }, alone:counts())
    alone:close()
  end)

  it("leaves its turn to the others, whatever goes wrong in it", function()
    assert.has_error(function()
      sql.transaction(one, function() error("a mistake", 0) end)
    end, "a mistake")
    assert.same({ nil, "no" }, { sql.transaction(one, function() return nil, "no" end) })
    assert.same({ ["campaign-1/1"] = true }, other:claim { item "1" })
    assert.same({ ["campaign-1/2"] = true }, one:claim { item "2" })
  end)

  it("moves what was committed into the file, now and then", function()
    for _ = 1, 1000 do assert(sql.transaction(one, function() return true end)) end
    assert.same({ ["campaign-1/1"] = true }, one:claim { item "1" })
    for _ = 1, 1000 do assert(sql.transaction(other, function() return true end)) end
    assert.equal(0, sql.rows_of(one, "PRAGMA wal_checkpoint(PASSIVE)")[1].busy)
    local rows = sql.rows_of(other, "PRAGMA wal_checkpoint(PASSIVE)")
    assert.equal(rows[1].log, rows[1].checkpointed)
  end)

  it("undoes a statement from memory", function()
    local rows, message = sql.rows_of(one, "INSERT INTO credential (key) VALUES ('a'), (NULL)")
    assert.same({ nil, "string" }, { rows, type(message) })
    assert.same({}, one:counts())
  end)

  it("keeps its hold on the file, whoever else opens and closes it", function()
    assert(one:claim { item "1" })
    assert(ledgers.open(path)):close()
    -- Another program that found itself alone would fold the log up under this one.
    os.execute(("%s bin/sertifier status --ledger %s >%s 2>&1"):format(os.getenv "SPEC_LUA" or "lua5.4", path,
      files.path()))
    assert.truthy(files.read(path .. "-wal"))
    assert.same({ ["campaign-1/2"] = true }, other:claim { item "2" })
    assert(one:settle { { key = "campaign-1/1", state = "rejected", reason = "no" } })
  end)

  it("claims nothing where the disk does not take it", function()
    one.commits:close()
    one.commits = core.commits("/proc/none-wal")
    local claimed, message, code = one:claim { item "1" }
    assert.same({ nil, "ledger" }, { claimed, code })
    assert.truthy(message:find "No such file or directory")
    -- The disk is not trusted any more, and the row is in doubt once its lease is over.
    assert.is_nil((one:claim { item "2" }))
  end)
end)

describe("core.commits", function()
  it("is closed once, and not used after that", function()
    local path = files.write "x"
    local commits = core.commits(path)
    commits:enter()
    assert.has_error(function() commits:enter() end)
    commits:leave()
    assert.has_error(function() commits:leave() end)
    local first = commits:flush()
    assert.equal(first + 1, commits:flush())
    local same = core.commits(path)
    assert.equal(first + 2, same:flush())
    same:enter()
    same:close()
    commits:enter()
    commits:close()
    commits:close()
    assert.has_error(function() commits:flush() end)
    files.remove()
  end)
end)
