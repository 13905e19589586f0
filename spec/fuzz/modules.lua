-- The parsers in Lua that others' bytes reach; the first byte says which one, the rest is what it gets.
--
-- None may raise, whatever it gets. What is said to be issued is named in the answer. JSON is changed value
-- by value, as bytes that change at random seldom are JSON again.
local answer = require "sertifier.answer"
local cjson = require("cjson").new()
local condition = require "sertifier.condition"
local flow_import = require "sertifier.flow_import"
local sertifier = require "sertifier"
local template = require "sertifier.template"

local sent = {
  { campaign = "c", name = "Ann Lee", email = "ann@example.com", externalId = "0035g0000000001AAA" },
  { campaign = "c", name = "Bo", email = "bo@example.com" },
}

local function read_answer(bytes)
  local outcomes, verdict = answer.read({ status = 200, body = bytes }, sent)
  assert(verdict.class)
  for i = 1, #sent do
    local one = outcomes[i]
    assert(one.state == "issued" or type(one.reason) == "string")
    assert(one.state ~= "issued" or bytes:find(one.credential.id, 1, true) or bytes:find("\\u", 1, true))
  end
end

-- ---- what nginx is sent ----

local place = {
  flow = sertifier.flow { object = "Contact", campaign = "campaign", when = "Certified__c = TRUE",
    map = { name = "{!FirstName} {!LastName}", email = "{!Email}", externalId = "{!Id}" } },
  ledger = { secret = ("s"):rep(16) }, most = 100, organizations = { "00D5g000004XyzA" },
}

function place.deliver(_, items)
  local outcomes = {}
  for _, one in ipairs(items) do outcomes[one.key] = { state = "in_doubt", reason = "no answer came" } end
  return { outcomes = outcomes, verdict = {}, seconds = 0 }
end

local function handler(name)
  local module = require("sertifier.nginx." .. name)
  return function(bytes)
    local given = module.answer(place, bytes)
    assert(given.status and given.body)
  end
end

local function fills(read)
  return function(bytes)
    local got, message = read(bytes, "Contact")
    assert(got or type(message) == "string")
  end
end

--- What is written of a Flow is Lua again.
local function import(bytes)
  local text, message = flow_import.convert(bytes)
  if text then assert(load(text)) else assert(type(message) == "string") end
end

local parsers = { read_answer, handler "gateway", handler "records", handler "change_events",
  handler "outbound_message", fills(condition.compile), fills(condition.formula), fills(template.parse),
  import }

local function run(bytes)
  local which = (bytes:byte() or 0) % #parsers + 1
  parsers[which](bytes:sub(2))
end

-- ---- what is tried next ----

local odd = { true, false, cjson.null, 7, 1e300, "", "x", {}, { true }, { x = { 1 } } }

--- Puts something else into one place of a tree, or nothing.
local function change(value)
  local keys = {}
  for key in pairs(type(value) == "table" and value or {}) do keys[#keys + 1] = key end
  if #keys == 0 or math.random(5) == 1 then return odd[math.random(#odd + 1)] end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  local key = keys[math.random(#keys)]
  value[key] = change(value[key])
  return value
end

--- Other bytes, where these hold JSON.
local function mutate(bytes, seed)
  math.randomseed(seed)
  local _, text = pcall(function() return cjson.encode(change(cjson.decode(bytes:sub(2)))) end)
  return text:find "^[%[{]" and bytes:sub(1, 1) .. text or nil
end

return { run = run, mutate = mutate }
