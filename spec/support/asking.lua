--- The sandbox as a pure function, for specs: one at a time, whose clock stands still.

local cjson = require "cjson"
local sandbox = require "sertifier.sandbox"

local asking = { campaign = "YOUR_CAMPAIGN_ID", noon = 1735732800 } -- 2025-01-01T12:00:00Z

--- Starts anew; `asking.state` is its state, `asking.time` its clock.
function asking.open(behave, options)
  asking.time = asking.noon
  local all = { campaigns = { asking.campaign, "second-campaign" }, key = "the-key",
    behave = behave, now = function() return asking.time end }
  for name, value in pairs(options or {}) do all[name] = value end
  asking.state = assert(sandbox.new(all))
end

local function headers_of(changes)
  local headers = { secretkey = "the-key", ["api-version"] = "3.3",
    ["content-type"] = "application/json" }
  for name, value in pairs(changes or {}) do headers[name] = value or nil end
  return headers
end

--- Asks; gives the status, the body decoded where it is JSON, the headers, the body as text, and
-- the seconds to wait. `changes` are to the headers; false leaves one out.
function asking.ask(method, path, request, changes)
  local body = type(request) == "table" and cjson.encode(request) or request
  local status, text, headers, seconds = sandbox.answer(asking.state,
    { method = method, path = path, headers = headers_of(changes), body = body })
  local ok, decoded = pcall(cjson.decode, text)
  return status, ok and decoded or nil, headers, text, seconds
end

--- A credential to add, with these changes.
function asking.item(changes)
  local one = { campaignId = asking.campaign, name = "Ann Lee", email = "ann@example.com",
    externalId = "0035g0000000001AAA", quickPublish = true }
  for name, value in pairs(changes or {}) do one[name] = value end
  return one
end

--- So many credentials to add, of different people.
function asking.items(count)
  local list = {}
  for n = 1, count do
    list[n] = asking.item { name = "Ann " .. n, email = ("ann%d@example.com"):format(n),
      externalId = ("0035g%010dAAA"):format(n) }
  end
  return list
end

--- Adds credentials; gives what `ask` does.
function asking.add(list)
  return asking.ask("POST", "/campaign/addCredentials", { credentials = list })
end

--- Adds what must be issued, and gives its rows.
function asking.issue(list)
  local _, answer = asking.add(list or { asking.item() })
  return answer.data[asking.campaign]
end

--- The sandbox's record, asked for without the key.
function asking.record()
  local _, told = asking.ask("GET", "/sandbox/record", nil, { secretkey = false })
  return told
end

--- One member of each row.
function asking.column(rows, name)
  local values = {}
  for i, row in ipairs(rows) do values[i] = row[name] end
  return values
end

return asking
