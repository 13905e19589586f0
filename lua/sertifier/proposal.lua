--- Proposes a flow for an export: from its columns, and from what its first rows hold.

local core = require "sertifier.core"
local flows = require "sertifier.flow"
local object = require "sertifier.object"
local opening = require "sertifier.opening"
local sorted_keys = require "sertifier.sorted_keys"
local tables = require "sertifier.export.tables"

local proposal = {}

local rows_read = 1000
local most_values = 6

--- A column's name as people compare it: `Issue_Credential__c` and "Issue Credential" are the same.
local function plain(name)
  return (name:lower():gsub("__c$", ""):gsub("[%s_.%-]+", ""))
end

-- ---- what the first rows hold ----

--- A flow that takes every row, whatever it holds.
local function any_row()
  local function any() return "any" end
  return flows.declare { campaign = "any-campaign", map = { name = any }, once_per = any }
end

local truths = { ["true"] = true, ["1"] = true, ["false"] = true, ["0"] = true }

local function note(column, value)
  if value == "" then return end
  column.filled = column.filled + 1
  column.truths = column.truths + (truths[value:lower()] and 1 or 0)
  if #column.values <= most_values and not column.seen[value] then
    column.seen[value] = true
    table.insert(column.values, value)
  end
end

local function add_column(self, name)
  local column = { name = name, values = {}, seen = {}, filled = 0, truths = 0 }
  self.columns[#self.columns + 1], self.known[name:lower()] = column, true
end

--- Records in JSON have names of their own, and no header that lists them all.
local function add_names(self, record)
  for _, name in ipairs(sorted_keys(record)) do
    local is_new = not self.known[name:lower()] and type(record[name]) ~= "table"
    if is_new then add_column(self, name) end
  end
end

local function cell_of(record, name)
  if type(record) == "table" then return tables.text_of(tables.value(record, name)) end
  return record[name]
end

local function read_rows(self)
  local batch = core.batch()
  local read, message, code = self.export:fill(self.plan, batch, rows_read, rows_read, true)
  if not read then return nil, message, code end
  for i = 1, #batch do
    local record = self.export:record(batch, i)
    if type(record) == "table" then add_names(self, record) end
    for _, column in ipairs(self.columns) do note(column, cell_of(record, column.name)) end
  end
  return true
end

-- ---- which column is what ----

--- The column with the first of these names that there is.
local function find(self, ...)
  for _, wanted in ipairs { ... } do
    for _, column in ipairs(self.columns) do
      if plain(column.name) == wanted then return column end
    end
  end
end

--- A column as a merge field; nil where there is none.
local function merge(column)
  local name = column and column.name
  return name and (name:find "[^%w_.]" and "{!'" .. name .. "'}" or "{!" .. name .. "}")
end

local function name_of(self)
  local first, last = find(self, "firstname"), find(self, "lastname")
  if first and last then return merge(first) .. " " .. merge(last) end
  return merge(find(self, "name", "fullname", "contactname") or last)
end

--- A date column whose name says that something was finished.
local function date_of(self)
  for _, column in ipairs(self.columns) do
    local name = plain(column.name)
    local is_date = column.values[1] and column.values[1]:find "^%d%d%d%d%-%d%d%-%d%d"
    if is_date and (name:find "complet" or name:find "issue" or name:find "finish") then
      return merge(column)
    end
  end
end

--- A checkbox; a few cells may be wrong, as in any export.
local function is_boolean(column)
  return column.filled > 0 and column.truths >= 0.9 * column.filled
end

--- Few values in many rows: a picklist; what may name or reach a person is not shown.
local function is_picklist(self, column)
  return #column.values <= most_values and #column.values > 1 and column.filled >= 20
    and #column.values * 5 <= column.filled and not column.values[1]:find "[@%d]"
    and not self.mapped:find(column.name, 1, true)
end

local function choices(self)
  local list = {}
  for _, column in ipairs(self.columns) do
    if is_boolean(column) then
      list[#list + 1] = { name = column.name, values = "TRUE or FALSE", boolean = true }
    elseif is_picklist(self, column) then
      table.sort(column.values)
      list[#list + 1] = { name = column.name, values = table.concat(column.values, ", ") }
    end
  end
  return list
end

--- A checkbox that asks for a credential.
local function condition_of(list)
  for _, choice in ipairs(list) do
    local name = plain(choice.name)
    if choice.boolean and (name:find "issue" or name:find "credential" or name:find "certif") then
      return choice.name .. " = TRUE"
    end
  end
end

local function object_of(column)
  local prefix = (column and column.values[1] or ""):sub(1, 3)
  for name, its in pairs(object) do
    if its == prefix then return name end
  end
end

local function propose(self)
  local id = find(self, "id", "contactid", "recordid", "caseid")
  local map = { name = name_of(self), email = merge(find(self, "email", "personemail",
    "emailaddress", "contactemail")), externalId = merge(id), issueDate = date_of(self) }
  self.mapped = table.concat({ map.name or "", map.email or "", map.externalId or "",
    map.issueDate or "" }, " ")
  local list = choices(self)
  return { map = map, object = object_of(id), choices = list, export = self.name,
    when = condition_of(list) }
end

--- Reads an export's columns and first 1,000 rows, and proposes a flow.
-- @tparam string path of the export
-- @treturn table|nil `map`, `when`, `object`, `choices` (columns that a condition may test, each
--   with `name` and `values`), `export` (its path); or nil, message, code
function proposal.make(path)
  local self = { columns = {}, known = {}, name = path }
  local code
  self.export, self.plan, code = opening.export(any_row(), { export = path })
  if not self.export then return nil, self.plan, code end
  for _, name in ipairs(self.export.columns) do add_column(self, name) end
  local ok, message, what = read_rows(self)
  self.export:close()
  if not ok then return nil, message, what end
  return propose(self)
end

return proposal
