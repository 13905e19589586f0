--- The sandbox's own calls, which Sertifier does not have.
--
--   GET  /sandbox/record           what was seen and done (record.lua); ?totals: the counts alone
--   PUT  /sandbox/behave  {…}      sets switches: {"search_delay": 2}; the others stay
--   POST /sandbox/reset            forgets what was issued and the record; the switches stay
--
-- The first needs no key: it tells no key, name or e-mail. The others change things, and need it.

local behaviours = require "sertifier.sandbox.behaviours"
local json = require "sertifier.json"
local record = require "sertifier.sandbox.record"
local reply = require "sertifier.sandbox.reply"

local control = {}

local function say(status, values)
  return status, json.encode(values), reply.headers "envelope"
end

local function behave(state, body)
  local given = json.decode(body)
  if not given then return say(400, { message = "a JSON object of switches is expected" }) end
  local behave_now, message = behaviours.read(given, state.behave)
  if not behave_now then return say(400, { message = message }) end
  state.behave = behave_now
  return say(200, behave_now)
end

--- Answers one of the sandbox's own calls.
-- @tparam table state
-- @tparam table request as `sandbox.answer` takes it
-- @tparam string call its method and path
-- @tparam string query what stood behind the `?`
function control.answer(state, request, call, query)
  if call == "GET /sandbox/record" then
    return 200, record.read(state.record, query == "totals"),
      reply.headers "envelope"
  elseif request.headers.secretkey ~= state.key then
    return say(403, { message = "this call of the sandbox needs its secretKey" })
  elseif call == "PUT /sandbox/behave" then
    return behave(state, request.body)
  elseif call == "POST /sandbox/reset" then
    state:reset()
    return say(200, { message = "reset" })
  end
  return say(404, { message = "the sandbox has no such call" })
end

return control
