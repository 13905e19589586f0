--- The records of a query: a page at a time, the next one asked for while this one is read.

local pages = {}
pages.__index = pages

--- A text as it can stand in an address.
function pages.escaped(text)
  return (text:gsub("[^%w]", function(c) return ("%%%02X"):format(c:byte()) end))
end

--- The next page: its records are read from the first on.
local function turn(self)
  local page, message, code = self.org:finish(self.request)
  if not page then return nil, message, code end
  if type(page.records) ~= "table" then
    return nil, "Salesforce: the answer to a query has no records", "answer"
  end
  self.page, self.at = page.records, 0
  self.total = tonumber(page.totalSize) or 0
  self.request = type(page.nextRecordsUrl) == "string"
    and self.org:start("GET", page.nextRecordsUrl) or nil
  return true
end

--- Asks nothing yet.
-- @param org an opened client
-- @tparam string soql
function pages.new(org, soql)
  return setmetatable({ org = org, path = org.base .. "/query?q=" .. pages.escaped(soql),
    page = {}, at = 0, number = 0 }, pages)
end

--- Gets the first page, which says how many records there are: `total`.
-- @return true; or nil, message, code
function pages:begin()
  self.request = self.request or self.org:start("GET", self.path)
  local ok, message, code = turn(self)
  if not ok then self.request = nil end
  return ok, message, code
end

--- The next record.
-- @return it, and its number; nil at the end; or nil, message, code
function pages:next()
  if not self.total then
    local ok, message, code = self:begin()
    if not ok then return nil, message, code end
  end
  while not self.page[self.at + 1] do
    if not self.request then return nil end
    local ok, message, code = turn(self)
    if not ok then return nil, message, code end
  end
  self.at, self.number = self.at + 1, self.number + 1
  return self.page[self.at], self.number
end

return pages
