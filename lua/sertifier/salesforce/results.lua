--- What a Bulk 2.0 query found, as an export: pages of CSV, each asked for while the one before it
-- is read.
--
-- A page that did not come is asked for again by its locator. A job that is done keeps its results
-- for days: a run that ended early comes back to it by its id.

local core = require "sertifier.core"
local csv = require "sertifier.export.csv"
local jobs = require "sertifier.salesforce.jobs"
local kinds = require "sertifier.export.kinds"
local pages = require "sertifier.salesforce.pages"

local results = setmetatable({}, { __index = csv })
results.__index = results

local most_records = 10000 -- a page

-- ---- pages ----

local function ask(self)
  local path = ("%s%s/results?maxRecords=%d%s"):format(self.org.base, self.path, self.most,
    self.locator and "&locator=" .. pages.escaped(self.locator) or "")
  self.request = self.org:start("GET", path, nil, true)
end

--- What was asked for. A page that is larger than an answer may be, comes again in halves.
local function take(self)
  local page, message, code = self.org:finish(self.request)
  while code == "too_large" and self.most > 1 do
    self.most = math.ceil(self.most / 2)
    ask(self)
    page, message, code = self.org:finish(self.request)
  end
  return page, message, code
end

local function lines_of(text)
  local count, at = 0, 0
  repeat
    at = text:find("\n", at + 1, true)
    count = count + 1
  until not at or at == #text
  return count
end

--- Its rows are numbered as if the pages were joined, with one header.
local function read(self, text)
  local reader, problem = core.reader(core.source_of(text), self.delimiter, self.first_line)
  if not reader then return nil, ("%s: %s"):format(self.name, problem), "answer" end
  if self.reader and reader:header() ~= self.reader:header() then
    return nil, self.name .. ": a page has another header than the first one", "answer"
  end
  if self.reader then self.reader:close() end
  self.reader = reader
  self.first_line = self.first_line + lines_of(text) - 1
  return true
end

--- Opens the next page.
local function turn(self)
  local page, message, code = take(self)
  if not page then
    return nil, ("%s; the results are kept: ask for %s in place of the query"):format(message,
      self.id), code
  end
  self.locator = page.locator ~= "null" and page.locator or nil
  self.request = nil
  if self.locator then ask(self) end
  return read(self, page.body)
end

-- ---- as an export ----

--- As for an export in CSV: of one page at the most.
function results:fill(plan, batch, most, rows, with_records)
  if self.is_read then
    local ok, message, code = turn(self)
    if not ok then return nil, message, code end
  end
  local read_now, skipped, invalid, ended, failed =
    csv.fill(self, plan, batch, most, rows, with_records)
  if not read_now then return nil, skipped, invalid end
  self.count, self.is_read = self.count + read_now, ended
  return read_now, skipped, invalid, ended and not self.request, failed
end

--- Dates and numbers are as the API has them, and Ids whole.
function results.settle()
  return true
end

function results:share()
  return math.min(self.count / self.total, 1)
end

function results:oddities()
  if self.count == self.total then return {}, {} end
  return {}, { ("%s found %d records, and %d came"):format(self.name, self.total, self.count) }
end

-- ---- opening ----

--- Waits for a query to be done, and opens what it found.
-- @param org an opened client
-- @tparam string id of its job
-- @return the export; or nil, message, code
function results.open(org, id)
  local path = "/jobs/query/" .. id
  local job, message, code = jobs.wait(org, path, org.say)
  if not job then
    return nil, ("%s; the job goes on: ask for %s in place of the query"):format(message, id), code
  end
  local fault = jobs.fault(job)
  if fault then return nil, fault, "job" end
  local self = setmetatable({ org = org, path = path, id = id, name = "job " .. id,
    total = tonumber(job.numberRecordsProcessed), most = most_records, first_line = 1, count = 0,
    delimiter = kinds.delimiter_of(job.columnDelimiter or "comma") }, results)
  if not self.total then return nil, self.name .. ": does not say what it found", "answer" end
  if self.total == 0 then return nil, self.name .. ": holds no records", "export" end
  ask(self)
  local ok
  ok, message, code = turn(self)
  if not ok then return nil, message, code end
  self.columns = self.reader:columns()
  self.description = ("%s: Bulk 2.0, %d records, %d columns"):format(self.name,
    self.total, #self.columns)
  return self
end

return results
