--- A credential in Sertifier's answers, however it is spelled, and wherever it stands.

local cjson = require "cjson"
local row = require "sertifier.answer.row"

local null = cjson.null
local noon = 1735732800 -- 2025-01-01T12:00:00Z

describe("a row", function()
  it("has one spelling, and leaves out what is no text", function()
    local id = "5a4dbc0e-1"
    for _, raw in ipairs {
      { id = id, certificateNo = "N-1", externalId = "003-1" },
      { id = id, certificateNO = "N-1", externalID = "003-1" },
      { id = id, certificateNo = null, certificateNO = "N-1", externalId = "",
        externalID = "003-1", name = null, email = "", createDate = null, status = "1",
        campaignId = 7, verificationLink = "javascript:x" },
    } do
      assert.same({ id = id, certificateNo = "N-1", externalId = "003-1" }, row.read(raw))
    end
    for _, raw in ipairs { 1, "x", true, {}, { id = "short" }, { id = null } } do
      assert.is_nil(row.read(raw))
    end
  end)

  it("reads dates as UTC unless they name a zone", function()
    for text, seconds in pairs {
      ["2025-01-01T12:00:00"] = noon, ["2025-01-01 12:00:00"] = noon,
      ["2025-01-01T12:00:00Z"] = noon, ["2025-01-01T12:00:00.1234567"] = noon,
      ["2025-01-01T12:00:00.5Z"] = noon, ["2025-01-01T15:00:00+03:00"] = noon,
      ["2025-01-01T07:30:00-0430"] = noon, ["2024-02-29T00:00:00"] = 1709164800,
      ["1969-12-31T23:59:59"] = -1,
    } do
      assert.equal(seconds, row.time(text), text)
    end
    for _, value in ipairs { "", "2025-01-01", "2025-13-01T12:00:00", "2025-01-00T12:00:00",
      "2025-01-01T12:00:00+3", "01/02/2025 12:00", "2025-01-01T12:00:00 UTC", 1735732800, null } do
      assert.is_nil(row.time(value), tostring(value))
    end
  end)

  it("is found in data, or under a name in it", function()
    local list = { { id = "5a4dbc0e-1", name = "A" }, { id = "5a4dbc0e-2", email = "b@example.com" } }
    for _, data in ipairs { list, { items = list, totalCount = 2, next = null },
      { id = "page-0001", result = { rows = list, filters = {} } } } do
      local rows = row.all(data)
      table.sort(rows, function(a, b) return a.id < b.id end)
      assert.same(list, rows)
    end
    for _, data in ipairs { {}, { items = {} }, true, "text", null, { { name = "A" } } } do
      assert.same({}, row.all(data))
    end
  end)
end)
