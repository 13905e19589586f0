--- Queries: a small part of SOQL, and pages with the locator of the next one.
--
-- A query that was made is a cursor: the records that it found, its `object` and `fields`.

local json = require "sertifier.sandbox.json"
local reply = require "sertifier.org.reply"
local states = require "sertifier.org.state"

local queries = {}

local function malformed(message)
  return nil, "MALFORMED_QUERY", message
end

local function no_field(object, name)
  return nil, "INVALID_FIELD", ("No such column '%s' on entity '%s'."):format(name, object)
end

-- ---- conditions ----

local operators = {
  ["="] = function(a, b) return a == b end, ["!="] = function(a, b) return a ~= b end,
  [">="] = function(a, b) return a ~= nil and b ~= nil and a >= b end,
  ["<"] = function(a, b) return a ~= nil and b ~= nil and a < b end,
}

local function literal_of(word)
  local text, upper = word:match "^'(.*)'$", word:upper()
  if text then return text:gsub("\\(.)", "%1"):lower() end
  if upper == "TRUE" or upper == "FALSE" then return upper == "TRUE" end
  if upper == "NULL" then return nil end
  return (word:gsub("Z$", ".000+0000"):lower())
end

--- `Field operator literal`, as a function of a record; or nil and the field that is not there.
local function test_of(text, fields)
  local name, operator, word = text:match "^%s*([%w_.]+)%s*([!<>=]+)%s*(.-)%s*$"
  if not name or not operators[operator] then return nil end
  if not fields[name] then return nil, name end
  local value = literal_of(word)
  return function(record)
    local own = record[name]
    if type(own) == "string" then own = own:lower() end
    return operators[operator](own, value)
  end
end

local function tests_of(where, fields)
  local tests = {}
  for one in (where:gsub("%s+AND%s+", "\0") .. "\0"):gmatch "([^%z]*)%z" do
    local test, missing = test_of(one, fields)
    if not test then return nil, missing end
    tests[#tests + 1] = test
  end
  return tests
end

local function holds(tests, record)
  for _, test in ipairs(tests) do
    if not test(record) then return false end
  end
  return not record.IsDeleted
end

-- ---- pages ----

local function record_json(cursor, record)
  local parts = { ('"attributes":{"type":"%s","url":"%s/sobjects/%s/%s"}'):format(cursor.object,
    cursor.base, cursor.object, record.Id) }
  for _, name in ipairs(cursor.fields) do
    local value = record[name]
    parts[#parts + 1] = ('"%s":%s'):format(name, type(value) == "string" and json.quote(value)
      or value == nil and "null" or tostring(value))
  end
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

local function cut(text, pattern)
  local at, _, value = text:find(pattern)
  if at then return text:sub(1, at - 1), value end
  return text
end

--- Makes a query.
-- @treturn table|nil its cursor; or nil, Salesforce's code, message
function queries.make(state, soql)
  local list, object, rest = soql:match "^%s*SELECT%s+(.-)%s+FROM%s+([%w_]+)(.*)$"
  if not list then return malformed "unexpected token" end
  local fields = states.fields[object]
  if not fields then return nil, "INVALID_TYPE", object .. ": no such type" end
  rest = cut(rest, "%s+ORDER BY [%w_, ]+$")
  local where = rest:match "^%s+WHERE%s+(.+)$"
  if not where and rest:find "%S" then return malformed "unexpected token" end
  local cursor = { object = object, fields = {} }
  for name in list:gmatch "[^%s,]+" do
    if not fields[name] then return no_field(object, name) end
    table.insert(cursor.fields, name)
  end
  local tests, missing = tests_of(where or "Id != null", fields)
  if not tests then
    if missing then return no_field(object, missing) end
    return malformed "unexpected token in WHERE"
  end
  for _, record in ipairs(state.records) do
    if holds(tests, record) then cursor[#cursor + 1] = record end
  end
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
