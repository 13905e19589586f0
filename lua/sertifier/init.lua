--- Issues digital credentials from Salesforce exports through Sertifier, never twice.
--
-- The story of a record, and the file that tells each part:
--
--   export --> conditions --> mapping --> claim --> client --> answer --> settle --> write-back
--   export     condition      template    ledger    api        answer     ledger     writeback
--   reading    |--- compile ---------|    |--- sending, adding ---|    |------- landing ------|
--
-- A flow says what is to be issued (flow); a run opens what that takes (opening), carries it out
-- (run) and counts (summary).
-- @module sertifier

local api = require "sertifier.api"
local check = require "sertifier.check"
local dates = require "sertifier.condition.dates"
local declared = require "sertifier.options"
local explain = require "sertifier.explain"
local flow = require "sertifier.flow"
local guards = require "sertifier.guards"
local salesforce = require "sertifier.salesforce"
local soql = require "sertifier.soql"
local strict = require "sertifier.strict"

local sertifier = { _VERSION = require "sertifier.version" }

local methods = {}
local class = { __index = methods, __name = "sertifier.flow" }

--- Declares a flow.
--
-- `campaign` is required; `when` or `formula`, `trigger`, `map`, `once_per`, `write_back`,
-- `object`, `name` and the hooks may be left out: the mapping is then that of Sertifier's
-- Salesforce guide.
--
-- Hooks: `on_start(run)` with the names of flow and export, `before_issue(credential, record)`,
-- which gives back the credential that is sent, nil to skip the record, or nil and a reason why it
-- is invalid; `on_issued(credential, record)`, `on_rejected(problem, record)`,
-- `on_doubt(problem, record)` in the order of a request's records; `on_batch(outcomes)` after each
-- request, `on_finish(summary)`. What a hook gives back is ignored, but for `before_issue`; an
-- error in one ends the run once what is in flight has come back. A record gives its cells by
-- their column's name and cannot be changed.
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

--- Opens a client of a Salesforce org.
-- @tparam[opt] table options `url` of the org's My Domain and `client_id` of a connected app, whose
--   secret stands in `secret_file`; or `target_org`, a name that the Salesforce CLI knows;
--   `ca_file`, `timeout`, `connect_timeout` (seconds), `version` of the API, `stop_at` (0.95: no
--   more requests once so much of the day's are used). Without them SALESFORCE_URL,
--   SALESFORCE_CLIENT_ID, SALESFORCE_CLIENT_SECRET or SALESFORCE_CLIENT_SECRET_FILE, and
--   SALESFORCE_TARGET_ORG are read.
-- @return the client, whose `query(soql)` is an export; or nil, message, code
function sertifier.salesforce(options)
  return salesforce.open(options, 2)
end

--- Issues what qualifies and was not issued before, and writes the links back. The summary has
-- `written` and `unwritten` where they go to an org.
-- @tparam table options `export` (a path, "-", or a function that gives a table a call), `client`,
--   `ledger` ("sertifier.db"), `write_back` (a path, or what `sertifier.salesforce` gave),
--   `rejects` (a path: the records that were not issued, in the export's form, with the reasons
--   behind), `batch_size` (20 credentials a request), `concurrency` (4 requests at once), `rate`
--   (requests a second), `limit` (credentials), `now`
--   (what date literals and TODAY() start from: seconds since 1970, or YYYY-MM-DDThh:mm:ssZ),
--   `first_run` ("issue" or "remember": what happens to records of which nothing is known yet),
--   `previous` (an older export, from which prior values are read), `expect` (so many must be new,
--   or nothing is sent), `max_new` (so many may be), `canary` (so many are issued first, and looked
--   up, before the rest follows),
--   `progress(summary)`, `log(event)` (what `--log json` writes, as a table with `timestamp` in
--   seconds since 1970, `severityText`, `eventName`, `attributes`), `interrupted()` (true: stop),
--   `delete_surplus` (where a flow publishes after a check: true deletes other drafts of a
--   person, which are listed otherwise)
-- @return the summary, and where the run stopped early message and code; nil, message, code where
--   it could not start, and then nothing was sent
function methods:run(options)
  declared.check(options, declared.of_run, 2)
  if options.strict then
    local ok, message, code = strict.check(self, options)
    if not ok then return nil, message, code end
  end
  return guards.run(self, options)
end

--- The query that gives what the flow reads, with as much of its conditions as SOQL can say.
-- @tparam[opt] {string,...} more fields, such as those that the flow's functions read
-- @treturn string
function methods:soql(more)
  return soql.of(self, more, 2)
end

--- What `run` would send, and every fault, without a network and without writing anything.
-- @tparam table options `export`, `bodies` (a Lua file that gets each request's body as a line),
--   `records` (called for each record with its line, outcome and JSON or problems), `batch_size`,
--   `ledger` (its name: how much of it is known), `sample` (so many credentials are kept), `now`,
--   `previous`, `first_run`
-- @return the findings: `read`, `skipped`, `invalid`, `would_issue`, `known` (of these the ledger
--   has), `sample` (a list of credentials), `problems`; or nil, message, code
function methods:check(options)
  declared.check(options, declared.of_check, 2)
  return check.run(self, options)
end

--- Says which part of the entry conditions holds for a record, and which does not.
-- @param record a table, or a record that a hook was given
-- @tparam[opt] number|string now as for `run`
-- @treturn string a line for each part, the whole first
-- @treturn string "true", "false", or "unknown" where a cell cannot be read
function methods:explain(record, now)
  return explain.condition(self, record, assert(dates.now(now)))
end

return sertifier
