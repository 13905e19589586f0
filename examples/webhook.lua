-- Tells a chat channel what a run did, and what it could not do. WEBHOOK_URL is where the channel
-- takes messages, as Slack's incoming webhooks do.
--   WEBHOOK_URL=https://hooks.example.com/x sertifier issue examples/webhook.lua contacts.csv
local cjson = require "cjson"
local sertifier = require "sertifier"

local troubles = {}

local function note(problem)
  troubles[#troubles + 1] = problem.where .. ": " .. problem.reason
end

-- The address goes through curl's standard input: so it stands in no list of processes.
local function post(text)
  local url = os.getenv "WEBHOOK_URL"
  if not url then return end
  local curl = assert(io.popen("curl --silent --show-error --max-time 10 --config -", "w"))
  curl:write(("url = %q\nheader = \"Content-Type: application/json\"\ndata = %q\n")
    :format(url, cjson.encode { text = text }))
  curl:close() -- that nobody was told ends no run
end

return sertifier.flow {
  name = "Course completion",
  campaign = "7d1f0c52-demo-4b3a-course-completion",
  when = "Issue_Credential__c = TRUE AND Status__c = 'Certified'",
  on_rejected = note,
  on_doubt = note,
  on_finish = function(summary)
    local counts = ("%d issued, %d invalid, %d in doubt"):format(summary.issued, summary.invalid,
      summary.in_doubt)
    post(table.concat({ counts, (table.unpack or unpack)(troubles, 1, 10) }, "\n"))
  end,
}
