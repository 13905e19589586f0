--- The records that were not issued, as an export with the reasons behind: to be corrected, and
-- given to a run again.
--
-- It is in the export's own form, UTF-8: its header and its rows as they stand, with two more
-- cells. A row that cannot be taken apart at all leaves its cells empty, and the reason its line.
-- Where the records are no rows (JSON, XML, an iterator), it is CSV with the fields that the flow
-- reads.

local reasons = require("sertifier.export.csv").reasons
local whole_file = require "sertifier.whole_file"

local rejects = {}
rejects.__index = rejects

local kept = { invalid = true, rejected = true, in_doubt = true, not_attempted = true }

local function quoted(text)
  return '"' .. text:gsub('"', '""') .. '"'
end

--- A row as it stands, and two cells behind.
local function put(self, row, outcome, reason)
  local line = table.concat({ row, quoted(outcome), quoted(reason) }, self.export.delimiter)
  local ok, message, code = self.file:write(line .. "\n")
  if not ok then return nil, message, code end
  return self
end

--- Starts one.
-- @tparam string path where it will stand; "-" is standard output
-- @param export the open export, whose form it takes
-- @return the rejects; or nil, message, code
function rejects.open(path, export)
  local file, message, code = whole_file.open(path, "the rejects")
  if not file then return nil, message, code end
  local self = setmetatable({ file = file, export = export, count = 0 }, rejects)
  return put(self, (export.mark or "") .. export:header_text(), reasons[1], reasons[2])
end

--- Adds a record, if it is one of those that were not issued.
-- @tparam string outcome one of `summary.outcomes`
-- @tparam table record `line`, and `row`: its text, if that is known
-- @tparam ?string reason
-- @return the rejects; or nil, message, code
function rejects:add(outcome, record, reason)
  if not kept[outcome] then return self end
  self.count = self.count + 1
  local row = record.row
  if row and row ~= "" then return put(self, self.export:own_cells(row), outcome, reason or "") end
  return put(self, self.export.delimiter:rep(#self.export.columns - 1), outcome,
    ("line %d: %s"):format(record.line, reason or ""))
end

--- Ends the file.
-- @return true; or nil, message, code
function rejects:close()
  return self.file:close()
end

return rejects
