--- What a flow's `before_issue` makes of credentials.

local cjson = require "cjson"
local compile = require "sertifier.compile"
local core = require "sertifier.core"
local credential = require "sertifier.credential"
local ends = require "sertifier.ends"

local reshaping = {}

local columns = { "campaign", "once_per", "record_id" }
local known = { campaignId = "campaign" }
for _, field in ipairs(credential.fields) do
  columns[#columns + 1] = field.name
  known[field.name] = field.name
end
columns[#columns + 1] = "attributes"

--- A plan that checks what a hook gave back, and writes it as the flow's own plan does.
local function plan()
  local fields = { { name = "campaign", before = '{"campaignId":', type = "c", role = "campaign",
    required = true, parts = { { "campaign", "c" } } } }
  for _, field in ipairs(credential.fields) do
    fields[#fields + 1] = { name = field.name, label = field.name,
      before = (',"%s":'):format(field.name), type = field.type, role = field.role,
      most = field.most, required = field.name == "name", parts = { { field.name, "c" } } }
  end
  fields[#fields + 1] = { name = "attributes", before = ',"attributes":', type = "j",
    parts = { { "attributes", "c" } } }
  for _, name in ipairs { "once_per", "record_id" } do
    fields[#fields + 1] = { name = name, before = "", type = "t", role = name,
      parts = { { name, "c" } } }
  end
  return assert(compile.plan({ fields = fields }, columns))
end

local function attributes_text(list)
  if list == nil then return "" end
  local texts = {}
  for i, one in ipairs(list) do
    local id, value = one.id, tostring(one.value)
    if type(id) ~= "string" or one.value == nil or not core.is_text(id .. value) then
      error("an attribute is { id = text, value = text }", 0)
    end
    texts[i] = cjson.encode { id = id, value = value }
  end
  return #texts > 0 and "[" .. table.concat(texts, ",") .. "]" or ""
end

--- What a hook gave back as cells; the key and the record's Id stay what they were.
local function cells_of(changed, once_per, record_id)
  local cells = { once_per = once_per, record_id = record_id,
    attributes = attributes_text(changed.attributes) }
  for name, value in pairs(changed) do
    if known[name] then
      cells[known[name]] = tostring(value)
    elseif name ~= "attributes" then
      error("a credential has no field " .. tostring(name), 0)
    end
  end
  local list = {}
  for i, name in ipairs(columns) do list[i] = cells[name] or "" end
  return list
end

--- What becomes of one credential: its cells; or nil and why it is invalid; or nothing at all.
local function ask(self, one)
  local changed, reason = self.flow.before_issue(cjson.decode(one.json), one.record)
  if changed == nil then return nil, reason end
  if type(changed) ~= "table" then
    error("it gave a " .. type(changed) .. ", not a credential", 0)
  end
  return cells_of(changed, one.once_per, one.record_id)
end

--- All of a batch's credentials; of the first ones the hook was asked before.
local function take_out(self, batch, known_ones)
  local list = {}
  for i = 1, #batch do
    local once_per, _, _, _, _, record_id, line = batch:get(i)
    list[i] = { json = batch:credential(i), line = line, row = self.rejects and batch:row(i),
      once_per = once_per, record_id = record_id }
    if i <= known_ones then
      list[i].record, list[i].cells = self.records[i], self.reshaped[i]
    else
      list[i].record = self.export:record(batch, i)
    end
  end
  batch:clear()
  return list
end

local function note_invalid(self, problems, one, text)
  self.summary:count("invalid", 1)
  table.insert(problems, { line = one.line, text = text:gsub("\n$", "") .. "\n", row = one.row })
end

--- Puts the cells that a hook gave into the batch.
local function feed(self, batch, one, cells, problems)
  self.checking = self.checking or plan()
  local result = core.feed(self.checking, batch, cells, one.line, nil, one.row)
  if result == "ready" then self.records[#batch], self.reshaped[#batch] = one.record, cells end
  if result == "invalid" then
    note_invalid(self, problems, one, "before_issue: " .. batch:problems()[1].text)
  end
end

--- Puts one credential back as its hook wants it.
local function put_back(self, batch, one, problems)
  local ok, cells, reason = true, one.cells, nil
  if not cells then ok, cells, reason = pcall(ask, self, one) end
  if not ok then
    ends.stop(self, ("%s:%d: before_issue failed: %s"):format(self.export.name, one.line,
      tostring(cells)), "hook")
    ends.tell(self, "not_attempted", one)
  elseif reason ~= nil then
    note_invalid(self, problems, one, "before_issue: " .. tostring(reason))
  elseif not cells then
    self.summary:count("skipped", 1)
    if self.memory then self.memory:done(one.record_id) end
  else
    feed(self, batch, one, cells, problems)
  end
end

--- Gives each credential of a batch to the flow's `before_issue`, and keeps what it makes of them.
-- @tparam table self the run; afterwards its `records` are those of the batch, and `reshaped` holds
--   the cells that the hook made of each
-- @tparam number known_ones so many stood in the batch before, and were given to it then
-- @treturn {table,...} the problems that came up
function reshaping.reshape(self, batch, known_ones)
  local problems = {}
  local list = take_out(self, batch, known_ones)
  self.records, self.reshaped = {}, {}
  for _, one in ipairs(list) do
    if self.stopped then
      ends.tell(self, "not_attempted", one)
    else
      put_back(self, batch, one, problems)
    end
  end
  return problems
end

return reshaping
