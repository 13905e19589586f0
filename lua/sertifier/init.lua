--- Issues digital credentials from Salesforce exports through Sertifier, never twice.
--
-- What can go wrong outside comes back as nil, a message for people, and a code for programs (see
-- [error codes](../../errors.html)). A mistake in a program is an error at its line.
-- @module sertifier

-- The story of a record, and the file that tells each part:
--
--   export --> conditions --> mapping --> claim --> client --> answer --> settle --> write-back
--   export     condition      template    ledger    api        answer     ledger     writeback
--   reading    |--- compile ---------|    |--- sending, adding ---|    |------- landing ------|
--
-- A flow says what is to be issued (flow); a run opens what that takes (opening), carries it out
-- (run) and counts (summary).

local api = require "sertifier.api"
local dates = require "sertifier.condition.dates"
local declared = require "sertifier.options"
local flow = require "sertifier.flow"
local guards = require "sertifier.guards"
local later = require "sertifier.later"

-- Loaded where they are used:
local check = later "sertifier.check"
local explain = later "sertifier.explain"
local salesforce = later "sertifier.salesforce"
local soql = later "sertifier.soql"
local strict = later "sertifier.strict"

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
-- their column's name and cannot be changed; a function of `when` or `map` gets it for as long as
-- it runs, and keeps values of it, not the record.
-- @tparam table declaration
-- @treturn flow
-- @raise all its mistakes, at the caller's line
function sertifier.flow(declaration)
  return setmetatable(flow.declare(declaration, 2), class)
end

--- Whether a value is a flow.
-- @param value
-- @treturn boolean
function sertifier.is_flow(value)
  return getmetatable(value) == class
end

--- Opens a client of Sertifier's API. Its calls are those of [sertifier.api](sertifier.api.html).
-- @tparam[opt] table options
-- @tparam[opt] string options.url where Sertifier is, or `SERTIFIER_URL` says so
-- @tparam[opt] string options.key_file the file of the key; or `SERTIFIER_SECRET_KEY` is the key,
--   or `SERTIFIER_SECRET_KEY_FILE` names its file
-- @tparam[opt] string options.ca_file certificates to trust, in place of the system's
-- @tparam[opt=60] number options.timeout seconds for a request
-- @tparam[opt=10] number options.connect_timeout seconds for its connection
-- @treturn[1] table the client
-- @return[2] nil, message, code (`key`, `url`)
function sertifier.client(options)
  local client, message, code = api.open(options, 2) -- a tail call would hide the caller's line
  return client, message, code
end

--- Opens a client of a Salesforce org, whose calls are those of
-- [sertifier.salesforce](sertifier.salesforce.html). What is not said here is read from the
-- environment: `SALESFORCE_URL`, `SALESFORCE_CLIENT_ID`, `SALESFORCE_CLIENT_SECRET` or
-- `SALESFORCE_CLIENT_SECRET_FILE`, `SALESFORCE_JWT_KEY_FILE`, `SALESFORCE_USERNAME`,
-- `SALESFORCE_AUDIENCE`, `SALESFORCE_TARGET_ORG`.
-- @tparam[opt] table options
-- @tparam[opt] string options.url the org's My Domain
-- @tparam[opt] string options.client_id of a connected app
-- @tparam[opt] string options.secret_file the file of its secret
-- @tparam[opt] string options.jwt_key_file or the file of its private key
-- @tparam[opt] string options.username whom the key signs for
-- @tparam[opt] string options.audience the login server, where its address does not tell it
-- @tparam[opt] string options.target_org or a name that the Salesforce CLI knows
-- @tparam[opt] string options.ca_file certificates to trust, in place of the system's
-- @tparam[opt=60] number options.timeout seconds for a request
-- @tparam[opt=10] number options.connect_timeout seconds for its connection
-- @tparam[opt="62.0"] string options.version of Salesforce's API
-- @tparam[opt=0.95] number options.stop_at no more requests once so much of the day's are used
-- @tparam[opt=200] number options.batch_size records that are written a request
-- @tparam[opt=10000] number options.bulk_above more links than that are written by jobs
-- @tparam[opt=2] number options.lock_wait seconds before locked records are tried again
-- @treturn[1] table the client
-- @return[2] nil, message, code
function sertifier.salesforce(options)
  local client, message, code = salesforce.open(options, 2)
  return client, message, code
end

--- Issues what qualifies and was not issued before, and writes the links back.
-- @tparam table options
-- @tparam string|function|table options.export a path, "-", a function that gives a table a call,
--   or a query of an org
-- @tparam[opt] table options.client what `sertifier.client` gave; else one is opened for the run
-- @tparam[opt="sertifier.db"] string options.ledger a path, or `postgres://user@host/database`
-- @tparam[opt] string|table options.write_back a path, or what `sertifier.salesforce` gave
-- @tparam[opt] string options.rejects a path: the records that were not issued, in the export's
--   form, with the reasons behind
-- @tparam[opt=20] number options.batch_size credentials a request
-- @tparam[opt=4] number options.concurrency requests at once
-- @tparam[opt] number options.rate requests a second
-- @tparam[opt] number options.limit so many credentials, and no more
-- @tparam[opt] number options.expect so many must be new, or nothing is sent
-- @tparam[opt] number options.max_new so many may be new, or nothing is sent
-- @tparam[opt] number options.canary so many are issued first, and looked up, before the rest
-- @tparam[opt] boolean options.strict nothing is sent unless every record is valid
-- @tparam[opt] number options.max_invalid the run stops where more are invalid
-- @tparam[opt] number|string options.now what date literals and `TODAY()` start from: seconds since
--   1970, or YYYY-MM-DDThh:mm:ssZ
-- @tparam[opt] string options.first_run "issue" or "remember": what happens to records of which a
--   trigger knows nothing yet
-- @tparam[opt] string options.previous an older export, from which prior values are read
-- @tparam[opt] boolean options.delete_surplus where a flow publishes after a check: other drafts of
--   a person are deleted, which are listed otherwise
-- @tparam[opt] string options.format of the export, where it is not to be guessed; so are
--   `encoding`, `delimiter`, `date_order` and `decimal`
-- @tparam[opt] function options.progress is given the summary as it grows
-- @tparam[opt] function options.log is given what `--log json` writes, as a table with `timestamp`
--   in seconds since 1970, `severityText`, `eventName`, `attributes`
-- @tparam[opt] function options.interrupted the run stops once this gives true. An error in one of
--   these three, or in an iterator, ends the run as one in a hook does. What is opened for a run,
--   its client and its ledger, is no other run's before it ends
-- @treturn[1] table the summary: `read`, the seven counts that add up to it (`skipped`, `invalid`,
--   `issued`, `already_issued`, `rejected`, `in_doubt`, `not_attempted`), `changed`, `problems`
--   (each `outcome`, `export`, `lines`, `count`, `text`; of an iterator's records `ids`),
--   and `written` and `unwritten` where links go to an org
-- @treturn[1] ?string where the run stopped early: a message
-- @treturn[1] ?string and its code
-- @return[2] nil, message, code: it could not start, and nothing was sent
-- @function flow:run
function methods:run(options)
  declared.check(options, declared.of_run, 2)
  declared.check_opened(options, 2)
  declared.check_free(options, 2)
  if options.strict then
    local ok, message, code = strict.check(self, options)
    if not ok then return nil, message, code end
  end
  return guards.run(self, options)
end

--- The query that gives what the flow reads, with as much of its conditions as SOQL can say.
-- @tparam[opt] {string,...} more fields, such as those that the flow's functions read
-- @treturn string
-- @function flow:soql
function methods:soql(more)
  local query = soql.of(self, more, 2) -- a tail call would hide the caller's line
  return query
end

--- What `run` would send, and every fault, without a network and without writing anything.
-- @tparam table options `export`, `batch_size`, `limit`, `ledger`, `now`, `previous`, `first_run`,
--   `format`, `encoding`, `delimiter`, `date_order` and `decimal` as for `run`, and
-- @tparam[opt] file options.bodies a Lua file that gets each request's body as a line
-- @tparam[opt] function options.records is given each record's line, outcome, and JSON or problems
-- @tparam[opt] number options.sample so many credentials are kept
-- @treturn[1] table the findings: `read`, `skipped`, `invalid`, `would_issue`, `known` (of these
--   the ledger has), `sample` (a list of credentials), `problems`, `notes`
-- @return[2] nil, message, code
-- @function flow:check
function methods:check(options)
  declared.check(options, declared.of_check, 2)
  declared.check_opened(options, 2)
  return check.run(self, options)
end

--- Says which part of the entry conditions holds for a record, and which does not.
-- @param record a table, or a record that a hook was given
-- @tparam[opt] number|string now as for `run`
-- @treturn string a line for each part, the whole first
-- @treturn string "true", "false", or "unknown" where a cell cannot be read
-- @function flow:explain
function methods:explain(record, now)
  if type(record) ~= "table" and type(record) ~= "userdata" then
    error("explain: a record is expected, got " .. type(record), 2)
  end
  declared.check_now(now, 2)
  local moment, message = dates.now(now)
  if not moment then error(message, 2) end
  return explain.condition(self, record, moment)
end

return sertifier
