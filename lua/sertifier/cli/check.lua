--- `sertifier check`.

local cjson = require "cjson"
local common = require "sertifier.cli.common"
local summaries = require "sertifier.summary"

local checking = {}

local json_names = { "read", "skipped", "invalid", "would_issue", "seconds" }
local told = { "would_issue", "skipped", "invalid" }

local function tell_record(line, outcome, what)
  local more = ""
  if outcome == "would_issue" then more = ',"credential":' .. what end
  if outcome == "invalid" then more = ',"problems":' .. cjson.encode(what) end
  io.stdout:write(('{"line":%d,"outcome":"%s"%s}\n'):format(line, outcome, more))
end

local function open_bodies(name)
  if not name then return nil end
  if name == "-" then return io.stdout end
  local file, message = io.open(name, "wb")
  if not file then common.fail(message) end
  return file
end

--- Runs the command.
-- @treturn number 0; 2 where some records are invalid; 1 where --strict and an export is odd
function checking.main(args)
  local flow, exports = common.flow(args)
  local bodies = open_bodies(args.bodies)
  if bodies then bodies:setvbuf("full", 65536) end
  local total = summaries.new()
  for _, export in ipairs(exports) do
    local findings, message = flow:check { export = export, batch_size = args.batch_size,
      bodies = bodies, records = args.json and tell_record or nil, format = args.format,
      encoding = args.encoding, delimiter = args.delimiter, date_order = args.date_order }
    if not findings then common.fail(message) end
    common.add(total, findings)
  end
  if bodies then
    local ok, message = bodies:flush()
    if not ok then common.fail(args.bodies .. ": " .. message) end
  end
  if args.strict and #total.warnings > 0 then total.void = true end
  if args.json then print(common.json(total, json_names)) return total:status() end
  common.tell_exports(total)
  common.tell_counts(total, told)
  common.tell_problems(total)
  return total:status()
end

return checking
