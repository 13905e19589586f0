--- The sandbox's answers: Sertifier's envelope, and what comes with other statuses than 200.

local json = require "sertifier.json"

local reply = {}

--- A connection that is to be closed without an answer; nginx has the same number for it.
reply.closed = 444

local quote = json.quote

local kinds = { -- of a body
  envelope = { ["Content-Type"] = "application/json; charset=utf-8" },
  html = { ["Content-Type"] = "text/html" }, text = { ["Content-Type"] = "text/plain" },
  empty = {},
}

--- The headers of a kind of body: envelope, html, text or empty; not to be changed.
function reply.headers(kind)
  return kinds[kind]
end

local as_json = {} -- [T]: both have been seen

function as_json.strings(problem)
  return quote(problem.key .. ": " .. problem.value)
end

function as_json.objects(problem)
  return ('{"key":%s,"value":%s}'):format(quote(problem.key), quote(problem.value))
end

--- The member validationErrors with its comma; it may be null or missing [T].
local function errors_of(state, problems)
  local how = state.behave.validation
  if how == "missing" then return "" end
  local form = as_json[how]
  if not form then return '"validationErrors":null,' end
  local texts = {}
  for i, problem in ipairs(problems or {}) do texts[i] = form(problem) end
  return '"validationErrors":' .. json.list(texts) .. ","
end

--- Sertifier's envelope [S], in the order of the guide's sample.
-- @tparam table state
-- @tparam string message
-- @tparam boolean has_error
-- @tparam {table,...}|nil problems each `key` and `value`
-- @tparam string|nil data as JSON; nil leaves it out
-- @tparam[opt=""] string more further members as JSON, each after a comma
-- @treturn number the HTTP status
-- @treturn string the body
function reply.envelope(state, message, has_error, problems, data, more)
  return 200, ('{"message":%s,"hasError":%s,%s%s"content":null%s}'):format(quote(message),
    tostring(has_error), errors_of(state, problems), data and '"data":' .. data .. "," or "",
    more or "")
end

--- What went well.
-- @tparam table state
-- @tparam string message
-- @tparam[opt="null"] string data as JSON
function reply.done(state, message, data)
  return reply.envelope(state, message, false, nil, data or "null")
end

local error_data = {} -- the forms of `data` in a refusal [G]

function error_data.null() return "null" end
function error_data.missing() return nil end
function error_data.object() return "{}" end

function error_data.lists(campaigns)
  local members = {}
  for i, campaign in ipairs(campaigns or {}) do members[i] = quote(campaign) .. ":[]" end
  return "{" .. table.concat(members, ",") .. "}"
end

--- A business error: HTTP 200 with hasError [S, T]; nothing was done.
-- @tparam table state
-- @tparam string message
-- @tparam {table,...}|nil problems each `key` and `value`
-- @tparam {string,...}|nil campaigns that the request named
-- @tparam[opt] string more further members as JSON, each after a comma
function reply.refused(state, message, problems, campaigns, more)
  local data = error_data[state.behave.error_data](campaigns)
  return reply.envelope(state, message, true, problems, data, more)
end

local html = "<html><head><title>%d</title></head><body><h1>%s</h1></body></html>\n"

--- An answer with another status than 200; its body may be anything [G].
-- @treturn number the status
-- @treturn string the body
-- @treturn table the headers
function reply.status(state, status, message)
  if status == reply.closed then return status, "", kinds.empty end
  local form = state.behave.error_form
  local body = ""
  if form == "envelope" then
    body = select(2, reply.refused(state, message))
  elseif form == "html" then
    body = html:format(status, message)
  elseif form == "text" then
    body = message
  end
  return status, body, kinds[form]
end

--- What the path names is not known: a business error, or a status [G].
function reply.unknown(state, message)
  if state.behave.unknown_id == "404" then return reply.status(state, 404, message) end
  return reply.refused(state, message)
end

return reply
