--- The server's own words, fit to be told: what its message and its validation errors say.

local core = require "sertifier.core"

local words = {}

local most_read = 2000 -- bytes that are looked at: masking takes time that grows with their square
local most_told = 300 -- bytes that are told
local most_words, most_depth = 20, 4

local gather

local function sorted_names(map)
  local names = {}
  for name in pairs(map) do
    if type(name) == "string" then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

--- A list, a `{ key, value }` object [T], or whatever else has texts in it [G].
local function gather_table(list, value, label, depth)
  local key = value.key or value.Key
  if type(key) == "string" then
    return gather(list, value.value or value.Value, key .. ": ", depth)
  end
  for _, item in ipairs(value) do gather(list, item, label, depth) end
  for _, name in ipairs(sorted_names(value)) do
    gather(list, value[name], name .. ": ", depth)
  end
end

--- Texts at any depth; no text is made from a decoded number.
function gather(list, value, label, depth)
  if #list >= most_words or depth > most_depth then return end
  if type(value) == "string" and value ~= "" then
    list[#list + 1] = label:sub(1, 100) .. value:sub(1, most_read)
  elseif type(value) == "table" then
    gather_table(list, value, label, depth + 1)
  end
end

--- Cuts what is too long to be looked at before a word: half an address would not be known as one.
local function readable(line)
  if #line <= most_read then return line end
  return (line:sub(1, most_read):match "^(.*)%s" or "") .. "..."
end

local function cut(line)
  if #line <= most_told then return line end
  return line:sub(1, most_told):gsub("[\192-\255]?[\128-\191]*$", "") .. "..."
end

--- Puts a word in the place of somebody's name or address, whatever the case.
local function mask(line, whom, word)
  if not whom or #whom < 3 then return line end
  local parts, from = {}, 1
  local wanted = whom:lower():gsub("%W", "%%%0")
  for first, last in line:lower():gmatch("()" .. wanted .. "()") do
    parts[#parts + 1] = line:sub(from, first - 1) .. word
    from = last
  end
  return table.concat(parts) .. line:sub(from)
end

--- One line of UTF-8, without control characters, names and e-mail addresses: it may be logged.
local function clean(line, people)
  line = readable((line:gsub("[%c%s]+", " ")))
  if not core.is_text(line) then line = line:gsub("[\128-\255]", "?") end
  line = line:gsub("[^%s<>\"',;:()]+@[^%s<>\"',;:()]+", "(e-mail)")
  for _, one in ipairs(people or {}) do
    line = mask(mask(line, one.email, "(e-mail)"), one.name, "(name)")
  end
  return cut(line)
end

--- The server's own words: its message and its validation errors.
-- @tparam table body
-- @tparam[opt] {table,...} people those to leave unnamed, each with `name` and `email`
-- @treturn string|nil nil where it says nothing
function words.of(body, people)
  local list = {}
  gather(list, body.message, "", 0)
  gather(list, body.validationErrors, "", 0)
  if #list == 0 then return nil end
  return clean(table.concat(list, "; "), people)
end

return words
