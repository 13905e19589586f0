--- Salesforce's outbound message in, its acknowledgement out.
--
-- Salesforce sends a message again until it is acknowledged, for a day. So it is acknowledged as
-- soon as the work is in the ledger, and what no repetition can mend is noted in the error log.

local compile = require "sertifier.compile"
local flowing = require "sertifier.nginx.flowing"
local outbound = require "sertifier.export.outbound"

local outbound_message = {}

local most = 100 -- notifications in a message, as Salesforce sends them

local form = '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope '
  .. 'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
  .. '<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>%s</Ack>'
  .. "</notificationsResponse></soapenv:Body></soapenv:Envelope>\n"

local function acknowledge(status, counts, fault)
  return { status = status, body = form:format(status == 200 and "true" or "false"),
    content_type = "text/xml; charset=utf-8", counts = counts or { refused = 1 }, fault = fault }
end

--- The organization that a message names; nil where it names none, or several.
local function organization_of(body)
  local found
  for id in body:gmatch "<[%w_:]*OrganizationId>%s*(%w+)%s*<" do
    if found then return nil end
    found = id
  end
  return found
end

local function is_let_in(organizations, id)
  for _, one in ipairs(organizations) do
    if id and one:sub(1, 15) == id:sub(1, 15) then return true end
  end
  return false
end

--- The records of a message's notifications, each once.
-- @treturn {table,...}|nil or nil and why it cannot be read
local function rows_of(body, needs)
  local source = { read = function()
    local all = body
    body = nil
    return all
  end, close = function() end }
  local found = { name = "message", encoding = "UTF-8", encoding_title = "UTF-8" }
  local opened = outbound.open(source, found, {}, needs)
  local rows = {}
  while true do
    local row, message, code = opened.next()
    if row == nil and code then return nil, message end
    if row == nil then return rows end
    if row then rows[#rows + 1] = row end
  end
end

--- How a record is named in the log: by its Id, if that is one.
local function named(id)
  return id:find "^%w+$" and (#id == 15 or #id == 18) and ", " .. id or ""
end

--- What is not to be lost when Salesforce sends no more of it.
local function lost(outcomes, ids)
  local list = {}
  for i, one in ipairs(outcomes) do
    if one.state == "invalid" or one.state == "rejected" then
      list[#list + 1] = ("notification %d%s: %s: %s"):format(i, named(ids[i]), one.state,
        one.reason or "")
    end
  end
  return list[1] and table.concat(list, "; ") or nil
end

--- Answers a message.
-- @tparam table place as for flowing.answer, and `organizations`: the Ids of those that are let in
-- @tparam string body
function outbound_message.answer(place, body)
  if not is_let_in(place.organizations, organization_of(body)) then
    return acknowledge(403, nil, "a message of an organization that is not let in")
  end
  local rows, problem = rows_of(body, compile.needs(place.flow))
  if not rows or #rows == 0 or #rows > most then
    return acknowledge(400, nil, problem or ("a message of %d notifications"):format(#rows))
  end
  local i = 0
  local answer = flowing.answer(place, function()
    i = i + 1
    return rows[i]
  end)
  if not answer.outcomes then return acknowledge(answer.status, answer.counts, answer.fault) end
  local is_durable = not (answer.counts.not_applied or answer.counts.sending)
  return acknowledge(is_durable and 200 or 503, answer.counts,
    answer.fault or lost(answer.outcomes, answer.ids))
end

return outbound_message
