--- JSON for those who answer as a server: requests decoded strictly, answers written as text.
--
-- Answers are text because an empty Lua table would become `{}` where Sertifier has `[]`, and
-- because the members then come in the order of the guide's sample.

local cjson = require("cjson").new()

cjson.decode_invalid_numbers(false)
cjson.decode_max_depth(50)

local json = {}

local well_formed = {
  "^[\194-\223][\128-\191]", "^[\225-\236\238\239][\128-\191][\128-\191]",
  "^\224[\160-\191][\128-\191]", "^\237[\128-\159][\128-\191]",
  "^\240[\144-\191][\128-\191][\128-\191]", "^[\241-\243][\128-\191][\128-\191][\128-\191]",
  "^\244[\128-\143][\128-\191][\128-\191]",
}

--- Where the character ends that begins at a byte of a text; nil where it is none.
local function last_byte(text, first)
  for i = 1, #well_formed do
    local _, last = text:find(well_formed[i], first)
    if last then return last end
  end
end

--- Whether a text is UTF-8 without control characters: cjson looks at neither.
local function is_clean(text)
  for run in text:gmatch "[%z\1-\8\11\12\14-\31\128-\255]+" do
    local first = 1
    while first <= #run do
      local last = last_byte(run, first)
      if not last then return false end
      first = last + 1
    end
  end
  return true
end

--- Decodes a request's body; nil where it is not a JSON object in UTF-8.
function json.decode(body)
  if type(body) ~= "string" or not body:find "^%s*{" or not is_clean(body) then return nil end
  local ok, value = pcall(cjson.decode, body)
  return ok and value or nil
end

--- A member of a decoded object: null is the same as none.
function json.given(value)
  if value ~= cjson.null then return value end
end

--- Whether a decoded value can have been a list: it has a first element, or is empty.
function json.is_list(value)
  return type(value) == "table" and (value[1] ~= nil or next(value) == nil)
end

--- A text as JSON; nil is null.
function json.quote(text)
  if not text then return "null" end
  if text:find '[%c"\\]' then return cjson.encode(text) end
  return '"' .. text .. '"'
end

--- A list of what is JSON already.
function json.list(texts)
  return "[" .. table.concat(texts, ",") .. "]"
end

--- A value as JSON: a text, a number, a boolean; what is not given is null.
local function scalar(value)
  if type(value) == "string" then return json.quote(value) end
  if type(value) == "number" then return ("%d"):format(value) end
  return value == nil and "null" or tostring(value)
end

--- The form of objects that have these members, in this order.
-- @tparam string names with white space between them
-- @tparam[opt] table plain the names of texts that are always there and need no escapes: a set
function json.form(names, plain)
  local form = {}
  for name in names:gmatch "%S+" do
    form[#form + 1] = { name = name, before = (#form == 0 and '{"' or ',"') .. name .. '":',
      plain = plain and plain[name] }
  end
  return form
end

--- An object of a form.
-- @tparam table form
-- @tparam table values text, number, boolean or nil, by name
function json.object(form, values)
  local parts = {}
  for i = 1, #form do
    local member = form[i]
    local value = values[member.name]
    parts[2 * i - 1] = member.before
    parts[2 * i] = member.plain and '"' .. value .. '"' or scalar(value)
  end
  parts[#parts + 1] = "}"
  return table.concat(parts)
end

--- Any other table as JSON; an empty one is `{}`.
json.encode = cjson.encode

return json
