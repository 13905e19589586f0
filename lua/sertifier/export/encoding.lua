--- Which encoding a text is in: told by its mark, its zeros, or its user.

local core = require "sertifier.core"

local encoding = {}

-- What a text starts with, and what follows from it. Data Loader writes FE FF in front of every
-- wide text, whatever its order; so the order is told by where the zeros of its letters stand.
local marks = {
  { "^\239\187\191", "UTF-8", 3 },
  { "^\255\254%z%z", "UTF-32LE", 4 }, { "^%z%z\254\255", "UTF-32BE", 4 },
  { "^\254\255[^%z]%z%z%z", "UTF-32LE", 2 }, { "^\254\255[^%z]%z", "UTF-16LE", 2 },
  { "^\254\255%z%z%z[^%z]", "UTF-32BE", 2 }, { "^\254\255", "UTF-16BE", 2 },
  { "^\255\254", "UTF-16LE", 2 },
  { "^[^%z]%z%z%z", "UTF-32LE", 0 }, { "^%z%z%z[^%z]", "UTF-32BE", 0 },
  { "^[^%z]%z[^%z]%z", "UTF-16LE", 0 }, { "^%z[^%z]%z[^%z]", "UTF-16BE", 0 },
}
if _VERSION ~= "Lua 5.1" then
  for _, mark in ipairs(marks) do mark[1] = mark[1]:gsub("%%z", "\0") end
end

-- What Salesforce's dialogs call them; others by their names in the C library. ISO-8859-1 is read
-- as its superset: its own control characters stand in no export.
local names = {
  ["utf8"] = "UTF-8", ["unicode (utf-8)"] = "UTF-8",
  ["utf16"] = "UTF-16", ["unicode"] = "UTF-16",
  ["unicode (utf-16, big endian)"] = "UTF-16BE",
  ["iso-8859-1"] = "WINDOWS-1252", ["iso-latin-1"] = "WINDOWS-1252", ["latin1"] = "WINDOWS-1252",
  ["general us & western european (iso-8859-1, iso-latin-1)"] = "WINDOWS-1252",
  ["cp1252"] = "WINDOWS-1252", ["japanese (windows)"] = "CP932", ["windows-31j"] = "CP932",
  ["ms932"] = "CP932", ["shift_jis"] = "CP932", ["japanese (shift_jis)"] = "CP932",
  ["sjis"] = "CP932", ["korean"] = "CP949", ["ks_c_5601-1987"] = "CP949",
  ["gb2312"] = "GB18030", ["gbk"] = "GB18030",
  ["simplified chinese (gb2312)"] = "GB18030", ["traditional chinese (big5)"] = "BIG5",
}

--- The name by which the C library knows an encoding. One that may have its bytes in either order
-- has them in that of the text.
-- @tparam string name
-- @tparam string told what the text itself tells
function encoding.named(name, told)
  local known = names[name:lower()] or name:upper()
  if known ~= "UTF-16" and known ~= "UTF-32" then return known end
  return told:sub(1, #known) == known and told or known .. "LE"
end

--- Tells an encoding by a text's first bytes.
-- @treturn string its name
-- @treturn number the length of its mark, 0 where it has none
function encoding.of(head)
  for _, mark in ipairs(marks) do
    if head:find(mark[1]) then return mark[2], mark[3] end
  end
  return "UTF-8", 0
end

local function reads_as(head, name)
  local source = core.source_of(head)
  if not source:decode(name) then return false end
  local text = source:read()
  source:close()
  return text and not text:sub(1, -8):find "\255"
end

--- What a text is likely to be in that is not UTF-8.
function encoding.likely(head)
  local single = select(2, head:gsub("%f[\128-\255][\128-\255]%f[^\128-\255]", ""))
  local several = select(2, head:gsub("[\128-\255][\128-\255]+", ""))
  if several > single and not reads_as(head, "UTF-8") then -- else what is not UTF-8 comes later
    for _, name in ipairs { "CP932", "CP949", "BIG5", "GB18030" } do
      if reads_as(head, name) then return name end
    end
  end
  return "WINDOWS-1252"
end

return encoding
