--- `sertifier report`.

local common = require "sertifier.cli.common"
local data = require "sertifier.report.data"
local opening = require "sertifier.opening"
local page = require "sertifier.report.page"
local read_all = require "sertifier.read_all"
local report = require "sertifier.report"

local reporting = {}

local function note_batch(people, batch)
  for i = 1, #batch do
    local once_per, campaign, name, email = batch:get(i)
    people[campaign .. "/" .. once_per] = { name, email }
  end
end

--- The people of exports: key -> name and e-mail, as the flow makes its credentials.
local function people_of(args)
  local people = {}
  if #args.files == 0 then return people end
  local flow, exports = common.flow { files = args.files, map = {}, campaign = args.campaign }
  for _, path in ipairs(exports) do
    local export, plan = opening.export(flow, { export = path })
    if not export then common.fail(plan) end
    local ok, message = read_all(export, plan, function(batch) note_batch(people, batch) end)
    if not ok then common.fail(message) end
    export:close()
  end
  return people
end

--- Who a row is about: by the export, or where the ledger still holds it in clear.
local function naming(args)
  if not args.names then return nil end
  local people = people_of(args)
  return function(row)
    local person = people[row.key] or { row.name, row.email }
    return person[1], person[2]
  end
end

--- Writes what `make` makes of all that was gathered.
local function of_gathered(make)
  return function(ledger, file, who)
    local gathered, message, code = report.gather(ledger)
    if not gathered then return nil, message, code end
    return file:write(make(gathered, who))
  end
end

local forms = { csv = data.csv, json = of_gathered(data.json), html = of_gathered(page.html) }

local function open(path)
  if not path or path == "-" then return io.stdout end
  local file, message = io.open(path, "w")
  if not file then common.fail(message) end
  return file
end

local function fault_of(path, message)
  return ("%s: cannot write the report: %s; make room there, or name another file with -o")
    :format(path or "standard output", message)
end

--- Runs the command.
-- @treturn number the exit status
function reporting.main(args)
  common.spare(args.output, "the report", args.files, args.ledger or "sertifier.db")
  local who = naming(args)
  local ledger = common.ledger(args)
  local file = open(args.output)
  local ok, message, code = forms[args.format or "html"](ledger, file, who)
  ledger:close()
  if ok then ok, message = file:flush() end
  if not ok then common.fail(code == "ledger" and message or fault_of(args.output, message)) end
  return 0
end

return reporting
