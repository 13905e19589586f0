--- Any number of programs drain one queue: each credential is sent by one of them.

local command = require "spec.support.command"
local drain = require "sertifier.drain"
local engines = require "spec.support.ledgers"
local files = require "spec.support.files"
local ledgers = require "sertifier.ledger"
local sandbox = require "spec.support.sandbox"
local sql = require "sertifier.ledger.sql"

local lua = os.getenv "SPEC_LUA" or "lua5.4"

--- Puts so many credentials into a new queue.
local function filled(engine, count)
  local name = engine.fresh()
  local ledger, items = assert(ledgers.open(name)), {}
  for n = 1, count do
    local id = sandbox.id(n)
    items[n] = { key = sandbox.campaign .. "/" .. id, campaign = sandbox.campaign, once_per = id,
      external_id = id, name = "Ann", email = ("ann%d@example.com"):format(n),
      body = ('{"campaignId":"%s","name":"Ann","email":"ann%d@example.com","externalId":"%s",'
        .. '"quickPublish":true}'):format(sandbox.campaign, n, id) }
  end
  assert(ledger:enqueue(items))
  return ledger, name
end

for _, engine in ipairs(engines) do
  describe("a queue on " .. engine.name, function()
    setup(engine.start)
    teardown(engine.stop)
    after_each(sandbox.stop)

    it("is drained by several at once, and each has a part of it", function()
      local server = sandbox.start { latency = 0.1 }
      local ledger, name = filled(engine, 80)
      local out = files.path()
      os.execute(("for i in 1 2 3 4; do %s %s bin/sertifier drain --json --batch-size 4 --ledger '%s' >>%s"
        .. " & done; wait"):format(command.environment(server), lua, name, out))
      local parts, sum = 0, 0
      for issued in files.read(out):gmatch '"issued":(%d+)' do
        parts, sum = parts + (issued ~= "0" and 1 or 0), sum + tonumber(issued)
      end
      assert.equal(80, sum)
      assert.truthy(parts > 1)
      assert.same({ issued = 80 }, ledger:counts())
      assert.same({ 1, 1, 80 }, { sandbox.most() })
      ledger:close()
    end)
  end)
end

describe("a queue that Sertifier lets wait", function()
  local engine = engines[1]

  setup(engine.start)
  teardown(engine.stop)
  after_each(sandbox.stop)

  it("waits as it asks, and a minute at the most", function()
    sandbox.start { too_many_every = 1 }
    local ledger, client = filled(engine, 1), sandbox.client()
    for asked, waits in pairs { [7] = 7, [86400] = 60 } do
      sandbox.behave { retry_after = asked }
      local total = drain.run({ ledger = ledger, client = client }, {})
      assert.same({ { not_applied = 1 }, waits }, { total.counts, total.verdict.retry_after })
    end
    client:close()
    ledger:close()
  end)
end)

describe("a queue on PostgreSQL", function()
  local engine = engines[2]

  setup(engine.start)
  teardown(engine.stop)
  after_each(sandbox.stop)

  it("is drained past what another has locked, without a wait", function()
    sandbox.start()
    local ledger, name = filled(engine, 9)
    local other = assert(ledgers.open(name))
    assert(sql.ask(other.connection, "BEGIN"))
    assert(sql.ask(other.connection, "SELECT key FROM credential ORDER BY key LIMIT 4 FOR UPDATE"))
    local place = { ledger = ledger, client = sandbox.client() }
    local total = drain.run(place, {})
    assert.same({ { issued = 5 }, nil }, { total.counts, total.verdict })
    assert.same({ issued = 5, queued = 4 }, ledger:counts())
    assert(sql.ask(other.connection, "ROLLBACK")) -- a closed connection may hold them a while
    other:close()
    assert.same({ issued = 4 }, drain.run(place, {}).counts)
    assert.same({ 1, 1, 9 }, { sandbox.most() })
    place.client:close()
    ledger:close()
  end)
end)
