--- `sertifier write-back`.

local common = require "sertifier.cli.common"
local core = require "sertifier.core"
local http = require "sertifier.http"
local links = require "sertifier.salesforce.links"
local whole_file = require "sertifier.whole_file"
local writeback = require "sertifier.writeback"
local writing = require "sertifier.salesforce.writing"

local writing_back = {}

--- The rows as records of one object; nil and the objects where there are several.
local function records_of(rows)
  local records = {}
  for i, row in ipairs(rows) do
    if row.object ~= rows[1].object then
      return nil, ("--unwritten takes the rows of one object, and there are those of %s and %s")
        :format(rows[1].object, row.object)
    end
    records[i] = { id = row.record_id, values = links.values(row) }
  end
  return records
end

--- What is left, as Data Loader and `sf data update bulk` take it.
local function list(path, rows)
  local records, message = records_of(rows)
  if not records then common.fail(message) end
  local file, why = whole_file.open(path, "what is not written")
  local ok = file
  if ok then ok, why = file:write(writeback.text(records, "")) end
  if ok then ok, why = file:close() end
  if not ok then common.fail(why) end
end

local function tell(tally, left, stopped, args)
  if args.json then print(('{"written":%d,"unwritten":%d}'):format(tally.written, #left)) end
  io.stderr:write(("%8d links written\n"):format(tally.written))
  if #left > 0 then io.stderr:write(("%8d not written\n"):format(#left)) end
  local reasons = {}
  for reason, group in pairs(tally.reasons) do
    reasons[#reasons + 1] = ("%8d: %s\n"):format(group.count, links.told(reason, group))
  end
  table.sort(reasons)
  io.stderr:write(table.concat(reasons))
  if stopped then io.stderr:write("stopped: ", stopped, "\n") end
end

--- Runs the command.
-- @treturn number 0, 2 where some cannot be written, 4 where it stopped before all were tried
function writing_back.main(args)
  common.spare(args.unwritten, "what is not written", {}, args.ledger or "sertifier.db")
  local ledger = common.ledger(args)
  local org = common.org(args)
  org.say = function(text) io.stderr:write(text, "\n") end
  http.hide_key()
  core.catch_interrupts()
  local tally = { written = 0, reasons = {} }
  local done, stopped = writing.new(ledger, org, tally):all()
  local left, message = ledger:left_unwritten()
  ledger:close()
  org:close()
  if not left then common.fail(message) end
  if args.unwritten then list(args.unwritten, left) end
  tell(tally, left, stopped, args)
  return not done and 4 or #left > 0 and 2 or 0
end

return writing_back
