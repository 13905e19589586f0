--- A single call's HTTP answer -> its `data`.

local answer = require "sertifier.answer"
local cjson = require "cjson"
local envelope = require "sertifier.envelope"
local waiting = require "sertifier.answer.waiting"
local words = require "sertifier.words"

local codes = { [401] = "auth", [403] = "auth", [408] = "server", [429] = "limit" }

local function fail(result)
  if result.error then return nil, result.message or result.error, result.error end
  local code = codes[result.status] or result.status >= 500 and "server" or "http"
  if code == "auth" then return nil, answer.refused_key(result.status), code end
  local said = words.of(envelope.decode(result.body) or {})
  return nil, ("Sertifier answered HTTP %d%s"):format(result.status, said and ": " .. said or ""),
    code, waiting.seconds(result)
end

--- Reads an answer.
-- @tparam table result one of `http.client`'s poll
-- @return `data`, true where it is null; or nil, message, code, and where the server says so the
--   seconds to wait. Codes are the client's, and "auth", "limit", "server" (408, 5xx), "http",
--   "malformed", "rejected"
return function(result)
  if result.error or result.status ~= 200 then return fail(result) end
  local body = envelope.decode(result.body)
  if not body then return nil, "Sertifier's answer is not a JSON object", "malformed" end
  if body.hasError == true then
    return nil, "Sertifier said: " .. (words.of(body) or "(no reason given)"), "rejected"
  end
  if body.data == nil then return body end -- some calls may answer without the envelope
  if body.data == cjson.null then return true end
  return body.data
end
