--- An org of Salesforce's as a pure function: a request in, an answer out, the state in a table.
--
-- It has the few calls that we make, and is as strict about them as Salesforce is known to be:
--
--   POST  /services/oauth2/token                        a token, by client credentials
--   GET   /services/data/vN/query?q=…                   the first page of a query
--   GET   /services/data/vN/query/LOCATOR               a further page
--   GET   /services/data/vN/sobjects/OBJECT/describe    its fields
--   PATCH /services/data/vN/composite/sobjects          up to 200 records
--   POST  /services/data/vN/composite/sobjects/OBJECT   fields of up to 2,000 records
--   POST  /services/data/vN/jobs/query                  a Bulk 2.0 query
--   GET   /services/data/vN/jobs/query/ID               how it goes
--   GET   /services/data/vN/jobs/query/ID/results       a page of what it found
--   POST  /services/data/vN/jobs/ingest                 a Bulk 2.0 update
--   PUT   /services/data/vN/jobs/ingest/ID/batches      its rows
--   PATCH /services/data/vN/jobs/ingest/ID              they are complete
--   GET   /services/data/vN/jobs/ingest/ID              how it goes
--   GET   /services/data/vN/jobs/ingest/ID/…Results/    what came of them: successful, failed
--
-- It serves tests, through sandbox_server; it has the sandbox's own calls (/sandbox/…) as well.

local collections = require "sertifier.org.collections"
local ingest = require "sertifier.org.ingest"
local jobs = require "sertifier.org.jobs"
local json = require "sertifier.json"
local queries = require "sertifier.org.query"
local reply = require "sertifier.org.reply"
local retrieve = require "sertifier.org.retrieve"
local states = require "sertifier.org.state"
local tokens = require "sertifier.org.tokens"

local org = { new = states.new }

local calls = {
  { "^GET (/services/data/v%d+%.0)/query%?(.*)$", "query", queries.first },
  { "^GET (/services/data/v%d+%.0)/query/([%w-]+)$", "page", queries.next },
  { "^GET (/services/data/v%d+%.0)/sobjects/([%w_]+)/describe$", "describe", collections.describe },
  { "^PATCH (/services/data/v%d+%.0)/composite/sobjects$", "update", collections.update },
  { "^POST (/services/data/v%d+%.0)/composite/sobjects/([%w_]+)$", "retrieve", retrieve },
  { "^POST (/services/data/v%d+%.0)/jobs/query$", "job", jobs.make },
  { "^GET (/services/data/v%d+%.0)/jobs/query/(%w+)$", "look", jobs.look },
  { "^GET (/services/data/v%d+%.0)/jobs/query/(%w+/results.*)$", "results", jobs.results },
  { "^POST (/services/data/v%d+%.0)/jobs/ingest$", "ingest", ingest.make },
  { "^PUT (/services/data/v%d+%.0)/jobs/ingest/(%w+)/batches$", "fill", ingest.fill },
  { "^PATCH (/services/data/v%d+%.0)/jobs/ingest/(%w+)$", "close", ingest.close },
  { "^GET (/services/data/v%d+%.0)/jobs/ingest/(%w+)$", "look", jobs.look },
  { "^GET (/services/data/v%d+%.0)/jobs/ingest/(%w+/%a+Results/)$", "results", ingest.results },
}

local function find_call(line)
  for _, call in ipairs(calls) do
    local base, rest = line:match(call[1])
    if base then return call, base, rest end
  end
end

local function is_turn(state, every)
  return every > 0 and state.counts.requests % every == 0
end

local function data(state, request, call, base, rest)
  local status, body, headers = tokens.fault(state, request)
  if status then return status, body, headers end
  state:count(call and call[2] or "unknown")
  if not call then
    return reply.fault(404, "NOT_FOUND", "The requested resource does not exist")
  elseif state.used >= state.behave.daily_limit then
    return reply.fault(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
  end
  state.used = state.used + 1
  if state.behave.html then return 200, "<html><body>Log in</body></html>\n", reply.html end
  if is_turn(state, state.behave.server_error_every) then
    return reply.fault(500, "UNKNOWN_EXCEPTION", "An unexpected error occurred.")
  end
  status, body, headers = call[3](state, request, base, rest)
  if is_turn(state, state.behave.cut_every) then return 444, "", {} end
  return status, body, reply.headers(state, headers)
end

--- The sandbox's own calls.
local function control(state, request)
  local call = request.method .. " " .. request.path:match "^[^?]*"
  if call == "GET /sandbox/record" then
    return 200, state:told(), reply.headers(state)
  elseif request.headers.secretkey ~= state.key then
    return 403, '{"message":"this call needs the secretKey"}', reply.headers(state)
  elseif call == "PUT /sandbox/behave" then
    local ok, message = state:set(json.decode(request.body) or {})
    return ok and 200 or 400, json.encode { message = message or "set" }, reply.headers(state)
  end
  state:reset()
  return 200, '{"message":"reset"}', reply.headers(state)
end

--- Answers a request.
-- @tparam table state from `org.new`
-- @tparam table request `method`, `path` (with its query), `headers` (those read are secretkey,
--   authorization, content-type and accept), `body`, and `address`, where it came to
-- @treturn number the HTTP status; 444: the connection is to be closed without an answer
-- @treturn string the body
-- @treturn table the headers, not to be changed
-- @treturn number seconds to wait before the answer is sent
function org.answer(state, request)
  if request.path:find("/sandbox/", 1, true) == 1 then
    local status, body, headers = control(state, request)
    return status, body, headers, 0
  end
  local wait = state.behave.latency
  state.counts.requests = state.counts.requests + 1
  if state.behave.maintenance then
    return 503, "<html><body>We are down for maintenance.</body></html>\n", reply.html, wait
  end
  local status, body, headers
  if request.method == "POST" and request.path == "/services/oauth2/token" then
    status, body, headers = tokens.grant(state, request)
  else
    status, body, headers = data(state, request, find_call(request.method .. " " .. request.path))
  end
  return status, body, headers, wait
end

return org
