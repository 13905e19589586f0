--- Jobs of the Bulk API 2.0: made, and looked at until they have ended.
--
-- A job goes on without us: whoever knows its id can come back to it.

local core = require "sertifier.core"
local faults = require "sertifier.salesforce.faults"

local jobs = {}

local first_wait, longest_wait = 0.25, 10 -- seconds between two looks

local has_ended = { JobComplete = true, Failed = true, Aborted = true,
  Open = true } -- it waits for records, which nobody will send

--- Looks at a job until it has ended.
-- @param org an opened client
-- @tparam string path of the job, behind the API's version
-- @tparam[opt] function say is told, once, what is waited for
-- @treturn table|nil what Salesforce says of it; or nil, message, code
function jobs.wait(org, path, say)
  local seconds = first_wait
  while true do
    local job, message, code = org:call("GET", path)
    if not job then return nil, message, code end
    if has_ended[job.state] then return job end
    if core.interrupted() then return nil, "interrupted", "interrupted" end
    if say and seconds == first_wait then
      say(("waiting for Salesforce's job %s: %s"):format(job.id, job.state))
    end
    core.sleep(seconds)
    seconds = math.min(2 * seconds, longest_wait)
  end
end

--- Why an ended job has nothing to give; nil where it has.
-- @treturn ?string
function jobs.fault(job)
  if job.state == "JobComplete" then return nil end
  local why = type(job.errorMessage) == "string" and job.errorMessage or "it says no reason"
  return faults.with_cure(("Salesforce: job %s: %s: %s"):format(job.id, job.state, why), why)
end

return jobs
