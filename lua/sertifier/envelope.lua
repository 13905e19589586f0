--- Sertifier's envelope: `{ message, hasError, validationErrors, data, content }`.

local cjson = require("cjson").new()

cjson.decode_max_depth(50)

local envelope = {}

local longest = 300 -- characters of the server's words in a message

--- Whether a value can be one of Sertifier's ids.
function envelope.is_id(value)
  return type(value) == "string" and #value >= 8 and #value <= 64 and not value:find "[^%w_-]"
end

--- Decodes a body; nil where it is no JSON object.
function envelope.decode(body)
  local ok, value = pcall(cjson.decode, body)
  -- An array would have a first element; an empty one says nothing either way.
  if not ok or type(value) ~= "table" or value[1] ~= nil or body:match "^%s*%[" then return nil end
  return value
end

--- Whether a `data` holds nothing but empty lists.
function envelope.is_hollow(data)
  for _, list in pairs(data) do
    if type(list) ~= "table" then
      if list ~= cjson.null then return false end
    elseif next(list) ~= nil then
      return false
    end
  end
  return true
end

--- One line, without control characters, and without e-mail addresses: it may be logged.
local function clean(text)
  text = text:gsub("[%c%s]+", " "):gsub("[^%s<>\"',;:()]+@[^%s<>\"',;:()]+", "(e-mail)")
  if #text <= longest then return text end
  return (text:sub(1, longest):gsub("[\128-\191]*$", ""):gsub("[\192-\255]$", "")) .. "..."
end

--- An item of `validationErrors`: a text, or `{ key, value }` [T].
local function error_text(item)
  if type(item) == "string" then return item end
  if type(item) ~= "table" then return nil end
  local key, value = item.key or item.Key, item.value or item.Value
  if type(value) == "table" then value = value[1] end
  if type(value) ~= "string" then return nil end
  return type(key) == "string" and key .. ": " .. value or value
end

--- The server's own words: its message and its validation errors.
-- @tparam table body
-- @tparam[opt=""] string before put in front, where there are words at all
function envelope.words(body, before)
  local words = {}
  local function add(text) if text and text ~= "" then words[#words + 1] = text end end
  add(type(body.message) == "string" and body.message)
  if type(body.validationErrors) == "table" then
    for _, item in ipairs(body.validationErrors) do add(error_text(item)) end
  end
  if #words == 0 then return before and "" or "(no reason given)" end
  return (before or "") .. clean(table.concat(words, "; "))
end

-- ---- Retry-After ----

local months = { Jan = 1, Feb = 2, Mar = 3, Apr = 4, May = 5, Jun = 6, Jul = 7, Aug = 8, Sep = 9,
  Oct = 10, Nov = 11, Dec = 12 }

--- An HTTP date as seconds on a scale of its own: only differences count.
local function http_date(text)
  local day, month, year, h, m, s = (text or ""):match "(%d+) (%a+) (%d+) (%d+):(%d+):(%d+)"
  if not day or not months[month] then return nil end
  return os.time { year = tonumber(year), month = months[month], day = tonumber(day),
    hour = tonumber(h), min = tonumber(m), sec = tonumber(s), isdst = false }
end

--- How long the server asks to wait, in seconds: a number, or a date less the answer's own.
function envelope.retry_after(result)
  local text = result.retry_after
  if not text then return nil end
  if text:match "^%d+$" and #text < 10 then return tonumber(text) end
  local at, now = http_date(text), http_date(result.date) or os.time()
  return at and math.max(0, at - now) or nil
end

return envelope
