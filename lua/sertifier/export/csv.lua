--- An export in CSV, which is read natively.

local core = require "sertifier.core"
local encodings = require "sertifier.export.encoding"
local foreign = require "sertifier.export.foreign"
local kinds = require "sertifier.export.kinds"
local settling = require "sertifier.export.settling"

local csv = {}
csv.__index = csv

csv.settle = settling.settle

--- Fills a batch.
-- @param plan the compiled flow
-- @param batch where credentials and problems go
-- @tparam number most credentials in the batch
-- @tparam number rows to read at the most
-- @tparam boolean with_records whether `batch:record` will be asked
-- @return rows read, skipped, invalid, and whether the export has ended; or nil, message, "io".
--   Where a function of the flow fails at a row, its error comes fifth.
function csv:fill(plan, batch, most, rows, with_records)
  local read, skipped, invalid, ended, failed =
    self.reader:fill(plan, batch, most, rows, with_records)
  if not read then return nil, ("%s: %s"):format(self.name, skipped), "io" end
  return read, skipped, invalid, ended, failed
end

function csv.record(_, batch, i)
  return batch:record(i)
end

--- The line on which the last row read starts.
function csv:line()
  return self.reader:line()
end

--- How much of its file was read, from 0 to 1; nil where that is not known.
function csv:share()
  return self.size and math.min(self.reader:offset() / self.size, 1)
end

-- ---- its text, for the rejects ----

--- The header as it stands, without the columns that an earlier run's rejects have behind.
function csv:header_text()
  return self:own_cells(self.reader:header())
end

--- The row that was read last, as it stands.
function csv:text()
  return self.reader:text()
end

--- A row without an earlier run's reasons.
function csv:own_cells(row)
  return self.has_reasons and self.reader:cut(row, #self.columns) or row
end

function csv:close()
  self.reader:close()
end

-- ---- what is odd about it ----

-- Where `sf data query` stops without a word on standard output.
local limits = { [2000] = true, [10000] = true, [50000] = true }

local function counted(count, one, of)
  return ("%d %s%s %s"):format(count, one, count == 1 and "" or "s", of)
end

--- What was left out, and what looks cut off; asked at the export's end.
-- @treturn {string,...} what was left out, counted
-- @treturn {string,...} a sentence for each sign that something is missing
function csv:oddities()
  local rows, footer, headers, is_whole = self.reader:counts()
  local left_out, warnings = {}, {}
  if footer > 0 then left_out[1] = counted(footer, "row", "of the report's footer") end
  if headers > 0 then
    left_out[#left_out + 1] = counted(headers, "header", "of further pages")
  end
  if not is_whole then
    warnings[1] = "the last row has no line break behind it: the file may be cut; export it again"
  end
  if self.kind.has_limits and limits[rows] then
    warnings[#warnings + 1] = ("it has exactly %d rows, where `sf data query` stops: run the query "
      .. "again with a higher SF_ORG_MAX_QUERY_LIMIT, or with `sf data export bulk`"):format(rows)
  end
  return left_out, warnings
end

-- ---- opening ----

--- The header as it stands; a break inside its quotes is part of it.
local function header_line(head)
  head = head:gsub("^\239\187\191", ""):gsub("^[\r\n]+", "")
  local at = 1
  while true do
    local stop = head:find("\n", at, true)
    if not stop then return head end
    if select(2, head:sub(1, stop):gsub('"', "")) % 2 == 0 then
      return (head:sub(1, stop - 1):gsub("\r$", ""))
    end
    at = stop + 1
  end
end

local function hint(self, found)
  if found.encoding ~= "UTF-8" then
    return ("it is not %s: say --encoding"):format(found.encoding:lower())
  end
  return ("which is not UTF-8; likely %s: say --encoding")
    :format(encodings.likely(self.head):lower())
end

--- The columns that rejects have at their end. An export that has them is read as if it had not.
csv.reasons = { "sertifier__Outcome", "sertifier__Reason" }

--- Forgets the columns of an earlier run's rejects: what remains is the export that they were.
local function leave_reasons(self)
  local names, own = self.columns, csv.reasons
  self.has_reasons = #names > #own and names[#names - 1] == own[1] and names[#names] == own[2]
  if not self.has_reasons then return end
  for _ = 1, #own do names[#names] = nil end
end

--- Opens it.
-- @param source its bytes in UTF-8, which are the export's from now on
-- @tparam table found what is known: `name`, `encoding`, `encoding_title`, `is_plain`, `is_zip`,
--   `has_mark`, `reopen`
-- @tparam table options as `flow:run` takes them
-- @return the export; or nil, message, code
function csv.open(source, found, options)
  local self = setmetatable({ name = found.name, head = found.head, reopen = found.reopen,
    date_order = options.date_order, decimal = options.decimal, size = found.size,
    mark = found.has_mark and "\239\187\191", can_reread = found.reopen ~= nil }, csv)
  local line = header_line(found.head)
  local fault = foreign.fault_of_lines(found.head, line)
  if fault then
    source:close()
    return nil, ("%s: %s"):format(found.name, fault), "export"
  end
  self.delimiter = options.delimiter and kinds.delimiter_of(options.delimiter)
    or kinds.delimiter(line)
  local reader, message, code, at = core.reader(source, self.delimiter)
  if not reader then
    return nil, ("%s%s: %s"):format(found.name, at and (":%d"):format(at) or "", message), code
  end
  self.header = ("%s:%d"):format(found.name, reader:line())
  self.reader, self.columns = reader, reader:columns()
  leave_reasons(self)
  self.kind = options.format and kinds.named[options.format]
    or kinds.of(self.columns, line, found)
  if self.kind.has_footer then reader:footer() end
  reader:hint(hint(self, found), found.is_plain)
  self.description = ("%s, %s, %s, %d columns"):format(self.kind.title, found.encoding_title,
    kinds.delimiter_name(self.delimiter), #self.columns)
  return self
end

return csv
