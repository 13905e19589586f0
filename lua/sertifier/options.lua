--- The options of a run and of a check: their names, their types, and what is no option.

local did_you_mean = require "sertifier.did_you_mean"
local export = require "sertifier.export"

local options = {}

local types = {
  now = { number = true, string = true }, previous = { string = true },
  first_run = { string = true },
  export = { string = true, ["function"] = true, table = true }, client = { table = true },
  ledger = { string = true, table = true }, write_back = { string = true, table = true },
  rejects = { string = true }, log = { ["function"] = true },
  batch_size = { number = true }, concurrency = { number = true }, rate = { number = true },
  limit = { number = true }, expect = { number = true }, max_new = { number = true },
  canary = { number = true }, sample = { number = true }, progress = { ["function"] = true },
  interrupted = { ["function"] = true }, delete_surplus = { boolean = true },
  bodies = { table = true, userdata = true }, records = { ["function"] = true },
  format = { string = true }, encoding = { string = true }, delimiter = { string = true },
  date_order = { string = true }, decimal = { string = true },
  strict = { boolean = true }, max_invalid = { number = true },
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

local function check_one(name, value, known, level)
  if not known[name] then
    error(("%s: no such option%s"):format(tostring(name), did_you_mean(name, known)), level + 1)
  elseif not types[name][type(value)] then
    error(("%s: got a %s"):format(name, type(value)), level + 1)
  elseif type(value) == "number" then
    check_number(name, value, level + 1)
  end
end

--- Checks options at the line of a caller.
-- @tparam table given
-- @tparam {string,...} names those that there are
-- @tparam number level whose line an error names, as for `error`
function options.check(given, names, level)
  if type(given) ~= "table" then error("a table of options is expected", level + 1) end
  local known = { (table.unpack or unpack)(names) }
  for _, name in ipairs(names) do known[name] = true end
  for name, value in pairs(given) do check_one(name, value, known, level + 1) end
  local first = given.first_run
  if first and first ~= "issue" and first ~= "remember" then
    error('first_run: "issue" or "remember" is expected', level + 1)
  end
  if given.export == nil then error("export: a path or an iterator is expected", level + 1) end
  if type(given.export) == "table" and not given.export.open then
    error("export: got a table", level + 1)
  end
  local fault = export.fault(given)
  if fault then error(fault, level + 1) end
end

return options
