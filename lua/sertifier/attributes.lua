--- The attributes of a flow's credentials, by ID or by title: what Sertifier knows of them.
--
-- The server ignores an attribute that it does not know, in silence; so all of them are looked up
-- once, before anything is sent.

local cjson = require "cjson"
local credential = require "sertifier.credential"
local nearest = require "sertifier.nearest"

local attributes = {}

local page = 100
local most = 10000 -- attributes; a server that never ends its list is not asked for more

--- The rows of an answer: the `data` itself, or the list in it.
local function rows_of(data)
  if type(data) ~= "table" then return {} end
  if data[1] ~= nil then return data end
  for _, value in pairs(data) do
    if type(value) == "table" and type(value[1]) == "table" then return value end
  end
  return {}
end

local function search(client)
  local all = {}
  repeat
    local data, message, code =
      client:attributes { startIndex = #all, length = page, searchTerm = "", types = { 1, 2, 3 } }
    if not data or data == cjson.null then return nil, message, code end
    local rows = rows_of(data)
    for _, row in ipairs(rows) do all[#all + 1] = row end
  until #rows < page or #all >= most
  return all
end

--- By ID, and by title whatever its case; a title that two have is neither's.
local function index(rows)
  local by_id, by_title, titles = {}, {}, {}
  for _, row in ipairs(rows) do
    if type(row.id) == "string" then by_id[row.id] = row end
    if type(row.title) == "string" then
      local title = row.title:lower()
      by_title[title] = by_title[title] == nil and row or false
      titles[#titles + 1] = row.title
    end
  end
  return by_id, by_title, titles
end

local function unknown(field, found, titles)
  local near = nearest(field.attribute, titles)
  return ("map.%s: Sertifier has %s of this %s"):format(field.name,
    found == false and "more than one attribute" or "no attribute",
    found == false and "title; use its ID" or "ID or title"
      .. (near and ("; did you mean %s?"):format(near) or ""))
end

local function resolved(field, row)
  local changed = { attribute = row.id, type = credential.attribute_types[tonumber(row.type)] }
  return setmetatable(changed, { __index = field })
end

--- Whether a flow has attributes at all.
function attributes.are_in(flow)
  for _, field in ipairs(flow.fields) do
    if field.attribute then return true end
  end
  return false
end

--- A flow whose attributes are known.
-- @param flow what `flow.declare` gave
-- @param client that is asked, where the flow has attributes
-- @return the flow with IDs and types; or nil, message, code
function attributes.resolve(flow, client)
  if not attributes.are_in(flow) then return flow end
  local rows, message, code = search(client)
  if not rows then return nil, "the attributes cannot be looked up: " .. message, code end
  local by_id, by_title, titles = index(rows)
  local fields, faults = {}, {}
  for i, field in ipairs(flow.fields) do
    local name = field.attribute
    local row = name and (by_id[name] or by_title[name:lower()])
    if name and not row then
      faults[#faults + 1] = unknown(field, by_title[name:lower()], titles)
    end
    fields[i] = row and resolved(field, row) or field
  end
  if #faults > 0 then return nil, table.concat(faults, "\n  "), "flow" end
  return setmetatable({ fields = fields }, { __index = flow })
end

return attributes
