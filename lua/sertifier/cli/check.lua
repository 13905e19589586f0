--- `sertifier check`.

local api = require "sertifier.api"
local attributes = require "sertifier.attributes"
local cjson = require "cjson"
local common = require "sertifier.cli.common"
local core = require "sertifier.core"
local envelope = require "sertifier.envelope"
local line = require "sertifier.explain.line"
local summaries = require "sertifier.summary"
local telling = require "sertifier.cli.telling"

local checking = {}

local json_names = { "read", "skipped", "invalid", "would_issue", "known", "seconds" }
local told = { "would_issue", "known", "skipped", "invalid" }

local function tell_record(place, outcome, what)
  local more = ""
  if outcome == "would_issue" then more = ',"credential":' .. what end
  if outcome == "invalid" then more = ',"problems":' .. cjson.encode(what) end
  io.stdout:write(('{"line":%d,"outcome":"%s"%s}\n'):format(place, outcome, more))
end

local function open_bodies(name)
  if not name then return nil end
  if name == "-" then return io.stdout end
  local file, message = io.open(name, "wb")
  if not file then common.fail(message) end
  return file
end

-- ---- what Sertifier says, where a key is at hand ----

local function tell_campaign(client, id)
  local campaign, message = client:campaign(id)
  if type(campaign) ~= "table" then
    return io.stderr:write("campaign: ", message or "Sertifier has no word of it", "\n")
  end
  local states = { "draft", "scheduled", "active" }
  io.stderr:write(("campaign: %s, %s\n"):format(tostring(campaign.title),
    states[tonumber(campaign.status)] or "of no known status"))
end

local function tell_service(flow)
  local client = api.open()
  if not client then return end
  if envelope.is_id(flow.campaign) then tell_campaign(client, flow.campaign) end
  local _, message = attributes.resolve(flow, client)
  if message then io.stderr:write("attributes: ", message, "\n") end
  client:close()
end

-- ---- a sample ----

local columns = { "name", "email", "externalId", "issueDate", "expireDate", "campaignId" }

local width = 24

--- Cut and filled up to one width; characters are counted, not bytes.
local function fitted(text)
  local cut, count = {}, 0
  for character in tostring(text):gmatch "[%z\1-\127\192-\255][\128-\191]*" do
    if count == width then break end
    count = count + 1
    cut[count] = character
  end
  return table.concat(cut) .. (" "):rep(width - count)
end

local function tell_row(cells)
  for i, cell in ipairs(cells) do cells[i] = fitted(cell) end
  io.stderr:write("  ", (table.concat(cells, "  "):gsub(" +$", "")), "\n")
end

local function tell_sample(sample)
  if #sample == 0 then return end
  io.stderr:write "\n"
  tell_row { (table.unpack or unpack)(columns) }
  for _, credential in ipairs(sample) do
    local cells = {}
    for i, name in ipairs(columns) do cells[i] = credential[name] or "" end
    tell_row(cells)
  end
end

-- ---- the command ----

--- What an export is checked with.
local function options_of(args, export)
  return { export = export, now = args.now, ledger = args.ledger or "sertifier.db",
    previous = args.previous, first_run = args.first_run, format = args.format,
    encoding = args.encoding, delimiter = args.delimiter, date_order = args.date_order,
    decimal = args.decimal }
end

local function explain_line(flow, exports, args)
  if #exports > 1 then common.fail "--explain takes one export" end
  local text, message = line.explain(flow, args.explain, options_of(args, exports[1]))
  if not text then common.fail(message) end
  print(text)
  return 0
end

--- So many credentials are shown if not said: names and addresses are for the eyes of who sits
-- there, and not for the log that an output goes to.
local function sample_of(args)
  return args.sample or (core.isatty(2) and not args.json) and 3 or 0
end

local function check_all(flow, exports, args, bodies)
  local total = summaries.new()
  total.sample, total.known, total.would_issue = {}, 0, 0
  local sample = sample_of(args)
  for _, export in ipairs(exports) do
    local options = options_of(args, export)
    options.batch_size, options.bodies = args.batch_size, bodies
    options.records, options.sample = args.json and tell_record or nil, sample - #total.sample
    local findings, message = flow:check(options)
    if not findings then common.fail(message) end
    for _, credential in ipairs(findings.sample) do table.insert(total.sample, credential) end
    telling.add(total, findings)
  end
  return total
end

--- Runs the command.
-- @treturn number 0; 2 where some records are invalid; 1 where --strict and an export is odd
function checking.main(args)
  local flow, exports = common.flow(args)
  if args.explain then return explain_line(flow, exports, args) end
  common.spare(args.bodies, "the bodies", args.files, args.ledger or "sertifier.db")
  common.spare(args.bodies, "the bodies", { args.previous })
  local bodies = open_bodies(args.bodies)
  local total = check_all(flow, exports, args, bodies)
  if bodies then
    local ok, message = bodies:flush()
    if not ok then common.fail(args.bodies .. ": " .. message) end
  end
  if args.strict and #total.warnings > 0 then total.void = true end
  if args.json then print(telling.json(total, json_names)) return total:status() end
  telling.tell_exports(total)
  telling.tell_counts(total, told)
  tell_sample(total.sample)
  telling.tell_problems(total)
  for _, note in ipairs(total.notes) do io.stderr:write("note: ", note, "\n") end
  if not args.bodies then tell_service(flow) end
  return total:status()
end

return checking
