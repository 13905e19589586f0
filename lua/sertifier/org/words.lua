--- The words of a query, one after the other; what is no SOQL is an error `{ code, message }`.

local words = {}
words.__index = words

--- Ends the reading of a query with an error of Salesforce's.
function words.fail(code, message)
  error({ code = code, message = message }, 0)
end

local signs = { "^[!<>]=", "^<>", "^[=<>(),]" }

--- The place of the quote that ends a text.
local function end_of_text(soql, at)
  repeat
    local found = soql:find("['\\]", at)
    if not found then words.fail("MALFORMED_QUERY", "unexpected token: a quote is not closed") end
    at = found + 2
  until soql:sub(found, found) == "'"
  return at - 2
end

--- The word at a place, and the place behind it.
local function word_at(soql, at)
  if soql:sub(at, at) == "'" then
    local last = end_of_text(soql, at + 1)
    return { quoted = soql:sub(at + 1, last - 1) }, last + 1
  end
  local name = soql:match("^[%w_.:+-]+", at)
  if name then return { name = name }, at + #name end
  for _, pattern in ipairs(signs) do
    local sign = soql:match(pattern, at)
    if sign then return { name = sign }, at + #sign end
  end
  words.fail("MALFORMED_QUERY", "unexpected token: " .. soql:sub(at, at))
end

--- Reads a query.
function words.of(soql)
  local self, at = setmetatable({ at = 1 }, words), soql:find "%S" or 1
  while at <= #soql do
    self[#self + 1], at = word_at(soql, at)
    at = soql:find("%S", at) or #soql + 1
  end
  return self
end

--- The next word is not what can stand here.
function words:unexpected()
  local word = self[self.at] or { name = "<EOF>" }
  self.fail("MALFORMED_QUERY", "unexpected token: " .. (word.name or "'" .. word.quoted .. "'"))
end

--- Passes a word, in any case, if it is the next.
function words:pass(name)
  local word = self[self.at]
  if not word or not word.name or word.name:upper() ~= name then return false end
  self.at = self.at + 1
  return true
end

function words:expect(name)
  return self:pass(name) or self:unexpected()
end

local reserved = {}
for name in ("AND ASC DESC EXCLUDES FROM IN INCLUDES LIKE LIMIT NOT NULL OR SELECT WHERE")
  :gmatch "%u+" do
  reserved[name] = true
end

--- Passes a name, and gives it.
function words:name()
  local word = self[self.at]
  if not word or not word.name or not word.name:find "%w" or reserved[word.name:upper()] then
    self:unexpected()
  end
  self.at = self.at + 1
  return word.name
end

--- Passes any value: `quoted` without its quotes, its escapes as they are, or `name`.
function words:value()
  local word = self[self.at]
  if not word or not (word.quoted or word.name:find "%w") then self:unexpected() end
  self.at = self.at + 1
  return word
end

--- Passes one or more, with commas between them; the values of `each`.
function words:list(each)
  local list = {}
  repeat list[#list + 1] = each() until not self:pass ","
  return list
end

return words
