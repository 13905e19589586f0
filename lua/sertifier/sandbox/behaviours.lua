--- What nobody documents about Sertifier, as switches of the sandbox.
--
-- Evidence: [S] Sertifier's Salesforce guide, [T] code that talks to the live service, [G] a guess.

local nearest = require "sertifier.nearest"

local behaviours = {}

local function number(text)
  local n = tonumber(text)
  return n and n >= 0 and n or nil
end

local function truth(text)
  if text == true or text == "true" then return true end
  if text == false or text == "false" then return false end
end

local function one_of(...)
  local words = { ... }
  return function(text)
    for _, word in ipairs(words) do
      if tostring(text) == word then return word end
    end
  end, table.concat(words, ", ")
end

local function choice(name, evidence, about, default, ...)
  local read, words = one_of(...)
  return { name = name, default = default, read = read, values = words,
    about = ("%s [%s]: %s"):format(about, evidence, words) }
end

local function amount(name, evidence, about)
  return { name = name, default = 0, read = number, values = "a number",
    about = ("%s; 0: never [%s]"):format(about, evidence) }
end

--- Every switch: its name, its default, how its value is read, and what it does.
behaviours.list = {
  amount("largest_batch", "G", "a request with more credentials is refused as a whole"),
  choice("bad_item", "G", "what a faulty credential does to its request", "whole", "whole", "partial"),
  amount("search_delay", "G", "seconds until a credential can be found"),
  choice("key_error", "S 403, T 401", "the answer to a wrong key", "403", "403", "401"),
  amount("too_many_every", "G", "every n-th request gets 429"),
  choice("retry_after", "G", "how a 429 says when to come back", "1", "1", "2", "30", "none", "date"),
  choice("validation", "T", "the form of validationErrors", "strings", "strings", "objects", "null"),
  { name = "bare_get", default = false, read = truth, values = "true or false",
    about = "GET /credential gives neither externalId nor verificationLink [T]: true, false" },
  choice("search_rows", "G", "where a search puts its rows", "data", "data", "nested"),
  choice("spelling", "T", "certificateNo and externalId, or NO and ID", "no", "no", "NO"),
  choice("echo", "G", "how the rows of an answer repeat what was sent", "same", "same", "reversed",
    "recased"),
  amount("latency", "G", "seconds until an answer"),
  amount("plan_limit", "T", "after this many credentials the plan is used up"),
  amount("server_error_every", "G", "every n-th request gets 500"),
  choice("server_error", "G", "whether a 500 comes before or after the work", "before", "before",
    "after"),
  amount("drop_rows", "G", "an answer lacks its last n rows"),
  choice("answer", "G", "the form of an answer to addCredentials", "whole", "whole", "truncated",
    "html", "empty"),
  { name = "publish_mails", default = true, read = truth, values = "true or false",
    about = "a second publish mails again [G]: true, false" },
}

local by_name, names = {}, {}
for i, one in ipairs(behaviours.list) do by_name[one.name], names[i] = one, one.name end

--- Checks switches, whose values may be texts from a command line.
-- @tparam table given name -> value
-- @treturn table all switches; or nil and a message
function behaviours.read(given)
  local all = {}
  for _, one in ipairs(behaviours.list) do all[one.name] = one.default end
  for name, value in pairs(given) do
    local one = by_name[name]
    if not one then
      local near = nearest(tostring(name), names)
      return nil, ("the sandbox has no behaviour %s%s"):format(tostring(name),
        near and ("; did you mean %s?"):format(near) or "")
    end
    local read = one.read(value)
    if read == nil then return nil, ("%s: %s is expected"):format(name, one.values) end
    all[name] = read
  end
  return all
end

return behaviours
