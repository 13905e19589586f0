--- Reads answers to requests that change nothing: whatever went wrong, they may be sent again.

local answer = require "sertifier.answer"

--- @tparam table result one of `client:poll`'s
-- @tparam {table,...} task
-- @tparam function read_body is given the task and the decoded body; gives outcomes and a verdict
return function(result, task, read_body)
  local outcomes, verdict = answer.read_other(result, task, read_body)
  if verdict.class ~= "in_doubt" then return outcomes, verdict end
  for _, outcome in ipairs(outcomes) do outcome.state = "not_applied" end
  verdict.class, verdict.action, verdict.code = "not_applied", "retry", "server"
  return outcomes, verdict
end
