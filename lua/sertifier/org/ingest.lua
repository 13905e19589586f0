--- Jobs of the Bulk API 2.0 that update: made, filled, closed, and what came of each row.

local collections = require "sertifier.org.collections"
local jobs = require "sertifier.org.jobs"
local json = require "sertifier.json"
local locks = require "sertifier.org.locks"
local reply = require "sertifier.org.reply"
local states = require "sertifier.org.state"

local ingest = {}

-- ---- CSV ----

--- The cell at `at`: its value, and where it ends.
local function cell(text, at)
  if text:sub(at, at) ~= '"' then return text:match("^([^,\n]*)()", at) end
  local stop = at
  repeat stop = text:find('"', stop + 1, true) + 1 until text:sub(stop, stop) ~= '"'
  return text:sub(at + 1, stop - 2):gsub('""', '"'), stop
end

local function rows_of(text)
  local rows, row, at = {}, {}, 1
  while at <= #text do
    local value, stop = cell(text, at)
    row[#row + 1] = value
    if text:sub(stop, stop) == "\n" then rows[#rows + 1], row = row, {} end
    at = stop + 1
  end
  return rows
end

local function line_of(cells)
  local list = {}
  for i, value in ipairs(cells) do
    list[i] = value:find '[",\n]' and '"' .. value:gsub('"', '""') .. '"' or value
  end
  return table.concat(list, ",") .. "\n"
end

-- ---- what a job does ----

--- A row as a record: an empty cell leaves its field as it is.
local function record_of(job, row)
  local record = { attributes = { type = job.info.object } }
  for i, name in ipairs(job.header) do
    if row[i] ~= "" then record[name] = row[i] == "#N/A" and "" or row[i] end
  end
  return record
end

local function update(state, job, row, n, seen, transaction)
  local record = record_of(job, row)
  local code, message, field = collections.fault(state, record, n, seen, transaction)
  if not code then
    collections.apply(state, record)
    return table.insert(job.good, { record.Id, "false", row })
  end
  table.insert(job.bad, { tostring(record.Id), ("%s:%s:%s--"):format(code, message, field or ""),
    row })
end

--- Its rows from the last to the first; of a job that fails, half of them.
local function run(state, job)
  local seen, transactions = {}, locks.of_job(state)
  local least = job.info.state == "Failed" and math.floor(#job.rows / 2) + 1 or 1
  for n = #job.rows, least, -1 do
    update(state, job, job.rows[n], #job.rows - n + 1, seen, transactions(n))
  end
  job.info.numberRecordsProcessed = #job.good + #job.bad
  job.info.numberRecordsFailed = #job.bad
end

-- ---- calls ----

--- Makes one.
function ingest.make(state, request, base)
  local decoded = json.decode(request.body)
  if not decoded or decoded.operation ~= "update" or decoded.contentType ~= "CSV" then
    return reply.fault(400, "INVALIDJOB", "an update in CSV is expected")
  elseif not states.fields[decoded.object] then
    return reply.fault(400, "INVALIDJOB", "no such object")
  end
  local job = jobs.add(state, base, { operation = "update", object = decoded.object,
    state = "Open" }, function(job) run(state, job) end)
  job.good, job.bad, job.rows = {}, {}, {}
  return 200, json.encode(job.info)
end

--- Takes its rows, once.
function ingest.fill(state, request, _, id)
  local job, status, body = jobs.find(state, id)
  if not job then return status, body end
  if not (request.headers["content-type"] or ""):find "^text/csv" then
    return reply.fault(415, "UNSUPPORTED_MEDIA_TYPE", "text/csv is expected")
  elseif job.info.state ~= "Open" or job.header then
    return reply.fault(400, "INVALIDJOBSTATE", "the job has its rows already")
  end
  job.rows = rows_of(request.body)
  job.header = table.remove(job.rows, 1)
  return 201, ""
end

--- Closes it: its rows are complete.
function ingest.close(state, request, _, id)
  local job, status, body = jobs.find(state, id)
  if not job then return status, body end
  local decoded = json.decode(request.body)
  if not decoded or decoded.state ~= "UploadComplete" or job.info.state ~= "Open" then
    return reply.fault(400, "INVALIDJOBSTATE", "the job is not open")
  end
  job.info.state = "UploadComplete"
  return 200, json.encode(job.info)
end

--- What came of its rows: those that were updated, or those that failed.
function ingest.results(state, request, _, given)
  local id, which = given:match "^(%w+)/(%a+)Results/$"
  local job, status, body = jobs.find(state, id)
  if not job then return status, body end
  if request.headers.accept ~= "text/csv" then
    return reply.fault(406, "NOT_ACCEPTABLE", "results are text/csv")
  end
  local is_good = which == "successful"
  local lines = { ('"sf__Id","sf__%s",'):format(is_good and "Created" or "Error")
    .. line_of(job.header or {}) }
  for _, one in ipairs(is_good and job.good or job.bad) do
    lines[#lines + 1] = line_of { one[1], one[2] }:gsub("\n$", ",") .. line_of(one[3])
  end
  return 200, table.concat(lines), { ["Content-Type"] = "text/csv" }
end

return ingest
