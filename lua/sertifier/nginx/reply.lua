--- What the handlers answer: Sertifier's envelope, its members in the order of the guide's sample.

local json = require "sertifier.json"

local reply = {}

local envelope = json.form "message hasError"
local row = json.form [[id name email status certificateNo issueDate externalId certificateImageLink
  badgeImageLink verificationLink]]

--- An answer.
-- @tparam number status
-- @tparam string message
-- @tparam[opt] table more `errors`, a list of texts; `data`, JSON; `retry_after` in seconds;
--   `counts`, by outcome; `fault`, for the error log
-- @treturn table `status`, `body`, `retry_after`, `counts`, `fault`
function reply.new(status, message, more)
  more = more or {}
  local errors = {}
  for i, text in ipairs(more.errors or {}) do errors[i] = json.quote(text) end
  local head = json.object(envelope, { message = message,
    hasError = status >= 300 or #errors > 0 })
  local body = ('%s,"validationErrors":%s,"data":%s,"content":null}'):format(head:sub(1, -2),
    json.list(errors), more.data or "null")
  return { status = status, body = body, retry_after = more.retry_after,
    counts = more.counts or {}, fault = more.fault }
end

--- A refusal of what the caller sent: nothing was claimed, nothing was sent.
function reply.refuse(status, message, errors)
  return reply.new(status, message, { errors = errors, counts = { refused = 1 } })
end

--- One credential, as addCredentials names it [S].
-- @tparam table values by the names of the guide's sample
-- @treturn string JSON
function reply.row(values)
  return json.object(row, values)
end

-- ---- what came of a delivery ----

local messages = {
  issued = "Credentials added successfully to campaigns.", -- [S]
  already_issued = "Credentials were added to campaigns earlier; nothing was sent again.",
  queued = "Credentials are queued, and will be sent.",
  rejected = "Sertifier did not accept every credential.",
  invalid = "Not every record can be issued.",
  skipped = "No record meets the entry conditions.",
  sending = "Another request is sending the same credential; ask again for its end.",
  in_doubt = "In doubt: a request for the same credential has no answer, so it is never sent again "
    .. "by itself; look it up, and release or drop it.",
}

-- The worst that came of any credential decides. In doubt is a conflict, which no program answers
-- by sending the same again, and which a Flow takes as a fault.
local ranks = { "in_doubt", "sending", "not_applied", "rejected", "invalid", "queued", "issued",
  "already_issued", "skipped" }
local statuses = { in_doubt = 409, sending = 409, queued = 202 } -- others are 200

-- By the code of a verdict: status, and seconds to wait where the caller may ask again.
local not_applied = { limit = { 429, 1 }, auth = { 502 }, address = { 502 }, plan = { 200 },
  connect = { 503, 5 }, resolve = { 503, 5 }, tls = { 503, 5 }, ledger = { 503, 5 } }

--- The counts of outcomes, and the one that decides.
local function count(outcomes)
  local counts = {}
  for _, one in ipairs(outcomes) do counts[one.state] = (counts[one.state] or 0) + 1 end
  for _, state in ipairs(ranks) do
    if counts[state] then return counts, state end
  end
  return counts, "already_issued"
end

--- The answer to a request whose credentials ended so.
-- @tparam {table,...} outcomes in the caller's order
-- @tparam table verdict of the delivery
-- @tparam table more as for `reply.new`
function reply.of(outcomes, verdict, more)
  local counts, worst = count(outcomes)
  more.counts = counts
  if worst ~= "not_applied" then return reply.new(statuses[worst] or 200, messages[worst], more) end
  local status = not_applied[verdict.code] or { 503, 5 }
  more.retry_after = status[2] and math.ceil(math.max(verdict.retry_after or 0, status[2]))
  return reply.new(status[1], "Not sent: " .. (verdict.message or "no time was left"), more)
end

return reply
