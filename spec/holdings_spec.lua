--- What Sertifier holds: the forms of it that the sandbox does not show, told by a script.

local adopt = require "sertifier.adopt"
local files = require "spec.support.files"
local holdings = require "sertifier.holdings"
local ledgers = require "sertifier.ledger"

local id = "5a4dbc0e-000"

--- A client that gives pages, whatever it is asked, and credentials by id.
local function script(pages, credentials)
  local client = { asked = {}, starts = {} }
  function client:search(query)
    table.insert(self.starts, query.startIndex)
    return pages[#self.starts] or {}
  end
  function client:credentials(ids)
    local answers = {}
    for i, one in ipairs(ids) do
      table.insert(self.asked, one)
      answers[i] = credentials[one] and { data = credentials[one] }
        or { message = "Sertifier said: Credential not found.", code = "rejected" }
    end
    return answers
  end
  return client
end

local function row(n, more)
  local one = { id = id .. n, campaignId = "campaign-1", name = "Ann", email = "a@example.com" }
  for name, value in pairs(more or {}) do one[name] = value end
  return one
end

local whole = { externalId = "0035g0000000001AAA", verificationLink = "https://sertifier.com/cd/1" }

--- The ids of all that a search gives.
local function ids_of(client)
  local list = {}
  assert(holdings.new(client):search("campaign-1", "a@example.com", function(rows)
    for _, one in ipairs(rows) do list[#list + 1] = one.id:sub(-1) end
  end))
  return table.concat(list, " ")
end

describe("holdings", function()
  after_each(files.remove)

  it("go on until a page has nothing new", function()
    local client = script { { row(1), row(2) }, { row(2), row(3) }, { row(3) }, { row(4) } }
    assert.equal("1 2 3", ids_of(client))
    assert.same({ 0, 2, 4 }, client.starts)
  end)

  it("leave out what names another campaign, and go on behind it", function()
    assert.equal("2", ids_of(script { { row(1, { campaignId = "campaign-2" }) }, { row(2) } }))
  end)

  it("end where a server never does", function()
    local client = { search = function(self)
      self.count = (self.count or 0) + 1
      return { row(self.count) }
    end }
    local ok, message, code = holdings.new(client):search("campaign-1", "ann", function() end)
    assert.same({ nil, "Sertifier finds more for it than can be looked at", "http" },
      { ok, message, code })
    assert.equal(100, client.count)
  end)

  it("ask for what is not whole, and mark what is gone", function()
    local client = script({}, { [id .. 2] = row(2, whole), [id .. 3] = row(9, whole) })
    local list = assert(holdings.new(client):complete { row(1, whole), row(2), row(3), row(4) })
    assert.same({ row(1, whole), row(2, whole), row(3), row(4, { gone = true }) }, list)
    assert.same({ id .. 2, id .. 3, id .. 4 }, client.asked)
  end)

  it("are adopted only where campaign and credential are beyond doubt", function()
    local client = script({ { row(1, { campaignId = false }), row(2, { campaignId = false }), row(3),
      row(4) } }, { [id .. 1] = row(1, { campaignId = "campaign-2", externalId = "x" }),
      [id .. 2] = row(2, { campaignId = false, externalId = "x" }), [id .. 4] = row(4, whole) })
    local ledger = assert(ledgers.open(files.path ".db"))
    local counts = assert(adopt.run(ledger, client, "campaign-1"))
    ledger:close()
    assert.same({ adopted = 1, known = 0, not_matched = {
      { id = id .. 1, reason = "it is another campaign's" },
      { id = id .. 2, reason = "Sertifier does not tell its campaign" },
      { id = id .. 3, reason = "Sertifier does not show it any more" },
    } }, counts)
  end)
end)
