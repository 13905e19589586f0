--- An export in JSON: taken apart natively, each record decoded on its own.

local cjson = require("cjson.safe").new()
local core = require "sertifier.core"
local events = require "sertifier.export.events"
local kinds = require "sertifier.export.kinds"
local tables = require "sertifier.export.tables"

cjson.decode_invalid_numbers(false) -- a NaN is no name

local json = {}

local looked_at = 100 -- records that tell which fields there are

-- ---- what it is ----

--- Whether a record stands in each line; a page may too, and the next one in several.
local function is_lines(head)
  local first = head:match "^%s*({[^\n]*})%s-\n%s*{"
  local record = first and cjson.decode(first)
  return record ~= nil and record.records == nil and record.result == nil
end

--- Tells the kind by the first record, and by what stands in front of it.
local function kind_of(record, head, lines)
  local attributes = type(record.attributes) == "table" and record.attributes
  if events.header(record) then return "events" end
  if attributes and attributes.referenceId and not attributes.url then return "tree" end
  if head:find '^%s*{%s*"status"' then return "sf-json" end
  if lines then return "jsonl" end
  if head:find '^%s*%[' then return "bulk-json" end
  return attributes and "rest" or "json"
end

-- ---- pages ----

--- What stands around records, as far as it is JSON without anything else in their place.
local function page_of(text)
  local page = cjson.decode(text)
  if type(page) == "table" and type(page.result) == "table" then page = page.result end
  if type(page) ~= "table" or #(page.records or page) > 0 then return nil end
  return page
end

--- Counts what the text around records says against what came; what is wrong with it, or nil.
local function note_page(self, text)
  local page = page_of(text)
  if not page then return "holds something else among its records" end
  if page.totalSize == nil then return nil end
  self.last_page = page
  local total = tonumber(page.totalSize)
  if page.done ~= false then
    if total and total > self.since_done then
      self.lacking = ("it says that there are %d records, and holds %d: the query was cut; "
        .. "run it again with a higher limit, or with `sf data export bulk`")
        :format(total, self.since_done)
    end
    self.since_done = 0
  end
end

local function oddities(self)
  local warnings = {}
  if self.lacking then warnings[1] = self.lacking end
  if self.last_page and self.last_page.done == false then
    warnings[#warnings + 1] = "its last page says `done: false`: pages are missing; "
      .. "follow its nextRecordsUrl, and add what comes"
  end
  if not self.feed:is_whole() then
    warnings[#warnings + 1] = "it ends in the middle: the file may be cut; export it again"
  end
  return {}, warnings
end

-- ---- records ----

local function decode(text)
  local record, message = cjson.decode(text)
  if type(record) == "table" then return record end
  -- What the decoder found may be a person's; where it found it is not.
  return nil, "is not JSON: " .. (tostring(message):match "at character %d+" or "it cannot be read")
end

--- The next record and its line; false, line, problem; nil; or nil, message, code.
local function next_record(self)
  while true do
    local what, text, line = self.feed:next()
    if what == nil then return nil, text, line end
    if what == "fault" then return false, line, text end
    if what == "record" then
      self.since_done = self.since_done + 1
      local record, problem = decode(text)
      if record then return record, line end
      return false, line, problem
    end
    local problem = what == "envelope" and note_page(self, text)
    if problem then return false, line, problem end
  end
end

--- Reads the first records, which are given again.
local function look(self)
  while #self.waiting < looked_at do
    local record, line, problem = next_record(self)
    self.waiting[#self.waiting + 1] = { record, line, problem }
    if record == nil then return end
  end
end

local function first_record(self)
  for _, item in ipairs(self.waiting) do
    if item[1] then return item[1] end
  end
end

local function take(self)
  local item = table.remove(self.waiting, 1)
  if item then return item[1], item[2], item[3] end
  return next_record(self)
end

--- The fields that the flow needs as far as the first records have them. Where none can be read,
-- that is what will be told.
local function columns_of(self, needs)
  local records = {}
  for _, item in ipairs(self.waiting) do
    if item[1] then records[#records + 1] = item[1] end
  end
  return tables.columns(needs, records)
end

--- Opens it.
-- @param source its bytes in UTF-8, which are the export's from now on
-- @tparam table found what is known: `name`, `head`, `encoding_title`
-- @tparam table options as `flow:run` takes them
-- @tparam {string,...} needs the fields that the flow reads
-- @return the export; or nil, message, code
function json.open(source, found, options, needs)
  local lines = options.format == "jsonl" or is_lines(found.head)
  local self = { waiting = {}, since_done = 0, feed = core.feed_of(source, lines) }
  look(self)
  local kind = kinds.json[options.format] and options.format
    or kind_of(first_record(self) or {}, found.head, lines)
  if kind == "tree" and options.writes_back then
    self.feed:close()
    return nil, found.name .. ": holds no Ids, as all of `sf data export tree`: links cannot be "
      .. "written back; export it with `sf data query --json`", "export"
  end
  local function next_one() return take(self) end
  local is_events = kind == "events"
  return tables.open { name = found.name, source = self.feed,
    columns = is_events and needs or columns_of(self, needs),
    next = is_events and events.rows(next_one, needs) or next_one,
    odd = function() return oddities(self) end, can_reread = found.reopen ~= nil,
    description = ("%s, %s"):format(kinds.json[kind], found.encoding_title) }
end

return json
