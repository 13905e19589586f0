--- A sandbox for a spec: real nginx, a ledger, a key file, and flows that use them.

local cjson = require "cjson"
local core = require "sertifier.core"
local files = require "spec.support.files"
local behaviours = require("sertifier.sandbox").behaviours
local server = require "sertifier.sandbox_server"
local sertifier = require "sertifier"

local campaign = "campaign-of-specs"
local key = "key-of-specs"

local sandbox = { campaign = campaign, key = key }

local current

--- Starts one with these behaviours, and on this port, or a free one.
function sandbox.start(behave, port)
  current = assert(server.start { campaigns = { campaign }, key = key, behave = behave, port = port })
  return current
end

--- The address of the one that runs.
function sandbox.url()
  return current.url
end

--- Sets switches of the running one; the others stay.
function sandbox.behave(switches)
  assert(current:behave(switches))
end

--- As if it were a new one with these behaviours: it forgets all else, but its keys.
function sandbox.restart(behave)
  local switches = {}
  for _, one in ipairs(behaviours()) do switches[one.name] = one.default end
  for name, value in pairs(behave) do switches[name] = value end
  assert(current:behave(switches))
  assert(current:reset())
end

--- The one that runs, as if it were new; or a new one.
function sandbox.again(behave)
  if not current then return sandbox.start(behave) end
  sandbox.restart(behave or {})
  return current
end

--- Stops it, and removes all files.
function sandbox.stop()
  if current then current:stop() end
  current = nil
  files.remove()
end

--- A key file as it must be.
function sandbox.key_file(text)
  local path = files.path()
  assert(core.private(path))
  local file = assert(io.open(path, "w"))
  file:write(text or key)
  file:close()
  return path
end

--- A client of the sandbox.
function sandbox.client(options)
  options = options or {}
  options.url = options.url or current.url
  options.key_file = options.key_file or sandbox.key_file()
  return assert(sertifier.client(options))
end

--- The Id of the n-th contact.
function sandbox.id(n)
  return ("0035g%010d"):format(n)
end

--- An export of `count` contacts, all of whom qualify.
function sandbox.export(count, first)
  local lines = { "Id,FirstName,LastName,Email" }
  for n = first or 1, (first or 1) + count - 1 do
    lines[#lines + 1] = ("%s,Ann,Lee %d,ann%d@example.com"):format(sandbox.id(n), n, n)
  end
  return files.write(table.concat(lines, "\n") .. "\n", ".csv")
end

--- What the sandbox did, as it recorded it itself.
function sandbox.record()
  local client = sandbox.client()
  local id = client.native:submit("GET", "/sandbox/record")
  local result
  repeat
    for _, one in ipairs(client.native:poll(5)) do
      if one.id == id then result = one end
    end
  until result
  client:close()
  return cjson.decode(result.body)
end

--- The most adds, and the most mails, that any key saw.
function sandbox.most()
  local adds, mails, keys = 0, 0, 0
  for _, one in pairs(sandbox.record().keys) do
    adds, mails, keys = math.max(adds, one.adds), math.max(mails, one.mails), keys + 1
  end
  return adds, mails, keys
end

--- The counts of a summary that are not 0.
function sandbox.counts(summary)
  local counts = {}
  for _, name in ipairs { "read", "skipped", "invalid", "issued", "already_issued", "rejected",
    "in_doubt", "not_attempted" } do
    if summary[name] ~= 0 then counts[name] = summary[name] end
  end
  return counts
end

return sandbox
