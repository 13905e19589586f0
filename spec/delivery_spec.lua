--- What is delivered at a caller's word: halves that wait, a person's word, a ledger that fails.

local delivery = require "sertifier.delivery"
local drain = require "sertifier.drain"
local files = require "spec.support.files"
local ledgers = require "sertifier.ledger"
local sandbox = require "spec.support.sandbox"

local function items(count)
  local list = {}
  for n = 1, count do
    local id = sandbox.id(n)
    list[n] = { key = sandbox.campaign .. "/" .. id, campaign = sandbox.campaign, once_per = id,
      external_id = id, externalId = id, name = "Ann", email = ("ann%d@example.com"):format(n) }
    list[n].json = ('{"campaignId":"%s","name":"Ann","email":"%s","externalId":"%s","quickPublish":true}')
      :format(sandbox.campaign, list[n].email, id)
    list[n].body = list[n].json
  end
  return list
end

describe("a delivery", function()
  local place

  local function open(behave)
    sandbox.again(behave)
    place = { ledger = assert(ledgers.open(files.path ".db")), client = sandbox.client() }
  end

  --- As where the ledger's disk fails at this call.
  local function failing(name)
    local broken = setmetatable({ [name] = function() return nil, "disk I/O error" end },
      { __index = place.ledger })
    return { ledger = broken, client = place.client }
  end

  after_each(function()
    place.client:close()
    place.ledger:close()
  end)
  teardown(sandbox.stop)

  it("does not send the second half where the first was told to stop", function()
    open { largest_batch = 2, plan_limit = 1 }
    assert(place.ledger:enqueue(items(4)))
    local total = drain.run(place, { batch_size = 4 })
    assert.same({ 2, "plan", { not_applied = 4 } },
      { sandbox.record().adds, total.verdict.code, total.counts })
    assert.same({ queued = 4 }, place.ledger:counts())
    sandbox.behave { largest_batch = 0, plan_limit = 0 }
    assert.same({ issued = 4 }, drain.run(place, {}).counts)
    assert.same({ 1, 1, 4 }, { sandbox.most() })
  end)

  it("sends nothing that a person has dropped", function()
    open {}
    local list = items(1)
    assert(place.ledger:claim(list))
    assert(place.ledger:settle { { key = list[1].key, state = "in_doubt", reason = "no answer came" } })
    assert(place.ledger:decide(list[1].key, "drop", "somebody"))
    local outcome = assert(delivery.issue(place, list)).outcomes[list[1].key]
    assert.same({ state = "rejected", reason = "a person decided that it is never sent" }, outcome)
    assert.same({ 0, 0, 0 }, { sandbox.most() })
  end)

  it("says of keys that the ledger cannot tell that nothing was sent", function()
    open {}
    local list = items(2)
    assert(place.ledger:claim { list[1] })
    local done = assert(delivery.issue(failing "look_up", list))
    assert.same({ state = "not_applied", reason = "disk I/O error" }, done.outcomes[list[1].key])
    assert.equal("issued", done.outcomes[list[2].key].state)
    assert.same({ code = "ledger", message = "disk I/O error" }, done.verdict)
  end)

  it("drains nothing from a queue that cannot be read", function()
    open {}
    assert(place.ledger:enqueue(items(1)))
    local total = drain.run(failing "take_queued", {})
    assert.same({ { code = "ledger", message = "disk I/O error" }, 0 }, { total.verdict, total.requests })
    assert.same({ queued = 1 }, place.ledger:counts())
  end)
end)
