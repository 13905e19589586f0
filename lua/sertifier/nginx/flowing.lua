--- Records -> what a flow makes of each, and the answer that tells every record's end.
--
-- Shared by the handlers that are given records in some form: records, outbound_message and
-- change_events.

local core = require "sertifier.core"
local json = require "sertifier.json"
local opening = require "sertifier.opening"
local reply = require "sertifier.nginx.reply"
local sorted_keys = require "sertifier.sorted_keys"
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

--- Takes the next record through the flow's plan.
-- @return its item, or nil, or nil at the end; and of a record without one its outcome
local function take(export, plan, batch, secret)
  batch:clear()
  local read, skipped, invalid, ended, failed = export:fill(plan, batch, 1, 1)
  if not read then return nil, { state = "invalid", reason = skipped } end
  if ended then return nil end
  if failed then return nil, { state = "invalid", reason = "the flow failed: " .. failed } end
  if invalid == 1 then return nil, { state = "invalid", reason = reason_of(batch) } end
  if skipped == 1 then return nil, { state = "skipped" } end
  return item_of(batch, secret)
end

--- What a flow makes of records.
-- @return a list of records, each with its `item`, or its `outcome` where it makes none; or nil,
--   message
local function take_all(place, next_row)
  local row
  local export, plan = opening.export(place.flow, { export = function()
    local line, problem
    row, line, problem = next_row()
    return row, line, problem
  end })
  if not export then return nil, plan end
  local batch, list = core.batch(), {}
  while true do
    local item, outcome = take(export, plan, batch, place.ledger.secret)
    if not item and not outcome then return list end
    list[#list + 1] = { row = row or nil, item = item, outcome = outcome }
    if row == nil then return list end
  end
end

-- ---- outcomes out ----

local form = json.form "Id outcome reason key credentialId verificationLink"

--- Of an earlier credential the ledger has less than Sertifier's answer: what a field would get is
-- not known then, and must not make it empty.
local function is_known(parts, credential)
  for _, part in ipairs(parts) do
    if part[2] ~= "l" and credential[part[1]] == nil then return false end
  end
  return true
end

local function write_back_of(place, credential)
  local members, all = {}, place.flow.write_back_parts
  for _, name in ipairs(sorted_keys(all)) do
    if is_known(all[name], credential) then
      local value = template.fill(all[name], credential)
      members[#members + 1] = json.quote(name) .. ":" .. json.quote(value)
    end
  end
  return "{" .. table.concat(members, ",") .. "}"
end

--- As the caller wrote it: an invalid record may have no better one.
local function id_of(one)
  local id = one.item and one.item.record_id or one.row and (one.row.Id or one.row.id)
  return type(id) == "string" and id or nil
end

local function told(place, one)
  local outcome, credential = one.outcome, one.outcome.credential
  local text = json.object(form, { Id = id_of(one), outcome = outcome.state,
    reason = outcome.reason, key = one.item and one.item.key,
    credentialId = credential and credential.id,
    verificationLink = credential and credential.verificationLink })
  if not credential then return text end
  return text:sub(1, -2) .. ',"writeBack":' .. write_back_of(place, credential) .. "}"
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

local function deliver(place, list)
  local ready = {}
  for _, one in ipairs(list) do ready[#ready + 1] = one.item end
  if #ready == 0 then return { outcomes = {}, verdict = {} } end
  return place.deliver(place, ready)
end

--- Issues, or queues, what a flow makes of records, and answers.
-- @tparam table place `flow`, `ledger`, `deliver`
-- @tparam function next_row gives a record; or false, a place and what is wrong with the record; or
--   nil at the end
-- @treturn table an answer of reply.lua, with the `times` of the delivery, the `outcomes`, and
--   the records' `ids`, "" where one has none
function flowing.answer(place, next_row)
  local list, problem = take_all(place, next_row)
  if not list then return reply.refuse(400, problem) end
  local done, message = deliver(place, list)
  if not done then return reply.new(503, "Not sent: " .. message, { retry_after = 5 }) end
  local texts, outcomes, ids = {}, {}, {}
  for i, one in ipairs(list) do
    one.outcome = one.outcome or done.outcomes[one.item.key]
    texts[i], outcomes[i], ids[i] = told(place, one), one.outcome, id_of(one) or ""
  end
  local answer = reply.of(outcomes, done.verdict, {
    data = '{"outcomes":' .. json.list(texts) .. "}", errors = errors_of(outcomes),
    fault = done.fault })
  answer.times, answer.outcomes, answer.ids = done.times, outcomes, ids
  return answer
end

return flowing
