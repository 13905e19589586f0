--- The options of a run and of a check: their names, their types, and what is no option.

local export = require "sertifier.export"
local typed = require "sertifier.typed"

local options = {}

local types = {
  now = { "number", "string" }, previous = "string", first_run = "string",
  export = { "string", "function", "table" }, client = "table", ledger = { "string", "table" },
  write_back = { "string", "table" }, rejects = "string", log = "function", batch_size = "number",
  concurrency = "number", rate = "number", limit = "number", expect = "number", max_new = "number",
  canary = "number", sample = "number", progress = "function", interrupted = "function",
  delete_surplus = "boolean", bodies = { "table", "userdata" }, records = "function",
  format = "string", encoding = "string", delimiter = "string", date_order = "string",
  decimal = "string", strict = "boolean", max_invalid = "number",
}

--- What a run takes.
options.of_run = { "export", "client", "ledger", "write_back", "rejects", "batch_size",
  "concurrency", "rate", "limit", "progress", "interrupted", "delete_surplus", "format", "encoding",
  "delimiter", "date_order", "decimal", "strict", "max_invalid", "now", "previous", "first_run",
  "expect", "max_new", "canary", "log" }

--- What a check takes.
options.of_check = { "export", "bodies", "records", "batch_size", "limit", "format", "encoding",
  "delimiter", "date_order", "decimal", "now", "ledger", "sample", "previous", "first_run" }

local can_be_0 = { max_invalid = true, sample = true }

local function check_number(name, value, level)
  if value == 0 and can_be_0[name] then return end
  if value <= 0 or value ~= value then
    error(("%s: a number above 0 is expected"):format(name), level + 1)
  elseif value % 1 ~= 0 and name ~= "rate" then
    error(("%s: a whole number is expected"):format(name), level + 1)
  end
end

local end_of_time = 253402300799 -- 9999-12-31T23:59:59Z

--- Checks what is to be taken for now, at the line of a caller.
function options.check_now(now, level)
  local fault = now ~= nil and typed.fault_of(now, types.now)
  if fault then error("now: " .. fault, level + 1) end
  if type(now) == "number" and not (now >= 0 and now <= end_of_time) then
    error(("now: seconds since 1970 are expected, got %g"):format(now), level + 1)
  end
end

local function types_of(names)
  local known = {}
  for _, name in ipairs(names) do known[name] = types[name] end
  return known
end

--- Checks options at the line of a caller.
-- @tparam table given
-- @tparam {string,...} names those that there are
-- @tparam number level whose line an error names, as for `error`
function options.check(given, names, level)
  typed.check(nil, given, types_of(names), level + 1)
  for name, value in pairs(given) do
    if type(value) == "number" then check_number(name, value, level + 1) end
  end
  options.check_now(given.now, level + 1)
  local first = given.first_run
  if first and first ~= "issue" and first ~= "remember" then
    error('first_run: "issue" or "remember" is expected', level + 1)
  end
  if given.export == nil then error("export: a path or an iterator is expected", level + 1) end
  if type(given.export) == "table" and type(given.export.open) ~= "function" then
    error("export: got a table", level + 1)
  end
  if given.bodies and io.type(given.bodies) ~= "file" then
    error("bodies: an open file is expected", level + 1)
  end
  local fault = export.fault(given)
  if fault then error(fault, level + 1) end
end

--- The method by which what a run was given is known.
local known_by = { client = "poll", ledger = "look_up", write_back = "query" }

local functions = { client = "sertifier.client", ledger = "sertifier.ledger.open",
  write_back = "sertifier.salesforce" }

local function fault_of_opened(name, opened, method)
  if not opened[method] then return ("what %s gave is expected"):format(functions[name]) end
  if opened.is_closed then return "it is closed; open one for this run" end
end

--- Checks what a run or a check was given opened: that it is what it should be.
-- @tparam table given
-- @tparam number level whose line an error names, as for `error`
function options.check_opened(given, level)
  for name, method in pairs(known_by) do
    local fault = type(given[name]) == "table" and fault_of_opened(name, given[name], method)
    if fault then error(("%s: %s"):format(name, fault), level + 1) end
  end
end

--- Checks that no other run uses what a run was given: they would take each other's answers.
function options.check_free(given, level)
  for _, name in ipairs { "client", "ledger" } do
    if type(given[name]) == "table" and given[name].is_held then
      error(name .. ": another run uses it; open one for this run", level + 1)
    end
  end
end

return options
