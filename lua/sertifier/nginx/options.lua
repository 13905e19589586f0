--- The options of nginx's handlers, checked at their caller's line.

local typed = require "sertifier.typed"

local options = {}

local common = { ledger = "string", url = "string", key_file = "string", ca_file = "string",
  timeout = "number", token_file = "string", hmac_file = "string",
  mutual_tls = { "boolean", "table" }, pool = "string", body_time = "number", most = "number",
  queued = "boolean" }

local paths = { "ledger", "key_file", "ca_file", "token_file", "hmac_file", "flow" }

--- A path is looked for from nginx's prefix on, as in nginx.conf.
local function from_prefix(path)
  if path:find "^/" or path:find "^postgres" then return path end
  return ngx.config.prefix() .. path
end

--- Reads a handler's options.
-- @tparam table given its own options, and as [1] a table of those that several handlers share
-- @tparam table own name -> type of those that other kinds of handler do not have
-- @tparam number level whose line an error names
-- @treturn table all of them, paths complete
function options.read(given, own, level)
  local all, known = {}, {}
  if type(given) ~= "table" then error("a table of options is expected", level + 1) end
  for name, value in pairs(type(given[1]) == "table" and given[1] or {}) do all[name] = value end
  for name, value in pairs(given) do
    if name ~= 1 then all[name] = value end
  end
  for _, some in ipairs { common, own } do
    for name, wanted in pairs(some) do known[name] = wanted end
  end
  typed.check(nil, all, known, level + 1)
  all.ledger = all.ledger or "sertifier.db"
  for _, name in ipairs(paths) do all[name] = all[name] and from_prefix(all[name]) end
  return all
end

local function is_organization(id)
  return type(id) == "string" and (#id == 15 or #id == 18) and id:find "^00D%w+$" ~= nil
end

--- Whether a value is a list of organizations' Ids, one at least.
function options.are_organizations(list)
  if type(list) ~= "table" or #list == 0 then return false end
  for _, id in ipairs(list) do
    if not is_organization(id) then return false end
  end
  return true
end

--- What a thread of the pool is given of them: nothing that lets callers in.
function options.plain(all)
  local plain = {}
  for name, value in pairs(all) do plain[name] = value end
  plain.token_file, plain.hmac_file, plain.mutual_tls, plain[1] = nil, nil, nil, nil
  plain.pool, plain.most = plain.pool or "sertifier", plain.most or 100
  return plain
end

return options
