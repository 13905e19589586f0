--- Updates of many records as a job of the Bulk API 2.0.
--
-- Its results stand in no order: a record is known by its Id.

local cjson = require("cjson").new()
local core = require "sertifier.core"
local faults = require "sertifier.salesforce.faults"
local jobs = require "sertifier.salesforce.jobs"
local writeback = require "sertifier.writeback"

local ingest = {}

local function path_of(id)
  return "/jobs/ingest/" .. id
end

--- Makes a job, which has no records yet.
-- @return its id; or nil, message, code
function ingest.make(org, object)
  local job, message, code = org:call("POST", "/jobs/ingest", cjson.encode { object = object,
    operation = "update", contentType = "CSV", columnDelimiter = "COMMA", lineEnding = "LF" })
  if not job then return nil, message, code end
  return job.id
end

--- Sends the records. Whoever asks again after a lost answer is told that it is done already: what
-- counts is the job's state.
-- @tparam string id
-- @tparam {table,...} records each `id` and `values`, by field
-- @return true; or nil, message, code
function ingest.send(org, id, records)
  local sent, message, code = org:finish(org:start("PUT", org.base .. path_of(id) .. "/batches",
    writeback.text(records, "#N/A"), true))
  if not sent and not faults.is_refusal(code) then return nil, message, code end
  local closed, why, what = org:call("PATCH", path_of(id), '{"state":"UploadComplete"}')
  if closed or not faults.is_refusal(what) then return closed, why, what end
  local job = org:call("GET", path_of(id))
  if job and job.state ~= "Open" then return true end
  return nil, why, what
end

-- ---- what came of it ----

--- `CODE:message:fields--`
local function error_of(text)
  local code, message = text:match "^([%u_]+):(.*):.-%-%-$"
  return faults.of_row(code or "UNKNOWN_EXCEPTION", message or text)
end

--- Adds what one of the job's lists of results says. Of a row that cannot be read nothing is known.
local function read(org, path, outcomes)
  local page, message, code = org:finish(org:start("GET", org.base .. path, nil, true))
  if not page then return nil, message, code end
  if page.body == "" then return true end
  local reader, problem = core.reader(core.source_of(page.body), ",")
  if not reader then return nil, "Salesforce: a job's results: " .. problem, "answer" end
  for cells in function() return reader:cells() end do
    outcomes[#outcomes + 1] = cells and { cells = cells,
      fault = cells.sf__Error and error_of(cells.sf__Error) } or nil
  end
  reader:close()
  return true
end

--- Waits for a job that was sent.
-- @return for each record whose result is known `cells`, as they were sent, by their fields, with
--   `Id`; and `fault`, Salesforce's `code` and `message`, where it was not written; and why others
--   are missing, if that is known; or nil, message, code
function ingest.finish(org, id)
  local job, message, code = jobs.wait(org, path_of(id), org.say)
  if not job then return nil, message, code end
  local outcomes = {}
  if job.state == "Open" then return outcomes end
  for _, list in ipairs { "successfulResults", "failedResults" } do
    local ok, why, what = read(org, ("%s/%s/"):format(path_of(id), list), outcomes)
    if not ok then return nil, why, what end
  end
  return outcomes, jobs.fault(job)
end

return ingest
