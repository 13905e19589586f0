--- A query: an export, whose records come by REST pages or by a Bulk job; or, called, a record a
-- call.

local cjson = require("cjson").new()
local pages = require "sertifier.salesforce.pages"
local results = require "sertifier.salesforce.results"
local tables = require "sertifier.export.tables"

local query = {}
query.__index = query

local most_by_pages = 20000 -- records: ten pages; beyond, a job takes fewer requests

--- Starts a job.
-- @return what Salesforce says of it; or nil, message, code
local function start_job(self)
  return self.org:call("POST", "/jobs/query", cjson.encode { operation = "query",
    query = self.soql, contentType = "CSV", columnDelimiter = "COMMA", lineEnding = "LF" })
end

local function by_job(self)
  if self.job then return results.open(self.org, self.job) end
  local job, message, code = start_job(self)
  if not job then return nil, message, code end
  return results.open(self.org, job.id)
end

--- By pages, or where there are many records and nobody said how, by a job; not all queries can be
-- one's.
local function by_size(self, needs)
  local records = pages.new(self.org, self.soql)
  local ok, message, code = records:begin()
  if not ok then return nil, message, code end
  if self.bulk == nil and records.total > most_by_pages then
    local job = start_job(self)
    if job then return results.open(self.org, job.id) end
  end
  return tables.open { name = "record", header = "the query", is_slow = true, by_id = true,
    columns = tables.columns(needs, { records.page[1] }),
    next = function() return records:next() end }
end

--- Opens it as an export.
-- @tparam {string,...} needs the fields that the flow reads
-- @return the export; or nil, message, code
function query:open(needs)
  if self.bulk then return by_job(self) end
  return by_size(self, needs)
end

--- The next record, by pages.
function query:__call()
  if self.bulk then error("a Bulk job's records come as an export only", 2) end
  self.records = self.records or pages.new(self.org, self.soql)
  return self.records:next()
end

--- A query; nothing is asked yet.
-- @param org an opened client
-- @tparam string text in SOQL, or the id of a Bulk job, whose results are read
-- @tparam ?boolean bulk whether by a job; nil: the number of records decides
function query.new(org, text, bulk)
  local job = text:match "^750%w+$"
  return setmetatable({ org = org, soql = text, job = job, bulk = job ~= nil or bulk }, query)
end

return query
