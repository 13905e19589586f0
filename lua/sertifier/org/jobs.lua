--- Jobs of the Bulk API 2.0 that query: made, looked at, and their results in pages of CSV. Those
-- that update are ingest.lua's; both are looked at alike.

local json = require "sertifier.json"
local queries = require "sertifier.org.query"
local reply = require "sertifier.org.reply"

local jobs = {}

--- The job of an id; or nil, and the answer that says that there is none.
function jobs.find(state, id)
  local job = state.jobs[id]
  if job then return job end
  return nil, reply.fault(404, "NOT_FOUND", "The requested resource does not exist")
end

--- Keeps a job, which has an id from now on; `done(job)` is called when it ends.
function jobs.add(state, base, info, done)
  state.job_count = state.job_count + 1
  local job = { base = base, info = info, looks = state.behave.job_looks, done = done }
  info.id = ("7505g%010dAAA"):format(state.job_count)
  info.apiVersion, info.contentType = tonumber(base:match "v([%d.]+)$"), "CSV"
  info.columnDelimiter, info.lineEnding = "COMMA", "LF"
  state.jobs[info.id] = job
  return job
end

local function make_fault(state, request, decoded)
  if not (request.headers["content-type"] or ""):find "^application/json" then
    return "UNSUPPORTED_MEDIA_TYPE", "Content-Type not supported"
  elseif not decoded or decoded.operation ~= "query" or type(decoded.query) ~= "string" then
    return "INVALIDJOB", "an operation and a query are expected"
  elseif state.behave.no_jobs then
    return "API_ERROR", "this query is none for the Bulk API"
  end
end

--- Makes one.
function jobs.make(state, request, base)
  local decoded = json.decode(request.body)
  local code, message = make_fault(state, request, decoded)
  if code then return reply.fault(400, code, message) end
  local cursor
  cursor, code, message = queries.make(state, decoded.query)
  if not cursor then return reply.fault(400, code, message) end
  local job = jobs.add(state, base, { operation = "query", object = cursor.object,
    state = "UploadComplete" }, function(job) job.info.numberRecordsProcessed = #cursor end)
  job.cursor = cursor
  return 200, json.encode(job.info)
end

--- How it goes: each look brings it on.
function jobs.look(state, _, _, id)
  local job, status, body = jobs.find(state, id)
  if not job then return status, body end
  job.looks = job.looks - 1
  if job.info.state == "UploadComplete" then job.info.state = "InProgress" end
  if job.looks < 0 and job.info.state == "InProgress" then
    job.info.state = state.behave.job_end
    job.done(job)
    job.info.errorMessage = job.info.state == "Failed" and state.behave.job_error or nil
  end
  return 200, json.encode(job.info)
end

-- ---- results ----

local function cell(record, name)
  local value = record[name]
  if name == "SystemModstamp" then value = value:gsub("%+0000$", "Z") end
  return value == nil and "" or tostring(value):gsub('"', '""')
end

--- Adds a record's line. Its pieces stay pieces: LuaJIT is slow where many long texts are alike.
local function add_line(state, parts, record, fields)
  for i, name in ipairs(fields) do
    parts[#parts + 1] = i == 1 and '"' or '","'
    parts[#parts + 1] = cell(record, name)
    if name == "Email" then parts[#parts + 1] = state.padding end
  end
  parts[#parts + 1] = '"\n'
end

local function page(state, cursor, from, most)
  local to = math.min(from + most, #cursor)
  local parts = { '"' .. table.concat(cursor.fields, '","') .. '"\n' }
  for i = from + 1, to do add_line(state, parts, cursor[i], cursor.fields) end
  return 200, table.concat(parts), { ["Content-Type"] = "text/csv",
    ["Sforce-NumberOfRecords"] = ("%d"):format(to - from),
    ["Sforce-Locator"] = to < #cursor and ("at+%d=="):format(to) or "null" }
end

local function results_fault(job, request, base)
  if base ~= job.base then
    return 409, "API_ERROR", "use the version that the job was made with"
  elseif request.headers.accept ~= "text/csv" then
    return 406, "NOT_ACCEPTABLE", "results are text/csv"
  elseif job.info.state ~= "JobComplete" then
    return 400, "API_ERROR", "the job is not complete"
  end
end

--- A page of what it found.
function jobs.results(state, request, base, given)
  local id, asked = given:match "^(%w+)/results%??(.*)$"
  local job, status, body = jobs.find(state, id)
  if not job then return status, body end
  local wrong, code, message = results_fault(job, request, base)
  if wrong then return reply.fault(wrong, code, message) end
  local locator = reply.unescaped(asked:match "locator=([^&]*)" or "at%2B0==")
  local from = tonumber(locator:match "^at%+(%d+)==$")
  if not from then return reply.fault(400, "INVALID_LOCATOR", "invalid locator") end
  local most = tonumber(asked:match "maxRecords=(%d+)") or math.huge
  return page(state, job.cursor, from, math.min(most, state.behave.result_size))
end

return jobs
