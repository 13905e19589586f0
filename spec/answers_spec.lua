--- Every form of an answer, through a whole run: the counts and the ledger, and the run after it.

local cases = require("spec.support.answers").cases
local core = require "sertifier.core"
local files = require "spec.support.files"
local ledgers = require "sertifier.ledger"
local run = require "sertifier.run"
local sandbox = require "spec.support.sandbox"
local sertifier = require "sertifier"

local nobody = "http://127.0.0.1:9" -- where a request would be refused

local function none() return 0 end

--- A function that gives the records from which these credentials come.
local function export_of(credentials)
  local n = 0
  return function()
    n = n + 1
    local one = credentials[n]
    return one and { campaign = one.campaign, name = one.name, email = one.email,
      externalId = one.externalId, n = ("%d"):format(n) } or nil
  end
end

local function flow_of(credentials)
  local with_email = credentials[1].email ~= ""
  return sertifier.flow { campaign = "{!campaign}", once_per = "{!n}", write_back = {},
    map = { name = "{!name}", email = with_email and "{!email}" or nil,
      externalId = "{!externalId}", quickPublish = true } }
end

--- Runs a case against a server; gives the summary.
local function issue(url, key_file, ledger, credentials)
  local client = assert(sertifier.client { url = url, key_file = key_file })
  local summary = run.run(flow_of(credentials), { export = export_of(credentials),
    client = client, ledger = ledger, concurrency = 1, chance = none })
  client:close()
  return summary
end

-- What is not applied is split, so that each is refused alone, or is not attempted any more.
local ends = { split = "rejected", stop = "not_attempted", retry = "not_attempted" }

--- The counts with which a case must end.
local function expected(case)
  local counts = { read = #case[2] }
  for state in case[4]:gmatch "%S+" do
    local last = state == "not_applied" and ends[case[5]] or state
    counts[last] = (counts[last] or 0) + 1
  end
  return counts
end

local function ledger_counts(path)
  local ledger = assert(ledgers.open(path))
  local counts = ledger:counts()
  ledger:close()
  return counts
end

describe("an answer, through a whole run", function()
  local server, url, key_file

  setup(function()
    local log = files.write ""
    server = io.popen("env -u LUA_PATH -u LUA_CPATH lua5.4 spec/support/tcp_server.lua "
      .. log .. " answers", "w")
    for _ = 1, 500 do
      url = files.read(log):match "^(%d+)\n"
      if url then break end
      core.sleep(0.01)
    end
    url, key_file = "http://127.0.0.1:" .. assert(url), sandbox.key_file()
  end)

  teardown(function()
    server:close()
    files.remove()
  end)

  for n, case in ipairs(cases) do
    if case[3].status then
      it("ends as it must: " .. case[1], function()
        local ledger, wanted = files.path ".db", expected(case)
        local first = issue(("%s/%d"):format(url, n), key_file, ledger, case[2])
        assert.same(wanted, sandbox.counts(first))
        local held = ledger_counts(ledger)
        assert.same({ wanted.issued, wanted.in_doubt, wanted.rejected },
          { held.issued, held.in_doubt, held.rejected })
        -- What is issued or in doubt does not go out again.
        local second = issue(nobody, key_file, ledger, case[2])
        assert.equal(wanted.issued or 0, second.already_issued)
        assert.equal(wanted.in_doubt or 0, second.in_doubt)
      end)
    end
  end
end)
