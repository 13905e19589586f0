--- Issues digital credentials from Salesforce exports through Sertifier, never twice.
--
-- The story of a record, and the file that tells each part:
--
--   export --> conditions --> mapping --> claim --> client --> answer --> settle --> write-back
--   export     condition      template    ledger    api        answer     ledger     writeback
--   reading    |--- compile ---------|    |--- sending, adding ---|    |------- landing ------|
--
-- A flow says what is to be issued (flow); a run carries it out (run) and counts (summary).
-- @module sertifier

local api = require "sertifier.api"
local check = require "sertifier.check"
local flow = require "sertifier.flow"
local run = require "sertifier.run"
local strict = require "sertifier.strict"

local sertifier = { _VERSION = require "sertifier.version" }

local methods = {}
local class = { __index = methods, __name = "sertifier.flow" }

local run_options = { "export", "client", "ledger", "write_back", "batch_size", "concurrency",
  "rate", "limit", "progress", "interrupted", "delete_surplus", "format", "encoding", "delimiter",
  "date_order", "strict", "max_invalid" }
local check_options = { "export", "bodies", "records", "batch_size", "limit", "format", "encoding",
  "delimiter", "date_order" }

--- Declares a flow.
--
-- `campaign` is required; `when`, `map`, `once_per`, `write_back`, `object`, `name`, and the hooks
-- `on_issued(credential, record)`, `on_rejected(problem, record)`, `on_doubt(problem, record)` may
-- be left out: the mapping is then that of Sertifier's Salesforce guide.
-- @tparam table declaration
-- @return the flow; an error at the caller's line names all its mistakes
function sertifier.flow(declaration)
  return setmetatable(flow.declare(declaration, 2), class)
end

--- Whether a value is a flow.
function sertifier.is_flow(value)
  return getmetatable(value) == class
end

--- Opens a client of Sertifier's API.
-- @tparam[opt] table options `url`, `key_file`, `ca_file`, `timeout`, `connect_timeout` (seconds);
--   without them SERTIFIER_SECRET_KEY or SERTIFIER_SECRET_KEY_FILE, and SERTIFIER_URL, are read
-- @return the client; or nil, message, code
function sertifier.client(options)
  return api.open(options, 2)
end

--- Issues what qualifies and was not issued before, and writes the links back.
-- @tparam table options `export` (a path, "-", or a function that gives a table a call), `client`,
--   `ledger` ("sertifier.db"), `write_back` (a path), `batch_size` (20 credentials a request),
--   `concurrency` (4 requests at once), `rate` (requests a second), `limit` (credentials),
--   `progress(summary)`, `interrupted()` (true: stop), `delete_surplus` (where a flow publishes
--   after a check: true deletes other drafts of a person, which are listed otherwise)
-- @return the summary, and where the run stopped early message and code; nil, message, code where
--   it could not start, and then nothing was sent
function methods:run(options)
  run.check_options(options, run_options, 2)
  if options.strict then
    local ok, message, code = strict.check(self, options)
    if not ok then return nil, message, code end
  end
  return run.run(self, options)
end

--- What `run` would send, and every fault, without a network and without writing anything.
-- @tparam table options `export`, `bodies` (a Lua file that gets each request's body as a line),
--   `records` (called for each record with its line, outcome and JSON or problems), `batch_size`
-- @return the findings: `read`, `skipped`, `invalid`, `would_issue`, `problems`; or nil, message,
--   code
function methods:check(options)
  run.check_options(options, check_options, 2)
  return check.run(self, options)
end

return sertifier
