--- What a careful person asks of a run before it sends anything, or sends much.

local api = require "sertifier.api"
local later = require "sertifier.later"
local run = require "sertifier.run"

-- Loaded where they are used:
local check = later "sertifier.check"

local guards = {}

local function with(options, changes)
  return setmetatable(changes, { __index = options })
end

local function refuse(text, ...)
  return nil, text:format(...), "guard"
end

--- `expect` and `max_new`: how many would be issued that the ledger does not have.
-- @return true; or nil, message, code
local function count(flow, options)
  if not options.expect and not options.max_new then return true end
  if type(options.export) ~= "string" or options.export == "-" then
    return refuse "an export that can be read only once cannot be counted first"
  end
  local findings, message, code =
    check.run(flow, with(options, { ledger = options.ledger or "sertifier.db" }))
  if not findings then return nil, message, code end
  local new = findings.would_issue - findings.known
  if options.expect and new ~= options.expect then
    return refuse("%s: %d would be issued, and %d are expected; nothing was sent", options.export,
      new, options.expect)
  end
  if options.max_new and new > options.max_new then
    return refuse("%s: %d would be issued, and at most %d are allowed; nothing was sent",
      options.export, new, options.max_new)
  end
  return true
end

-- ---- canaries ----

--- The same flow, that also tells which credentials were issued.
local function telling(flow, ids)
  return setmetatable({ on_issued = function(credential, record)
    ids[#ids + 1] = credential.id
    if flow.on_issued then flow.on_issued(credential, record) end
  end }, { __index = flow })
end

--- Looks each credential up by its id.
local function look_up(client, ids)
  for _, id in ipairs(ids) do
    local found, message = client:credential(id)
    if type(found) ~= "table" then
      return refuse("the canary %s is not found: %s", id, message or "Sertifier has no word of it")
    end
  end
  return true
end

local function stopped(first, message, code)
  -- What the next run left is not what is left.
  first.stopped = "canary: " .. message:gsub("; nothing is lost: .*$", "")
  return first, first.stopped, code
end

local function is_interrupted(options)
  if not options.interrupted then return false end
  local ok, is = pcall(options.interrupted)
  return ok and is -- where it fails, the run says so
end

--- Issues a few, looks them up, and goes on only where all are there. The first run leaves the
-- memory as it was, so that for the second one the same records fire.
local function canary(flow, options)
  local ids = {}
  local first, message, code =
    run.run(telling(flow, ids), with(options, { limit = options.canary, keeps_memory = false }))
  if not first or code or #ids == 0 or first.in_doubt + first.rejected > 0 then
    return first, message, code
  end
  local found, why = look_up(options.client, ids)
  if not found then return stopped(first, why, "guard") end
  if is_interrupted(options) then return stopped(first, "interrupted", "interrupted") end
  local whole, what, kind = run.run(flow, options)
  -- Where it ended before it met the canaries again, the first run's summary tells all.
  if not whole or what and whole.already_issued < #ids then return stopped(first, what, kind) end
  whole:count("issued", #ids)
  whole:count("already_issued", -#ids)
  whole.requests = whole.requests + first.requests
  return whole, what, kind
end

--- Runs a flow behind its guards.
-- @param flow what `flow.declare` gave
-- @tparam table options as `flow:run` takes them
-- @return as run.run
function guards.run(flow, options)
  local ok, message, code = count(flow, options)
  if not ok then return nil, message, code end
  if not options.canary then return run.run(flow, options) end
  if type(options.export) == "function" or options.export == "-" then
    return refuse "an export that can be read only once cannot have canaries; nothing was sent"
  end
  local client = options.client
  if not client then client, message, code = api.open() end
  if not client then return nil, message, code end
  local summary, why, what = canary(flow, with(options, { client = client }))
  if not options.client then client:close() end
  return summary, why, what
end

return guards
