--- What a run opens before its first record, and closes after its last.

local api = require "sertifier.api"
local compile = require "sertifier.compile"
local dates = require "sertifier.condition.dates"
local export = require "sertifier.export"
local later = require "sertifier.later"
local ledger = require "sertifier.ledger"
local outputs = require "sertifier.outputs"

-- Loaded where they are used:
local attributes = later "sertifier.attributes"
local linking = later "sertifier.salesforce.linking"
local memory = later "sertifier.memory"
local rejects = later "sertifier.rejects"
local writeback = later "sertifier.writeback"

local opening = {}

--- Opens an export and compiles the flow for it.
-- @tparam table options of the run, as far as they are about its export
-- @tparam[opt] number now seconds since 1970 that are taken for now
-- @return the export, the plan and its cells; or nil, message, code
function opening.export(flow, options, now)
  local opened, message, code = export.open(options.export, compile.needs(flow), {
    object = flow.object, format = options.format, encoding = options.encoding,
    delimiter = options.delimiter, date_order = options.date_order, decimal = options.decimal,
    writes_back = options.write_back ~= nil })
  if not opened then return nil, message, code end
  local plan, cells = compile.plan(flow, opened.columns, now)
  local ok = plan ~= nil
  if plan then
    ok, message, code = opened:settle(cells)
  else
    message, code = ("%s: %s"):format(opened.header or opened.name, cells), "export"
  end
  if ok then return opened, plan, cells end
  opened:close()
  return nil, message, code
end

--- Reads an older export into a memory, for `memory.open`.
function opening.previous(flow, options, now)
  return options.previous and function(native)
    local old, plan, cells = opening.export(flow, setmetatable({ export = options.previous },
      { __index = options }), now)
    if not old then return nil, plan, cells end
    local ok, message, code = memory.read_export(native, old, plan, cells)
    old:close()
    return ok, message, code
  end
end

--- Opens the memory of earlier runs, where the flow asks for one.
-- @tparam table self a run or a check: its `flow`, `plan`, `cells`, `now`, and if opened `ledger`
-- @tparam table options
-- @return true; or nil, message, code
function opening.memory(self, options)
  if not compile.asks_memory(self.flow, self.cells) then return true end
  local message, code
  self.memory, message, code = memory.open(self.flow, self.plan, self.cells, {
    ledger = self.ledger, first_run = options.first_run,
    previous = opening.previous(self.flow, options, self.now) })
  return self.memory, message, code
end

-- ---- a run's parts, each given the run and its options: true; or nil, message, code ----

local parts = {}

function parts.options(self, options)
  local message = outputs.fault_of_run(options)
  if not message then self.now, message = dates.now(options.now) end
  if message then return nil, message, "usage" end
  return true
end

function parts.client(self, options)
  if options.client then
    self.client = options.client
    return true
  end
  local message, code
  self.own_client, message, code = api.open()
  self.client = self.own_client
  return self.client, message, code
end

local function has_attributes(flow)
  for _, field in ipairs(flow.fields) do
    if field.attribute then return true end
  end
  return false
end

--- From here on the flow's attributes are known.
function parts.attributes(self)
  if not has_attributes(self.flow) then return true end
  local flow, message, code = attributes.resolve(self.flow, self.client)
  if not flow then return nil, message, code end
  self.flow, self.summary.notes[1] = flow, message
  return true
end

function parts.export(self, options)
  local message, code
  self.export, message, code = opening.export(self.flow, options, self.now)
  if not self.export then return nil, message, code end
  self.plan, self.cells = message, code
  return true
end

--- A ledger that the caller opened is the caller's to close.
function parts.ledger(self, options)
  self.ledger = options.ledger
  if type(self.ledger) ~= "table" then
    local message, code
    self.own_ledger, message, code = ledger.open(self.ledger or "sertifier.db")
    self.ledger = self.own_ledger
    if not self.ledger then return nil, message, code end
  end
  return self.ledger:begin_run { flow = self.flow.name, export = self.export.name }
end

parts.memory = opening.memory

--- A file of the links, or the org itself.
function parts.write_back(self, options)
  local place = options.write_back
  if not place then return true end
  local message, code
  if type(place) == "string" then
    self.write_back, message, code = writeback.open(place, self.flow.write_back_parts)
  else
    self.write_back, message, code = linking.open(place, self.flow, self.ledger, self.summary)
  end
  return self.write_back, message, code
end

function parts.rejects(self, options)
  if not options.rejects then return true end
  local message, code
  self.rejects, message, code = rejects.open(options.rejects, self.export)
  return self.rejects, message, code
end

local order = { "options", "client", "attributes", "export", "ledger", "memory", "write_back",
  "rejects" }

--- What the caller opened is this run's alone until it ends: answers and claims do not tell whose
-- they are.
local function hold(self, options)
  for _, name in ipairs { "client", "ledger" } do
    local given = options[name]
    if type(given) == "table" then
      given.is_held = true
      table.insert(self.held, given)
    end
  end
end

--- Opens all parts of a run.
-- @return true; or nil, message, code
function opening.all(self, options)
  self.held = {}
  hold(self, options)
  for _, name in ipairs(order) do
    local ok, message, code = parts[name](self, options)
    if not ok then return nil, message, code end
  end
  return true
end

--- Closes what `opening.all` opened.
function opening.close(self)
  if self.export then self.export:close() end
  if self.own_ledger then self.own_ledger:close() end
  if self.own_client then self.own_client:close() end
  for _, given in ipairs(self.held or {}) do given.is_held = nil end
end

return opening
