--- Forgetting, on each engine: what goes, what stays, and that nothing is sent again for it.

local core = require "sertifier.core"
local engines = require "spec.support.ledgers"
local files = require "spec.support.files"
local forget = require "sertifier.ledger.forget"
local keys = require "spec.support.keys"
local ledgers = require "sertifier.ledger"
local person = require "sertifier.ledger.person"
local sql = require "sertifier.ledger.sql"
local sqlite = require "sertifier.ledger.sqlite"

local lua = os.getenv "SPEC_LUA" or "lua5.4"
local item, items, key, names = keys.item, keys.items, keys.key, keys.names
local issued, outcome = keys.issued, keys.outcome

engines.describe("forgetting in a ledger", function(engine, place)
  local ledger

  before_each(function() ledger = place.ledger end)

  --- Claims the first four keys: issued, rejected, dropped, queued.
  local function fill()
    assert(ledger:claim(items(1, 3)))
    assert(ledger:settle { issued(1), outcome(2, "rejected", "no"), outcome(3, "in_doubt", "cut") })
    assert(ledger:decide(key(3), "drop", "bob"))
    local queued = item(4)
    queued.body = "{}"
    assert(ledger:enqueue { queued })
  end

  it("keeps the promise, and nothing of what needs none", function()
    fill()
    assert.same({ issued = 1, rejected = 1, dropped = 1, queued = 1 },
      ledger:forget(keys.of(1, 2, 3, 4)))
    assert.same({ forgotten = 2 }, ledger:counts())
    assert.same({ [key(1)] = { key = key(1), state = "issued", forgotten = true },
      [key(3)] = { key = key(3), state = "dropped", forgotten = true } },
      ledger:look_up(keys.of(1, 2, 3, 4, 5)))
    assert.equal("2 4 5", names(assert(ledger:claim(items(1, 5)))))
    assert.same({ forgotten = 2, sending = 3 }, ledger:counts())
    assert.equal("", names(assert(ledger:enqueue { item(1), item(3) })))
    assert.same({}, ledger:forget(keys.of(1, 3)), "it is so already")
  end)

  it("is possible in a ledger of the last version that forgot nothing", function()
    fill()
    ledger:close()
    local version = engine.query "SELECT value FROM meta WHERE name = 'version'"
    for _, newer in ipairs { "forgotten", "write_job" } do engine.query("DROP TABLE " .. newer) end
    engine.query "UPDATE meta SET value = '3' WHERE name = 'version'"
    place.ledger = assert(ledgers.open(place.name))
    assert.same({ issued = 1 }, place.ledger:forget { key(1) })
    assert.same(version, engine.query "SELECT value FROM meta WHERE name = 'version'")
  end)

  it("leaves no row of it in any table", function()
    fill()
    assert(ledger:expect_writes { { key = key(1), record_id = "0031", object = "C", fields = "{}" } })
    assert(ledger:forget(keys.of(1, 2, 3, 4)))
    for _, name in ipairs { "credential", "decision", "write_back" } do
      assert.same({}, engine.query("SELECT key FROM " .. name))
    end
    for _, row in ipairs(engine.query "SELECT * FROM forgotten") do
      assert.truthy(row.fingerprint:find "^%x+$" and #row.fingerprint == 16)
      assert.equal(row.state == "issued" and core.fingerprint(ledger.secret, "credential-1") or nil,
        row.credential)
    end
  end)

  it("says what is to be done first, and then forgets none of the keys", function()
    fill()
    assert(ledger:claim(items(5, 7)))
    assert(ledger:settle { outcome(6, "in_doubt", "cut"), outcome(7, "draft") })
    for n, words in pairs { [5] = "is being sent; forget it when its run has ended",
      [6] = "is in doubt; `sertifier resolve` first, or say --drop or --release of it",
      [7] = "is a draft; publish it first, with --two-phase, or delete it in Sertifier, and then"
        .. " `sertifier resolve --drop` it",
      [8] = "is not in it; nothing was forgotten" } do
      assert.same({ nil, ("ledger %s: %s %s"):format(ledger.shown, key(n), words), "ledger" },
        { ledger:forget(keys.of(1, n)) })
    end
    engine.query "UPDATE credential SET lease = lease - 181"
    assert.truthy(select(2, ledger:forget { key(5) }):find "is in doubt")
    assert(ledger:claim_drafts { key(7) })
    assert.truthy(select(2, ledger:forget { key(7) }):find "is being published")
    assert.equal("issued", place:state(1))
    assert.is_nil(place:entry(1).forgotten)
  end)

  it("holds a dropped key that speaks for a credential while another's is in doubt", function()
    local other = item(2)
    other.email = "1@EXAMPLE.com"
    assert(ledger:claim { item(1), other })
    assert(ledger:settle { outcome(1, "in_doubt", "cut"), outcome(2, "in_doubt", "cut") })
    assert(ledger:decide(key(1), "drop", "bob"))
    local words = "campaign-1/1 is dropped, and campaign-1/2, the same person's, is in doubt"
    assert.truthy(select(2, ledger:forget { key(1) }):find(words, 1, true))
    engine.query "UPDATE credential SET settled_at = settled_at - 86401"
    assert.same({ runs = 0, decisions = 0 }, ledger:forget_older(86400))
    assert(ledger:settle_doubt(key(2), issued(2)))
    assert.same({ dropped = 1 }, ledger:forget { key(1) })
  end)

  it("lets a person release a dropped key by its name, and no other", function()
    fill()
    assert(ledger:forget(keys.of(1, 3)))
    assert.is_true(ledger:decide(key(3), "release", "bob"))
    assert.is_nil(ledger:decide(key(1), "release", "bob"))
    assert.is_nil(ledger:decide(key(1), "drop", "bob"))
    assert.equal("3", names(assert(ledger:claim { item(1), item(3) })))
  end)

  it("knows the credentials of forgotten keys as somebody's", function()
    assert(ledger:claim(items(1, 2)))
    assert(ledger:settle { issued(1), issued(2) })
    assert(ledger:forget { key(1) })
    local known = assert(ledger:has_credential { "credential-1", "credential-2", "credential-3" })
    assert.truthy(known["credential-1"] and known["credential-2"])
    assert.is_nil(known["credential-3"])
    assert.equal(0, ledger:adopt { { key = key(1), campaign = "campaign-1", once_per = "1",
      credential_id = "another", link = "link" } })
    assert.same({ issued = 1, forgotten = 1 }, ledger:counts())
  end)

  -- ---- at the same time ----

  --- Starts another program on the ledger, from within a transaction, for which it waits.
  local function another(text)
    local script = files.write([[
      local keys = require "spec.support.keys"
      local ledger = assert(require("sertifier.ledger").open(arg[1]))
      print "begins"
      io.stdout:flush()
    ]] .. text, ".lua")
    local pipe = io.popen(("LUA_PATH='./?.lua;%s' %s %s '%s' 2>&1"):format(os.getenv "LUA_PATH"
      or ";;", lua, script, place.name))
    assert.equal("begins", pipe:read "*l")
    core.sleep(0.3)
    return pipe
  end

  it("holds against a program that claims meanwhile", function()
    local pipe
    assert(ledger:claim { item(1) })
    assert(ledger:settle { issued(1) })
    assert(sql.transaction(ledger, function()
      assert(forget.rows(ledger, { key(1) }, { issued(1) }))
      pipe = another [[print("claimed " .. keys.names(assert(ledger:claim(keys.items(1, 2)))))]]
      return true
    end))
    assert.equal("claimed 2", pipe:read "*l")
    pipe:close()
  end)

  it("takes away no claim that another program made meanwhile", function()
    local pipe
    assert(ledger:claim(items(1, 2)))
    assert(ledger:settle { issued(1), outcome(2, "in_doubt", "cut") })
    assert(ledger:decide(key(2), "release", "bob"))
    assert(sql.transaction(ledger, function()
      if engine.name == "PostgreSQL" then sql.rows_of(ledger, "LOCK TABLE forgotten") end
      pipe = another [[print(ledger:forget(keys.of(1, 2)))]]
      return sql.rows_of(ledger, "INSERT INTO credential (key, state, campaign, once_per, run, lease)"
        .. " VALUES ('campaign-1/2', 'sending', 'campaign-1', '2', {run}, {now} + 180)")
    end))
    pipe:read "*a"
    pipe:close()
    assert.equal("sending", place:state(2))
  end)

  -- ---- memories ----

  local function remember(flow, ...)
    local native, lines = core.memory(), {}
    for i, id in ipairs { ... } do lines[i] = id .. "1" .. ("0"):rep(16) .. "6:4:x\n:y\n" end
    assert.is_true(native:read(table.concat(lines)))
    engine.query [[CREATE TABLE IF NOT EXISTS memory (flow TEXT NOT NULL, part INTEGER NOT NULL,
      entries TEXT NOT NULL, PRIMARY KEY (flow, part))]]
    engine.query(("INSERT INTO memory VALUES ('%s', 1, '%s')"):format(flow, table.concat(lines)))
  end

  local function remembered()
    local all = {}
    for _, row in ipairs(engine.query "SELECT flow, entries FROM memory ORDER BY flow, part") do
      for id in row.entries:gmatch("0035g" .. ("%d"):rep(10)) do all[#all + 1] = row.flow .. id:sub(-2) end
    end
    return table.concat(all, " ")
  end

  local function id(n) return ("0035g%010d"):format(n) end

  it("takes the record out of what triggers remember, also where it has no key", function()
    remember("a", id(1), id(2), id(3))
    remember("b", id(2))
    remember("c", id(4))
    local one = { key = "campaign-1/x", campaign = "campaign-1", once_per = "x",
      external_id = id(3) .. "AAA" }
    assert(ledger:claim { one })
    assert(ledger:settle { { key = one.key, state = "rejected" } })
    assert.is_nil(ledger:forget { "campaign-1/" .. id(2) .. "AAA/2024-01-01", "campaign-1/" .. id(5) })
    assert.equal("a01 a02 a03 b02 c04", remembered())
    assert.same({}, ledger:forget { "campaign-1/" .. id(2) .. "AAA/2024-01-01" })
    assert.same({ rejected = 1 }, ledger:forget { one.key })
    assert.equal("a01 c04", remembered())
  end)

  -- ---- by age ----

  it("forgets what was settled long ago, and counts it first", function()
    fill()
    assert(ledger:begin_run { flow = "f" })
    assert(ledger:claim(items(5, 7)))
    assert(ledger:settle { issued(5), outcome(6, "in_doubt", "cut"), outcome(7, "draft") })
    for _, change in ipairs { "credential SET settled_at = settled_at - 86401, claimed_at = 1",
      "decision SET at = at - 86401", "run SET started_at = started_at - 86401" } do
      engine.query("UPDATE " .. change)
    end
    assert(ledger:claim { item(8) })
    assert(ledger:settle { issued(8) })
    assert(ledger:begin_run { flow = "g" })
    local old = { issued = 2, rejected = 1, dropped = 1, runs = 1, decisions = 1 }
    assert.same({ runs = 0, decisions = 0 }, ledger:count_older(86500))
    assert.same(old, ledger:count_older(86400))
    old.decisions = 0 -- it went with its key
    assert.same(old, ledger:forget_older(86400))
    assert.same({ issued = 1, queued = 1, in_doubt = 1, draft = 1, forgotten = 3 }, ledger:counts())
    assert.equal("g", assert(ledger:runs(10))[1].flow)
    assert.equal("", names(assert(ledger:claim { item(1), item(3), item(5) })))
  end)

  it("forgets many by age, page by page", function()
    local list, outcomes = items(1, 2500), {}
    for n = 1, 2500 do outcomes[n] = issued(n) end
    assert(ledger:claim(list))
    assert(ledger:settle(outcomes))
    engine.query "UPDATE credential SET settled_at = settled_at - 86401"
    assert.same({ issued = 2500, runs = 0, decisions = 0 }, ledger:forget_older(86400))
    assert.same({ forgotten = 2500 }, ledger:counts())
    assert.equal("2501", names(assert(ledger:claim(items(2400, 2501)))))
  end)
end)

describe("a ledger's file", function()
  after_each(files.remove)

  local function bytes(path)
    return files.read(path) .. (files.read(path .. "-wal") or "")
  end

  local function entry(n)
    local word = ("word%dx"):format(n * 7919 % 99991)
    return { key = "c/" .. word, campaign = "c", once_per = word, external_id = "e" .. word,
      name = "n" .. word, email = word .. "@example.com", content = ("%016x"):format(n) }, word
  end

  -- So many that SQLite moves rows from page to page.
  local function fill(ledger, words, gone)
    for first = 1, 6000, 500 do
      local list, outcomes = {}, {}
      for n = first, first + 499 do
        local one, word = entry(n)
        list[#list + 1], outcomes[#outcomes + 1] = one, { key = one.key, state = "issued",
          credential = { id = "i" .. word, verificationLink = "l" .. word } }
        if n % 3 == 0 then gone[#gone + 1], words[word] = one.key, true end
      end
      assert(ledger:claim(list))
      assert(ledger:settle(outcomes))
    end
  end

  it("holds no byte of what was forgotten, while it is open and after", function()
    local path, words, gone = files.path ".db", {}, {}
    local ledger, other = assert(ledgers.open(path)), assert(ledgers.open(path))
    fill(ledger, words, gone)
    local told = person.of(ledger, "word7919x@example.com")
    assert(ledger:decide("c/word7919x", "drop", "bob") == nil)
    assert.same({ issued = #gone }, ledger:forget(gone))
    for _ = 1, 2 do
      local left = {}
      for word in bytes(path):gmatch "word%d+x" do
        if words[word] then left[#left + 1] = word end
      end
      assert.same({}, left)
      assert.truthy(bytes(path):find(told, 1, true), "one that was not forgotten")
      other:close()
      ledger:close()
    end
    for i = 1, #gone, 500 do
      local _, word = entry(i * 3)
      assert.is_nil(bytes(path):find(person.of(ledger, word .. "@example.com"), 1, true))
    end
  end)

  it("is said to hold some where another program reads it meanwhile", function()
    local path = files.path ".db"
    local ledger, reader = assert(ledgers.open(path)), assert(ledgers.open(path))
    assert(ledger:claim { item(1) })
    assert(ledger:settle { issued(1) })
    assert(sql.rows_of(ledger, "PRAGMA busy_timeout = 50"))
    local patience = sqlite.patience
    sqlite.patience = 0.1
    assert(sql.rows_of(reader, "BEGIN"))
    assert(sql.rows_of(reader, "SELECT * FROM credential"))
    local none, message, code = ledger:forget { key(1) }
    sqlite.patience = patience
    assert.same({ nil, "ledger" }, { none, code })
    assert.truthy(message:find("forgotten, but until it is said again bytes of it may be in the file: "
      .. ".* locked; another program holds it; end that program, or try again"), message)
    assert(sql.rows_of(reader, "COMMIT"))
    assert.same({}, ledger:forget { key(1) })
    assert.is_nil(bytes(path):find("credential-1", 1, true))
    reader:close()
    ledger:close()
  end)
end)
