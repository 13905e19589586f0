--- What a run tells its log: events with keys and lines, without names, e-mails or secrets.
--
-- Their form and names are OpenTelemetry's where it has any; what is Sertifier's own starts with
-- `sertifier.`. What a user's function said may be about a person, so that is left out.

local core = require "sertifier.core"
local summary = require "sertifier.summary"

local log = {}

local function tell(self, severity, name, attributes)
  attributes["sertifier.run.id"] = self.ledger.run
  self.log { timestamp = core.now(), severityText = severity, eventName = "sertifier." .. name,
    attributes = attributes }
end

local function milliseconds(seconds)
  return math.floor(seconds * 1000 + 0.5) / 1000
end

--- The run begins.
function log.started(self)
  if not self.log then return end
  tell(self, "INFO", "run.start", { ["sertifier.flow"] = self.flow.name,
    ["sertifier.export"] = self.export.name })
end

--- What failed, as OpenTelemetry has it: the client's word, or the status.
local function error_type(result)
  return result.error or result.status >= 400 and ("%d"):format(result.status) or nil
end

--- A request has ended.
function log.batch(self, task, result)
  if not self.log then return end
  tell(self, error_type(result) and "WARN" or "INFO", "batch", {
    ["http.response.status_code"] = result.status, ["error.type"] = error_type(result),
    ["http.client.request.duration"] = milliseconds(core.elapsed() - task.sent_at),
    ["http.request.resend_count"] = task.resends, ["sertifier.batch.size"] = #task })
end

local warned = { invalid = true, rejected = true, in_doubt = true, not_attempted = true }

--- A record has come to its end.
function log.outcome(self, outcome, record, reason)
  if not self.log then return end
  local of_hook = reason and reason:find "^before_issue:"
  tell(self, warned[outcome] and "WARN" or "INFO", "outcome", { ["sertifier.outcome"] = outcome,
    ["sertifier.key"] = record.key, ["sertifier.line"] = record.line,
    ["sertifier.reason"] = of_hook and "before_issue" or reason or nil })
end

--- What was not applied is sent again after a wait.
function log.retry(self, verdict, result, wait)
  if not self.log then return end
  tell(self, "WARN", "retry", { ["error.type"] = error_type(result) or verdict.code,
    ["sertifier.wait"] = milliseconds(wait) })
end

--- The server has too much to do: fewer requests go at once.
function log.limit(self, result, asked)
  if not self.log then return end
  tell(self, "WARN", "limit", { ["http.response.status_code"] = result.status,
    ["sertifier.wait"] = asked, ["sertifier.requests_at_once"] = self.pace:window() })
end

--- The run has ended.
function log.ended(self)
  if not self.log then return end
  local counts = { ["sertifier.read"] = self.summary.read,
    ["sertifier.requests"] = self.summary.requests,
    ["sertifier.run.duration"] = milliseconds(self.summary.seconds),
    ["error.type"] = self.stopped and self.stopped.code }
  for _, outcome in ipairs(summary.outcomes) do
    counts["sertifier." .. outcome] = self.summary[outcome]
  end
  tell(self, self.stopped and "ERROR" or "INFO", "run.end", counts)
end

return log
