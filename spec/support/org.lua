--- An org for a spec: real nginx in front of the emulator, a secret's file, and clients.

local files = require "spec.support.files"
local ledgers = require "sertifier.ledger"
local sandbox = require "spec.support.sandbox"
local server = require "sertifier.sandbox_server"
local sertifier = require "sertifier"

local org = { client_id = "app-of-specs", secret = "secret+of&specs" }

local current

--- Starts one with so many contacts and these switches.
function org.start(contacts, behave, deleted)
  current = assert(server.start { key = sandbox.key, behave = behave, org = { contacts = contacts,
    deleted = deleted, client_id = org.client_id, client_secret = org.secret } })
  return current
end

function org.stop()
  if current then current:stop() end
  current = nil
  files.remove()
end

--- Sets switches of the running one.
function org.behave(switches)
  assert(current:behave(switches))
end

--- What it counted, and the links that its records have.
function org.record()
  return assert(current:record())
end

--- How often it was asked in these ways.
function org.counts(...)
  local list, all = {}, org.record().counts
  for i, name in ipairs { ... } do list[i] = all[name] or 0 end
  return list
end

--- The links that a ledger has of its first contacts, by record.
function org.issued_links(path, count)
  local ledger, list, links = assert(ledgers.open(path)), {}, {}
  for n = 1, count do list[n] = sandbox.campaign .. "/" .. org.id(n) end
  for key, entry in pairs(assert(ledger:look_up(list))) do
    links[key:match "[^/]*$"] = entry.link
  end
  ledger:close()
  return links
end

--- A flow over its contacts.
function org.flow(more)
  local flow = { campaign = sandbox.campaign, object = "Contact" }
  for name, value in pairs(more or {}) do flow[name] = value end
  return sertifier.flow(flow)
end

--- A client's options; those given stand before the right ones.
function org.options(given)
  local options = { url = current.url, client_id = org.client_id }
  options.secret_file = sandbox.key_file(org.secret)
  for name, value in pairs(given or {}) do options[name] = value end
  return options
end

function org.client(given)
  return assert(sertifier.salesforce(org.options(given)))
end

--- The environment for the command.
function org.environment()
  return ("SALESFORCE_URL=%s SALESFORCE_CLIENT_ID=%s SALESFORCE_CLIENT_SECRET='%s'"):format(
    current.url, org.client_id, org.secret)
end

--- The Id of the n-th contact.
function org.id(n)
  return ("0035g%010dAAA"):format(n)
end

return org
