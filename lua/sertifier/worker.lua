--- What a thread of nginx's pool runs: the same blocking code as in a script.
--
-- A thread has a Lua state of its own, without nginx's functions, and keeps it for its life: the
-- ledger and the client, with its connections, stay open from call to call. All that goes in and
-- out is copied, so it is made of tables, texts, numbers and booleans.

local api = require "sertifier.api"
local attributes = require "sertifier.attributes"
local delivery = require "sertifier.delivery"
local drain = require "sertifier.drain"
local flow_file = require "sertifier.flow_file"
local ledger = require "sertifier.ledger"
local status = require "sertifier.nginx.status"
local together = require "sertifier.ledger.together"

local worker = {}

local answers = { gateway = "sertifier.nginx.gateway", records = "sertifier.nginx.records",
  outbound_message = "sertifier.nginx.outbound_message",
  change_events = "sertifier.nginx.change_events" }

-- ---- what stays open ----

local places = {} -- by ledger and client: those of the handlers in one nginx.conf

local function name_of(settings)
  return table.concat({ settings.ledger, settings.url or "", settings.key_file or "",
    settings.ca_file or "", settings.timeout or "" }, "\n")
end

local function open(settings)
  local opened, message = ledger.open(settings.ledger)
  if not opened then return nil, message end
  local client, why = api.open { url = settings.url, key_file = settings.key_file,
    ca_file = settings.ca_file, timeout = settings.timeout }
  local ok = client
  if client then ok, why = together.join(opened) end
  if ok then return { ledger = opened, client = client, flows = {} } end
  opened:close()
  return nil, why
end

local function place_of(settings)
  local name = name_of(settings)
  local place, message = places[name], nil
  if not place then place, message = open(settings) end
  places[name] = place
  return place, message
end

--- A ledger that failed is opened anew for the next call: it may be back by then.
local function forget(settings)
  local name = name_of(settings)
  local place = places[name]
  places[name] = nil
  if not place then return end
  place.ledger:close()
  place.client:close()
end

-- ---- calls ----

--- A flow whose attributes are known, as in a run; nginx's reload begins with new threads.
local function flow_of(place, settings)
  local path = settings.flow
  local known = path and place.flows[path]
  if known or not path then return known end
  local flow = assert(flow_file.load(path, settings.flow_text))
  local note
  flow, note = attributes.resolve(flow, place.client)
  -- One that could not be looked up now is looked up for the next call.
  if not note then place.flows[path] = flow end
  return assert(flow, note)
end

local function delivering(way)
  return function(place, items)
    local done, message = way(place, items)
    if not done then place.is_lost = true end
    return done, message
  end
end

local queue, deliver = delivering(delivery.enqueue), delivering(delivery.issue)

--- Runs a function on a place, for a caller who wants its result or a message.
local function on_place(settings, work)
  local place, message = place_of(settings)
  if not place then return { message = message } end
  local ok, result = pcall(work, place)
  if ok then return result end
  forget(settings)
  return { message = tostring(result) }
end

--- Answers a request.
-- @tparam string kind of the handler
-- @tparam table settings `ledger`, `url`, `key_file`, `ca_file`, `timeout`, `queued`, and the
--   handler's own: `flow` and `flow_text`, a flow's file and its text; `most`; `organizations`
-- @tparam string body
-- @treturn table `status`, `body`, `counts`, and where there is one `retry_after`, `times`,
--   `fault`; or `message`: why it could not be worked on
function worker.answer(kind, settings, body)
  return on_place(settings, function(place)
    local call = { ledger = place.ledger, client = place.client, most = settings.most,
      organizations = settings.organizations, flow = flow_of(place, settings),
      deliver = settings.queued and queue or deliver }
    local answer = require(answers[kind]).answer(call, body)
    if call.is_lost then forget(settings) end
    return answer
  end)
end

--- Sends what is queued, for some seconds.
-- @treturn table as drain.run; or with `message`: why it could not
function worker.drain(settings)
  local total = on_place(settings, function(place)
    return drain.run(place, { seconds = settings.seconds })
  end)
  if total.fault or total.verdict and total.verdict.code == "ledger" then forget(settings) end
  return total
end

--- What the status page shows: see status.gather.
function worker.status(settings, wanted)
  return on_place(settings, function(place) return status.gather(place, wanted) end)
end

--- A person's word about a key: see status.act.
-- @treturn table `said`; or `message`
function worker.act(settings, key, word, by_whom)
  return on_place(settings, function(place)
    return { said = status.act(place, key, word, by_whom) }
  end)
end

--- Loads what the first call of a thread would load.
function worker.warm()
  -- One of them needs LuaExpat, which only its users have.
  for _, module in pairs(answers) do pcall(require, module) end
  return true
end

return worker
