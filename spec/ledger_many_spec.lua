--- Many programs on one ledger: each key is won once, and none is ever told of a lock.

local engines = require "spec.support.ledgers"
local files = require "spec.support.files"
local ledgers = require "sertifier.ledger"

local lua = os.getenv "SPEC_LUA" or "lua5.4"

-- All want the same keys at the same time, every other one in the opposite order: who locked them in
-- the order given would wait for another that waits for it. Each prints the keys that it won.
local common = [[
  local ledger = assert(require("sertifier.ledger").open(arg[1]))
  local number, count = tonumber(arg[2]), 165
  local function item(n)
    n = (n + number) % count + 1
    return { key = "campaign-1/" .. n, campaign = "campaign-1", once_per = tostring(n), name = "x",
      email = "y" .. n .. "@example.com", body = arg[3] == "queue" and "{}" or nil }
  end
  local function batches(size, take)
    for first = 0, count - 1, size do
      local list = {}
      for n = first, first + size - 1 do
        table.insert(list, number % 2 == 0 and 1 or #list + 1, item(n))
      end
      take(list)
    end
  end
]]

local programs = {
  claims = common .. [[
    batches(55, function(list)
      local outcomes = {}
      for key in pairs(assert(ledger:claim(list))) do
        print(key)
        outcomes[#outcomes + 1] = { key = key, state = "issued", credential = { id = key } }
      end
      assert(ledger:settle(outcomes))
      assert(ledger:renew())
    end)
  ]],
  forgetting = common .. [[
    batches(55, function(list)
      local keys, outcomes = {}, {}
      for key in pairs(assert(ledger:claim(list))) do
        print(key)
        keys[#keys + 1] = key
        outcomes[#outcomes + 1] = { key = key, state = "issued", credential = { id = key } }
      end
      assert(ledger:settle(outcomes))
      assert(ledger:forget(keys))
    end)
  ]],
  rejections = common .. [[
    batches(55, function(list)
      local outcomes = {}
      for key in pairs(assert(ledger:claim(list))) do
        local state = ({ "rejected", "in_doubt", "not_applied" })[math.random(3)]
        if state == "in_doubt" then print(key) end
        outcomes[#outcomes + 1] = { key = key, state = state, reason = "no" }
      end
      assert(ledger:settle(outcomes))
      assert(ledger:adopt {})
    end)
  ]],
  drafts = common .. [[
    batches(55, function(list)
      local keys, outcomes = {}, {}
      for key in pairs(assert(ledger:claim(list))) do
        outcomes[#outcomes + 1] = { key = key, state = "draft", credential = { id = key } }
      end
      assert(ledger:settle(outcomes))
      for i, one in ipairs(list) do keys[i], outcomes[i] = one.key, nil end
      for key in pairs(assert(ledger:claim_drafts(keys))) do
        print(key)
        outcomes[#outcomes + 1] = { key = key, state = "issued" }
      end
      assert(ledger:settle(outcomes))
    end)
  ]],
  queue = common .. [[
    batches(30, function(list)
      assert(ledger:enqueue(list))
      local outcomes = {}
      for _, one in ipairs(assert(ledger:take_queued(20))) do
        print(one.key)
        outcomes[#outcomes + 1] = { key = one.key, state = "issued", credential = { id = one.key } }
      end
      assert(ledger:settle(outcomes))
    end)
    repeat
      local list, outcomes = assert(ledger:take_queued(7)), {}
      for i, one in ipairs(list) do
        print(one.key)
        outcomes[i] = { key = one.key, state = "issued", credential = { id = one.key } }
      end
      assert(ledger:settle(outcomes))
    until #list == 0
  ]],
}

--- Runs a program so many times at once on a new ledger.
-- @return how often each key was won
local function run(engine, program, processes)
  local name = engine.fresh()
  local script, pipes, won = files.write(programs[program], ".lua"), {}, {}
  for i = 1, processes do
    pipes[i] = io.popen(("%s %s '%s' %d %s 2>&1"):format(lua, script, name, i, program))
  end
  for _, pipe in ipairs(pipes) do
    for line in pipe:lines() do
      assert.truthy(line:find "^campaign%-1/%d+$", line)
      won[line] = (won[line] or 0) + 1
    end
    pipe:close()
  end
  return won, name
end

for _, engine in ipairs(engines) do describe("many programs on one ledger on " .. engine.name, function()
  setup(engine.start)
  teardown(engine.stop)

  local function assert_each_once(won)
    local count = 0
    for key, times in pairs(won) do
      assert.equal(1, times, key)
      count = count + 1
    end
    assert.equal(165, count)
  end

  for program, processes in pairs { claims = 8, drafts = 4, queue = 4, forgetting = 4 } do
    it(("win each key once: %s of %d"):format(program, processes), function()
      local won, name = run(engine, program, processes)
      assert_each_once(won)
      local ledger = assert(ledgers.open(name))
      assert.same({ [program == "forgetting" and "forgotten" or "issued"] = 165 }, ledger:counts())
      ledger:close()
    end)
  end

  it("win again only what was rejected or not applied", function()
    local won, name = run(engine, "rejections", 4)
    local ledger, count = assert(ledgers.open(name)), 0
    for key, times in pairs(won) do
      assert.equal(1, times, key)
      count = count + 1
    end
    assert.equal(count, ledger:counts().in_doubt)
    assert.equal(count, #assert(ledger:in_doubt()))
    ledger:close()
  end)
end) end
