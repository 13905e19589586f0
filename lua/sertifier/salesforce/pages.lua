--- The records of a query: a page at a time, the next one asked for while this one is read.

local pages = {}

local function escaped(text)
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
  self.request = type(page.nextRecordsUrl) == "string"
    and self.org:start("GET", page.nextRecordsUrl) or nil
  return true
end

--- Gives a record a call.
-- @param org an opened client
-- @tparam string soql
-- @treturn function gives a record and its number; nil at the end; or nil, message, code
function pages.records(org, soql)
  local self = { org = org, page = {}, at = 0, number = 0 }
  local path = org.base .. "/query?q=" .. escaped(soql)
  return function()
    if self.number == 0 and not self.request then self.request = org:start("GET", path) end
    while not self.page[self.at + 1] do
      if not self.request then return nil end
      local ok, message, code = turn(self)
      if not ok then return nil, message, code end
    end
    self.at, self.number = self.at + 1, self.number + 1
    return self.page[self.at], self.number
  end
end

return pages
