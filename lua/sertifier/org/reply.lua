--- The org's answers: errors as Salesforce writes them, and the headers of every answer.

local json = require "sertifier.json"

local reply = { html = { ["Content-Type"] = "text/html" } }

--- The headers of an answer, with how much of the day's requests is used, and more of its own.
function reply.headers(state, more)
  local headers = { ["Content-Type"] = "application/json;charset=UTF-8", ["Sforce-Limit-Info"] =
    ("api-usage=%d/%d"):format(state.used, state.behave.daily_limit) }
  for name, value in pairs(more or {}) do headers[name] = value end
  return headers
end

--- An error of a whole call.
-- @treturn number its status
-- @treturn string the body: a list of one error
-- @treturn table the headers
function reply.fault(status, code, message)
  return status, ('[{"message":%s,"errorCode":"%s"}]'):format(json.quote(message), code),
    { ["Content-Type"] = "application/json;charset=UTF-8" }
end

--- What a page's address says, without its escapes.
function reply.unescaped(text)
  return (text:gsub("+", " "):gsub("%%(%x%x)", function(hex)
    return string.char(tonumber(hex, 16))
  end))
end

return reply
