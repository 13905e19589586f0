--- A run's write-back to the org itself, as writeback.lua is to a file.
--
-- What fails here stops no run: the links are in the ledger, from where `sertifier write-back`, or
-- the next run, writes them.

local cjson = require("cjson").new()
local credential = require "sertifier.credential"
local links = require "sertifier.salesforce.links"
local writing = require "sertifier.salesforce.writing"

local linking = {}
linking.__index = linking

--- What is not in the ledger when it is to be written; nil where nothing is wrong.
local function fault_of_parts(parts)
  for _, part in ipairs(parts) do
    if part[2] ~= "l" and not credential.kept[part[1]] then
      return ("the ledger, from where links are written, has of a credential {!id} and"
        .. " {!verificationLink}, and not {!%s}: take it out, or write to a file"):format(part[1])
    end
  end
end

local function check_parts(flow)
  for name, parts in pairs(flow.write_back_parts) do
    local fault = fault_of_parts(parts)
    if fault then return nil, ("write_back: %s: %s"):format(name, fault), "usage" end
  end
  return true
end

local function check(org, flow)
  if not flow.object then
    return nil, "write_back: the flow must say its `object`", "usage"
  end
  local fields, message, code = org:fields(flow.object)
  if not fields then return nil, message, code end
  for name in pairs(flow.write_back) do
    local fault = links.fault(fields, name)
    if fault then return nil, ("write_back: %s: %s"):format(flow.object, fault), "usage" end
  end
  return check_parts(flow)
end

--- Looks at the fields that are to be written; nothing is written yet.
-- @param org an opened client
-- @param flow
-- @tparam table ledger
-- @tparam table summary of the run: gets `written`, `unwritten` and a note
-- @return the write-back; or nil, message, code
function linking.open(org, flow, ledger, summary)
  local ok, message, code = check(org, flow)
  if not ok then return nil, message, code end
  local tally = { written = 0, reasons = {} }
  return setmetatable({ org = org, ledger = ledger, object = flow.object, summary = summary,
    fields = cjson.encode(flow.write_back), waiting = {}, seen = {}, expected = {}, count = 0,
    noted = 0, tally = tally, writing = writing.new(ledger, org, tally) }, linking)
end

local function name_of(key, record_id)
  return key .. "\0" .. record_id
end

local function row_of(self, key, record_id)
  return { key = key, record_id = record_id, object = self.object, fields = self.fields }
end

--- Writes, in a way that is given, as long as nothing has failed.
-- @return true; or nil, message, "ledger"
local function write(self, way)
  if self.failed then return true end
  local done, message, code = way(self.writing)
  if not done and code == "ledger" then return nil, message, code end
  if not done and code ~= "interrupted" then self.failed = message end
  return true
end

--- Notes in the ledger what is about to be sent.
-- @return true; or nil, message, "ledger"
function linking:expect(items)
  local rows = {}
  for _, item in ipairs(items) do
    if item.record_id ~= "" then
      rows[#rows + 1] = row_of(self, item.key, item.record_id)
      self.expected[name_of(item.key, item.record_id)] = true
    end
  end
  local ok, message, code = self.ledger:expect_writes(rows)
  if not ok then return nil, message, code end
  return write(self, writing.tend)
end

local function flush(self, way)
  local ok, message, code = self.ledger:expect_writes(self.waiting, self.org.keeps_written)
  self.noted = self.noted + self.count
  self.waiting, self.seen, self.count = {}, {}, 0
  if not ok then return nil, message, code end
  if way == writing.start_full and self.noted > self.org.bulk_above then return true end
  return write(self, way)
end

--- Adds a record whose credential is issued. Full calls are made at once, until the records are so
-- many that the rest is for a job.
-- @return true; or nil, message, "ledger"
function linking:add(record_id, _, key)
  local name = name_of(key, record_id)
  if record_id == "" or self.seen[name] then return true end
  self.seen[name], self.count = true, self.count + 1
  if not self.expected[name] then table.insert(self.waiting, row_of(self, key, record_id)) end
  self.expected[name] = nil
  if self.count < self.org.batch_size then return true end
  return flush(self, writing.start_full)
end

--- Why links are not written, the most frequent reason first.
local function why_left(self)
  if self.failed then return self.failed end
  local most, reason = 0, "the run was interrupted"
  for text, group in pairs(self.tally.reasons) do
    if group.count > most then most, reason = group.count, links.told(text, group) end
  end
  return reason
end

--- Writes the rest, and tells the run's summary.
-- @return true; or nil, message, "ledger"
function linking:close()
  local ok, message, code = flush(self, writing.all)
  if not ok then return nil, message, code end
  local left, why, what = self.ledger:left_unwritten()
  if not left then return nil, why, what end
  self.summary.written, self.summary.unwritten = self.tally.written, #left
  if #left > 0 then
    table.insert(self.summary.notes, 1, ("%d links are not written to Salesforce: %s; `sertifier "
      .. "write-back` tries again, and with --unwritten FILE lists them"):format(#left,
      why_left(self)))
  end
  return true
end

--- Where nothing was sent, nothing is to be written.
function linking.discard() end

return linking
