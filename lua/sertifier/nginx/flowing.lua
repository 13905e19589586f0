--- Records -> what a flow makes of each, and the answer that tells every record's end.
--
-- Shared by the handlers that are given records in some form: records, outbound_message and
-- change_events.

local core = require "sertifier.core"
local json = require "sertifier.sandbox.json"
local reply = require "sertifier.nginx.reply"
local run = require "sertifier.run"
local template = require "sertifier.template"

local flowing = {}

-- ---- records in ----

--- What the ledger and the delivery keep of the credential in a batch.
local function item_of(batch, secret)
  local once_per, campaign, name, email, external_id, record_id = batch:get(1)
  return { key = campaign .. "/" .. once_per, campaign = campaign, once_per = once_per, name = name,
    email = email, external_id = external_id, externalId = external_id, record_id = record_id,
    json = batch:credential(1), content = secret and batch:fingerprint(1, secret) }
end

local function reason_of(batch)
  return (batch:problems()[1].text:gsub("\n$", ""):gsub("\n", "; "))
end

--- Takes one record through the flow's plan.
-- @return its item, or nil and its outcome
local function take(export, plan, batch, secret)
  batch:clear()
  local _, skipped, invalid = export:fill(plan, batch, 1, 1)
  if invalid == 1 then return nil, { state = "invalid", reason = reason_of(batch) } end
  if skipped == 1 then return nil, { state = "skipped" } end
  return item_of(batch, secret)
end

--- What a flow makes of records.
-- @tparam table place `flow`, `ledger`
-- @tparam {table,...} rows
-- @treturn table|nil index -> item, and second index -> outcome of those that make none; or nil,
--   message
function flowing.items(place, rows)
  local i = 0
  local export, plan = run.open(place.flow, { export = function()
    i = i + 1
    return rows[i]
  end })
  if not export then return nil, plan end
  local batch, items, outcomes = core.batch(), {}, {}
  for n = 1, #rows do
    items[n], outcomes[n] = take(export, plan, batch, place.ledger.secret)
  end
  return items, outcomes
end

-- ---- outcomes out ----

local form = json.form "Id outcome reason key credentialId verificationLink"

local function write_back_of(place, credential)
  local members, names = {}, {}
  for name in pairs(place.flow.write_back_parts) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do
    local value = template.fill(place.flow.write_back_parts[name], credential)
    members[i] = json.quote(name) .. ":" .. json.quote(value)
  end
  return "{" .. table.concat(members, ",") .. "}"
end

local function told(place, row_id, item, outcome)
  local credential = outcome.credential
  local text = json.object(form, { Id = item and item.record_id or row_id, outcome = outcome.state,
    reason = outcome.reason, key = item and item.key, credentialId = credential and credential.id,
    verificationLink = credential and credential.verificationLink })
  if not credential then return text end
  return text:sub(1, -2) .. ',"writeBack":' .. write_back_of(place, credential) .. "}"
end

--- As the caller wrote it: an invalid record may have no better one.
local function id_of(row)
  local id = row.Id or row.id
  return type(id) == "string" and id or nil
end

local is_error = { in_doubt = true, sending = true, not_applied = true, rejected = true,
  invalid = true }

local function errors_of(outcomes)
  local errors = {}
  for i, one in ipairs(outcomes) do
    if is_error[one.state] then
      errors[#errors + 1] = ("records[%d]: %s: %s"):format(i - 1, one.state:gsub("_", " "),
        one.reason or "")
    end
  end
  return errors
end

--- Issues, or queues, what a flow makes of records, and answers.
-- @tparam table place `flow`, `ledger`, `deliver`
-- @tparam {table,...} rows
-- @treturn table an answer of reply.lua, with the `times` of the delivery
function flowing.answer(place, rows)
  local items, outcomes = flowing.items(place, rows)
  if not items then return reply.refuse(400, outcomes) end
  local ready = {}
  for n = 1, #rows do ready[#ready + 1] = items[n] end
  local done, message = { outcomes = {}, verdict = {} }, nil
  if #ready > 0 then done, message = place.deliver(place, ready) end
  if not done then return reply.new(503, "Not sent: " .. message, { retry_after = 5 }) end
  local texts = {}
  for n = 1, #rows do
    outcomes[n] = outcomes[n] or done.outcomes[items[n].key]
    texts[n] = told(place, id_of(rows[n]), items[n], outcomes[n])
  end
  local answer = reply.of(outcomes, done.verdict, {
    data = "{\"outcomes\":" .. json.list(texts) .. "}", errors = errors_of(outcomes),
    fault = done.fault })
  answer.times = done.times
  return answer
end

return flowing
