--- The attributes of a flow's credentials, by ID or by title: what Sertifier knows of them.
--
-- The server ignores an attribute that it does not know, in silence; so all of them are looked up
-- once, before anything is sent. The search is a call that the guide does not name: where it fails,
-- attributes by ID go as they are, and only a title cannot be done without it.

local cjson = require "cjson"
local credential = require "sertifier.credential"
local did_you_mean = require "sertifier.did_you_mean"
local envelope = require "sertifier.envelope"

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
    if not data or data == cjson.null then return nil, message or "the answer is empty", code end
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
  return ("map.%s: Sertifier has %s of this %s"):format(field.name,
    found == false and "more than one attribute" or "no attribute",
    found == false and "title; use its ID" or "ID or title"
      .. did_you_mean(field.attribute, titles))
end

local function resolved(field, row)
  local changed = { attribute = row.id, type = credential.attribute_types[tonumber(row.type)] }
  return setmetatable(changed, { __index = field })
end

--- Whether a name is an ID, and no title: long, in one word, and with a digit.
local function is_id(name)
  return envelope.is_id(name) and #name >= 16 and name:find "%d" ~= nil
end

--- The names that a flow has for its attributes, and those of them that may be titles.
local function names_of(flow)
  local names, titles = {}, {}
  for _, field in ipairs(flow.fields) do
    local name = field.attribute
    if name then names[#names + 1] = name end
    if name and not is_id(name) then titles[#titles + 1] = name end
  end
  return names, titles
end

--- What follows from a search that failed.
local function without_search(flow, titles, message, code)
  if code == "auth" then return nil, message, code end
  local what = "the attributes cannot be looked up: " .. message
  if #titles == 0 then return flow, what .. "; their IDs go as they are, unchecked" end
  return nil, ("%s; a title needs that: give the IDs of %s instead, or try again later")
    :format(what, table.concat(titles, ", ")), code
end

--- A flow whose attributes are known.
-- @param flow what `flow.declare` gave
-- @param client that is asked, where the flow has attributes
-- @return the flow with IDs and types, and what is to be noted, if anything; or nil, message, code
function attributes.resolve(flow, client)
  local names, titles_used = names_of(flow)
  if #names == 0 then return flow end
  local rows, message, code = search(client)
  if not rows then return without_search(flow, titles_used, message, code) end
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
