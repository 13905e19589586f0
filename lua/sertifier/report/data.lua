--- A report for machines: every key as CSV, or all that was gathered as JSON.

local cjson = require("cjson").new()
local view = require "sertifier.ledger.view"
local writeback = require "sertifier.writeback"

local data = {}

local columns = { "key", "campaign", "once_per", "external_id", "state", "reason", "line",
  "credential_id", "link", "claimed_at", "settled_at" }
local people = { "name", "email" }

--- A cell; of a text that a spreadsheet would run as a formula, one that it shows.
local function text_of(value)
  if type(value) == "number" then return (("%.3f"):format(value):gsub("%.?0+$", "")) end
  local text = value == nil and "" or tostring(value)
  return text:find "^[=+@\t\r-]" and "'" .. text or text
end

local function line_of(row, names)
  local cells = {}
  for i, name in ipairs(names) do cells[i] = text_of(row[name]) end
  return writeback.line(cells)
end

-- What is a list, or has one: lua-cjson writes an empty one as an object.
local without_any = { campaigns = "[]", problems = "[]", rows = "[]", runs = "[]",
  timeline = '{"counts":[]}' }

local function member(name, value)
  local is_empty = without_any[name] and #(value.counts or value) == 0
  return '"' .. name .. '":' .. (is_empty and without_any[name] or cjson.encode(value))
end

--- Writes every key of a ledger as a row.
-- @param ledger an open ledger
-- @param file an open Lua file
-- @tparam[opt] function who gives a row's name and e-mail; without it nobody is named
-- @return true; or nil, message, code
function data.csv(ledger, file, who)
  local names = { (table.unpack or unpack)(columns) }
  for _, name in ipairs(who and people or {}) do names[#names + 1] = name end
  file:write(table.concat(names, ","), "\n")
  return view.all(ledger, function(row)
    if who then row.name, row.email = who(row) end
    file:write(line_of(row, names))
  end)
end

--- All that was gathered, as one JSON object.
-- @tparam table gathered what `report.gather` gave
-- @tparam[opt] function who gives a row's name and e-mail; without it nobody is named
-- @treturn string
function data.json(gathered, who)
  for _, row in ipairs(gathered.rows) do
    row.name, row.email = nil, nil
    if who then row.name, row.email = who(row) end
  end
  local members = {}
  for name, value in pairs(gathered) do members[#members + 1] = member(name, value) end
  return "{" .. table.concat(members, ",") .. "}\n"
end

return data
