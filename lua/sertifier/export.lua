--- Opens an export: a file, packed or not, standard input, or an iterator of tables.
--
-- Whatever it is, an export has `name` (for messages), `columns`, `fill` and `close`, and `fill`
-- puts the credentials of its next rows into a batch. A file's `description` says what was found.

local core = require "sertifier.core"
local csv = require "sertifier.export.csv"
local encodings = require "sertifier.export.encoding"
local foreign = require "sertifier.export.foreign"
local kinds = require "sertifier.export.kinds"
local later = require "sertifier.later"

-- Loaded where they are used:
local iterator = later "sertifier.export.iterator"
local json = later "sertifier.export.json"
local outbound = later "sertifier.export.outbound"
local tables = later "sertifier.export.tables"

local export = {}

--- What an export can be said to be.
export.formats = {}
for name in pairs(kinds.named) do table.insert(export.formats, name) end
for name in pairs(kinds.json) do table.insert(export.formats, name) end
table.insert(export.formats, "outbound")
table.sort(export.formats)

-- ---- unpacking ----

--- The one file in a ZIP that is meant: the only one, or that of the flow's object.
local function choose_entry(names, object)
  local found, all = {}, {}
  for i, name in ipairs(names) do
    local base = name:match "[^/]*$"
    if base ~= "" then all[#all + 1] = i end
    if object and base:lower():match "^(.-)%-?%d*%.%w+$" == object:lower() then
      found[#found + 1] = i
    end
  end
  if #all == 1 then found = all end
  if #found == 1 then return found[1] end
  return nil, ("holds %d files%s; unpack it, and name %s"):format(#all,
    object and (", and %d of %s"):format(#found, object) or ", and the flow names no object",
    #found > 1 and "each of these" or "the one that is meant")
end

local function unzip(source, object, found)
  local names, message = source:entries()
  if not names then return nil, message end
  if foreign.is_workbook(names) then return nil, foreign.workbook end
  local index, problem = choose_entry(names, object)
  if not index then return nil, problem end
  found.titles[1] = names[index]
  found.is_zip = true
  return source:unzip(index)
end

--- Unpacks what is packed; notes what it was.
local function unpack(source, object, found)
  local head, message = source:peek()
  if not head then return nil, message end
  if head:find "^\31\139" then
    found.titles[1] = "gzip"
    return source:gunzip()
  elseif head:find "^PK\3\4" then
    return unzip(source, object, found)
  elseif foreign.is_old_workbook(head) then
    return nil, foreign.workbook
  end
  return true
end

-- ---- decoding ----

local function decode(source, wanted, found)
  local head, message = source:peek()
  if not head then return nil, message end
  local name, mark = encodings.of(head)
  found.has_mark = mark > 0
  found.encoding = wanted and encodings.named(wanted, name) or name
  found.encoding_title = found.encoding:gsub("^WINDOWS", "Windows")
    .. (found.has_mark and " with BOM" or "")
  source:skip(mark)
  if found.encoding == "UTF-8" then return true end
  local ok, problem = source:decode(found.encoding)
  if not ok then return nil, ("%s %s"):format(wanted, problem) end
  return true
end

-- ---- opening ----

local function size_of(path)
  local file = io.open(path, "rb")
  local size = file and file:seek "end"
  if file then file:close() end
  return size
end

--- The bytes of an export in UTF-8, and what was found out about them.
local function open_source(path, name, options)
  local found = { name = name, titles = {} }
  local source, message = core.source(path)
  if not source then return nil, message end
  found.is_file = path ~= "-" and source:is_file() -- standard input is read once, whatever it is
  local ok
  ok, message = unpack(source, options.object, found)
  if ok then ok, message = decode(source, options.encoding, found) end
  -- Of what is packed or decoded, the file's size says nothing.
  found.is_plain = found.encoding == "UTF-8" and #found.titles == 0
  found.size = found.is_plain and found.is_file and size_of(path) or nil
  if ok then ok, message = source:peek() end
  if ok then
    found.head = ok
    return source, found
  end
  source:close()
  return nil, message
end

--- What reads it: as it was said to be, or as its first character tells.
local function opener(head, format)
  local first = head:match "^\239?\187?\191?%s*(.)"
  if kinds.named[format] then return csv.open end
  if kinds.json[format] or not format and (first == "{" or first == "[") then return json.open end
  if format == "outbound" or first == "<" then return outbound.open end
  return csv.open
end

local function open_path(path, options, needs)
  local name = path == "-" and "standard input" or path
  local source, found = open_source(path, name, options)
  if not source then return nil, ("%s: %s"):format(name, found), "export" end
  local fault = not options.format and foreign.fault_of_page(found.head)
  if fault then
    source:close()
    return nil, ("%s: %s"):format(found.name, fault), "export"
  end
  if found.is_file then found.reopen = function() return (open_source(path, name, options)) end end
  local opened, message, code = opener(found.head, options.format)(source, found, options, needs)
  if not opened then return nil, message, code end
  table.insert(found.titles, opened.description)
  opened.description = ("%s: %s"):format(found.name, table.concat(found.titles, ", "))
  return opened
end

--- Opens an export.
-- @param source a path, "-" for standard input, a function that gives a table a call and nil at the
--   end, or what has an `open` of its own, such as a query
-- @tparam {string,...} needs the fields that the flow reads
-- @tparam[opt] table options `format`, `encoding`, `delimiter`, `date_order` and `decimal` where
--   they are not to be guessed; `object` of the flow
-- @return the export, or nil, message, code
function export.open(source, needs, options)
  if type(source) == "function" then
    return tables.open { name = "record", next = iterator(source), columns = needs, is_slow = true,
      by_id = true }
  elseif type(source) == "table" then
    return source:open(needs)
  end
  return open_path(source, options or {}, needs)
end

--- What is wrong with the options about an export, or nil.
function export.fault(options)
  local format, order, delimiter = options.format, options.date_order, options.delimiter
  if format and not (kinds.named[format] or kinds.json[format] or format == "outbound") then
    return ("format: %q is none of %s"):format(format, table.concat(export.formats, ", "))
  end
  if order and not (order == "dmy" or order == "mdy" or order == "ymd") then
    return "date_order: dmy, mdy or ymd is expected"
  end
  if options.decimal and options.decimal ~= "," and options.decimal ~= "." then
    return "decimal: a comma or a point is expected"
  end
  if delimiter and #kinds.delimiter_of(delimiter) ~= 1 then
    return "delimiter: one character, or its name, is expected"
  end
end

return export
