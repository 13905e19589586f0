--- What a script gives a run beside hooks: `progress`, `log`, `interrupted`, and iterators.

local files = require "spec.support.files"
local ledgers = require "sertifier.ledger"
local running = require "spec.support.running"
local sandbox = require "spec.support.sandbox"
local sertifier = require "sertifier"

local ledger

local function run(options, hooks)
  options.client, options.ledger, options.batch_size = sandbox.client(), ledger, 2
  options.export = options.export or sandbox.export(10)
  local summary, message, code = running.flow(hooks):run(options)
  options.client:close()
  return summary, message, code
end

--- That nothing is left to a person: what was sent is settled.
local function assert_nothing_open(summary)
  local opened = assert(ledgers.open(ledger))
  local counts = assert(opened:counts())
  opened:close()
  assert.same({ nil, nil, summary.issued > 0 and summary.issued or nil },
    { counts.sending, counts.in_doubt, counts.issued })
end

--- An iterator of ten records, the fifth of which is what `odd` makes of it.
local function records(odd)
  local i = 0
  return function()
    i = i + 1
    if i > 10 then return nil end
    local row = { Id = sandbox.id(i), FirstName = "Ann", LastName = "Lee", Email = "a@example.com" }
    if i == 5 then return odd(row) end
    return row
  end
end

describe("a function of a run's options that fails", function()
  before_each(function()
    ledger = files.path(".db")
    sandbox.start()
  end)
  after_each(sandbox.stop)

  local function boom() error "boom" end

  local function at(n, call)
    local calls = 0
    return function(...)
      calls = calls + 1
      if calls == n then call(...) end
    end
  end

  it("ends it once what is in flight has come back", function()
    for _, case in ipairs {
      { progress = at(2, boom) }, { interrupted = at(2, boom) }, { log = at(1, boom) },
      { log = function(event) if event.eventName == "sertifier.batch" then boom() end end },
      { log = function(event) if event.eventName == "sertifier.outcome" then boom() end end },
    } do
      ledger = files.path(".db")
      local name = next(case)
      local summary, message, code = run(case)
      assert.equal("hook", code)
      assert.truthy(message:find("^" .. name .. " failed: spec/callbacks_spec.lua:%d+: boom"), message)
      assert.equal(10, summary.issued + summary.not_attempted)
      assert_nothing_open(summary)
    end
  end)

  it("ends it at its very end, too, and all is issued", function()
    local summary, message, code =
      run { log = function(event) if event.eventName == "sertifier.run.end" then boom() end end }
    assert.same({ read = 10, issued = 10 }, sandbox.counts(summary))
    assert.same({ "hook", true }, { code, message:find "^log failed: " ~= nil })
  end)

  it("may yield, where the run is in a coroutine", function()
    local yields = 0
    local co = coroutine.wrap(function()
      return run { progress = coroutine.yield, log = coroutine.yield,
        interrupted = function() coroutine.yield() end, export = records(function(row)
          coroutine.yield()
          return row
        end) }
    end)
    local summary = co()
    while not (summary and summary.read == 10 and summary.latency) do
      yields, summary = yields + 1, co()
    end
    assert.is_true(yields > 10)
    assert.equal(10, summary.issued)
  end)

  it("ends it where it is the export", function()
    for text, odd in pairs {
      ["record: the iterator failed: spec/callbacks_spec.lua:%d+: boom"] = boom,
      ["record:5: the iterator gave a string, not a table"] = function() return "x" end,
      ["record:5: the record cannot be read: spec/callbacks_spec.lua:%d+: boom"] = function()
        return setmetatable({}, { __index = boom })
      end,
    } do
      ledger = files.path(".db")
      local summary, message, code = run { export = records(odd), rejects = files.path(".csv") }
      assert.equal("hook", code)
      assert.truthy(message:find("^" .. text), message)
      assert.equal(4, summary.issued)
      assert.equal(summary.read, summary.issued + summary.not_attempted)
      assert_nothing_open(summary)
    end
  end)

  it("passes over what an iterator gives beside a record", function()
    for _, beside in ipairs { "x", 1.5, {}, true } do
      ledger = files.path(".db")
      assert.equal(10, assert(run { export = records(function(row) return row, beside end) }).issued)
    end
  end)
end)

describe("what one run uses", function()
  before_each(function()
    ledger = files.path(".db")
    sandbox.start()
  end)
  after_each(sandbox.stop)

  it("is not another's at the same time", function()
    local opened, client = assert(ledgers.open(ledger)), sandbox.client()
    local flow, told = sertifier.flow { campaign = sandbox.campaign }, {}
    local outer = sertifier.flow { campaign = sandbox.campaign, on_start = function()
      for name, value in pairs { client = client, ledger = opened } do
        local options = { export = sandbox.export(1) }
        options[name] = value
        told[name] = select(2, pcall(function() return (flow:run(options)) end))
      end
    end }
    assert.equal(3, assert(outer:run { export = sandbox.export(3), client = client,
      ledger = opened }).issued)
    for _, name in ipairs { "client", "ledger" } do
      assert.truthy(tostring(told[name]):find("^spec/callbacks_spec.lua:%d+: " .. name
        .. ": another run uses it; open one for this run"), told[name])
    end
    assert.equal(3, assert(flow:run { export = sandbox.export(3), client = client,
      ledger = opened }).already_issued)
    client:close()
    opened:close()
  end)

  it("is not closed under it: the hook that tries has failed", function()
    for _, name in ipairs { "client", "ledger" } do
      local given = { client = sandbox.client(), ledger = assert(ledgers.open(files.path ".db")) }
      local summary, message, code = sertifier.flow { campaign = sandbox.campaign,
        on_issued = function() given[name]:close() end }:run { export = sandbox.export(5),
          client = given.client, ledger = given.ledger, batch_size = 1, concurrency = 2 }
      assert.equal("hook", code)
      assert.truthy(message:find("a run uses the " .. name .. "; close it after the run", 1, true))
      assert.same({ 0, 5 }, { summary.in_doubt, summary.issued + summary.not_attempted })
      given.client:close()
      given.ledger:close()
    end
  end)

  it("is free again where a run was cut short by an error, which tells its place", function()
    local client = sandbox.client()
    local options = { export = sandbox.export(3), client = client, ledger = ledger }
    local poll = client.poll
    client.poll = function() error("no memory", 0) end
    local flow = sertifier.flow { campaign = sandbox.campaign }
    local ok, message = pcall(flow.run, flow, options)
    assert.falsy(ok)
    assert.truthy(message:find("^no memory\nstack traceback:\n.*callbacks_spec"), message)
    client.poll = poll
    assert.equal(3, assert(sertifier.flow { campaign = sandbox.campaign }:run(options)).in_doubt)
    client:close()
  end)
end)
