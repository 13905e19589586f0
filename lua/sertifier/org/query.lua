--- Queries: SELECT, WHERE, ORDER BY and LIMIT of SOQL, and pages with the locator of the next one.
--
-- A query that was made is a cursor: the records that it found, its `object` and `fields`.

local json = require "sertifier.json"
local reply = require "sertifier.org.reply"
local states = require "sertifier.org.state"
local where = require "sertifier.org.where"
local words = require "sertifier.org.words"

local queries = {}

-- ---- what is asked for ----

--- The field of a name, in any case, of an object.
local function field_of(object)
  return function(name)
    local field = states.field(object, name)
    if field then return field end
    words.fail("INVALID_FIELD", ("No such column '%s' on entity '%s'."):format(name, object))
  end
end

--- The fields between SELECT and FROM, each once.
local function selected(names, find)
  local fields, seen = {}, {}
  for i, name in ipairs(names) do
    fields[i] = find(name).name
    if seen[fields[i]] then
      words.fail("MALFORMED_QUERY", "duplicate field selected: " .. fields[i])
    end
    seen[fields[i]] = true
  end
  return fields
end

local function order_of(self, find)
  return self:list(function()
    local order = { name = find(self:name()).name, falls = self:pass "DESC" }
    self:pass "ASC"
    return order
  end)
end

--- Reads a query: a cursor that has no records yet; its `test`, `order` and `limit`.
local function read(soql)
  local self, query = words.of(soql), {}
  self:expect "SELECT"
  local names = self:list(function() return self:name() end)
  self:expect "FROM"
  query.object = self:name()
  if not states.fields[query.object] then
    words.fail("INVALID_TYPE", query.object .. ": no such type")
  end
  local find = field_of(query.object)
  query.fields = selected(names, find)
  if self:pass "WHERE" then query.test = where.read(self, find) end
  if self:pass "ORDER" then
    self:expect "BY"
    query.order = order_of(self, find)
  end
  if self:pass "LIMIT" then query.limit = tonumber(self:name()) or self:unexpected() end
  if self[self.at] then self:unexpected() end
  return query
end

--- Whether a record comes before another: what is null comes first.
local function comes_before(order, a, b)
  for _, one in ipairs(order) do
    local left, right = a[one.name], b[one.name]
    if left ~= right then
      if one.falls then left, right = right, left end
      return left == nil or right ~= nil and left < right
    end
  end
  return a.Id < b.Id
end

-- ---- pages ----

local function value_json(value)
  if type(value) == "string" then return json.quote(value) end
  return value == nil and "null" or tostring(value)
end

--- A field; one of a parent stands in an object of its own, which is null where there is no parent.
local function member_json(record, name)
  local parent, own = name:match "^(.-)%.(.*)$"
  if not parent then return ('"%s":%s'):format(name, value_json(record[name])) end
  return ('"%s":%s'):format(parent, record[name] and ('{"attributes":{"type":"%s"},"%s":%s}')
    :format(parent, own, value_json(record[name])) or "null")
end

local function record_json(cursor, record)
  local parts = { ('"attributes":{"type":"%s","url":"%s/sobjects/%s/%s"}'):format(cursor.object,
    cursor.base, cursor.object, record.Id) }
  for _, name in ipairs(cursor.fields) do parts[#parts + 1] = member_json(record, name) end
  return "{" .. table.concat(parts, ",") .. "}"
end

local function page(state, cursor, from)
  local texts = {}
  local to = math.min(from + state.behave.page_size, #cursor)
  for i = from + 1, to do texts[#texts + 1] = record_json(cursor, cursor[i]) end
  local more = to < #cursor
  return 200, ('{"totalSize":%d,"done":%s,%s"records":%s}'):format(#cursor, tostring(not more),
    more and ('"nextRecordsUrl":"%s/query/%s-%d",'):format(cursor.base, cursor.id, to) or "",
    json.list(texts))
end

--- Makes a query.
-- @treturn table|nil its cursor; or nil, Salesforce's code, message
function queries.make(state, soql)
  local ok, cursor = pcall(read, soql)
  if not ok then
    if type(cursor) ~= "table" then error(cursor, 0) end
    return nil, cursor.code, cursor.message
  end
  for _, record in ipairs(state.records) do
    if not record.IsDeleted and (not cursor.test or cursor.test(record)) then
      cursor[#cursor + 1] = record
    end
  end
  if cursor.order then
    table.sort(cursor, function(a, b) return comes_before(cursor.order, a, b) end)
  end
  for i = #cursor, (cursor.limit or #cursor) + 1, -1 do cursor[i] = nil end
  return cursor
end

--- The first page.
function queries.first(state, _, base, given)
  local cursor, code, message =
    queries.make(state, reply.unescaped(given:match "^q=(.*)$" or ""))
  if not cursor then return reply.fault(400, code, message) end
  table.insert(state.cursors, cursor)
  cursor.base, cursor.id = base, ("01g5g%010dAAA"):format(#state.cursors)
  return page(state, cursor, 0)
end

--- A further one.
function queries.next(state, _, _, locator)
  local n, from = locator:match "^01g5g(%d+)AAA%-(%d+)$"
  local cursor = state.cursors[tonumber(n)]
  if not cursor then return reply.fault(400, "INVALID_QUERY_LOCATOR", "invalid query locator") end
  return page(state, cursor, tonumber(from))
end

return queries
