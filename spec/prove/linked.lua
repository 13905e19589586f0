--- A place with an org: a run writes its links there, a link a call, and what the org has is judged.

local judge = require "spec.prove.judge"
local ledgers = require "sertifier.ledger"
local place = require "spec.prove.place"
local run = require "sertifier.run"
local sandbox = require "spec.support.sandbox"
local sandbox_server = require "sertifier.sandbox_server"
local sertifier = require "sertifier"
local writing = require "sertifier.salesforce.writing"

local linked = setmetatable({}, { __index = place })
linked.__index = linked

local app, secret = "app-of-the-proof", "secret-of-the-proof"

--- Opens one, as `place.open` does; the org has the export's records as contacts.
function linked.open(options)
  local self = setmetatable(place.open(options), linked)
  self.org = assert(sandbox_server.start { key = sandbox.key, org = { contacts = self.records,
    client_id = app, client_secret = secret } })
  self.org_url, self.secret_file = self.org.url, sandbox.key_file(secret)
  self.flow = sertifier.flow { campaign = sandbox.campaign, object = "Contact" }
  return self
end

function linked:close()
  self.org:stop()
  place.close(self)
end

--- Opens one whose ledger has links that wait to be written, and has them again at each `clean`.
function linked.open_unwritten()
  local self = linked.open {}
  assert(self.org:behave { used = 14900 }) -- of the day's 15,000 requests
  assert(self:issue())
  assert(self.org:behave { used = 0 })
  self.kept = self.directory .. "/kept"
  os.execute(("cp %s %s"):format(self.ledger, self.kept))
  return self
end

function linked:clean()
  if self.kept then
    os.execute(("cd %s && rm -f ledger-* said && cp kept ledger"):format(self.directory))
  else
    place.clean(self)
  end
  assert(self.org:reset())
end

-- ---- clients ----

--- The command of a client: a run, `write-back`, or a convict.
function linked:command(client)
  local name = client == "sertifier" and "linker" or "convicts/" .. client
  local words = client == "write-back" and ("bin/sertifier write-back --json --ledger " .. self.ledger)
    or ("spec/prove/%s.lua %s %s"):format(name, self.ledger, self.export)
  return ("env SALESFORCE_URL=%s SALESFORCE_CLIENT_ID=%s SALESFORCE_CLIENT_SECRET_FILE=%s %s %s")
    :format(self.org_url, app, self.secret_file, place.lua, words)
end

local function none() return 0 end

--- A client of the org; nil where there is no token. It waits for nothing, so that nothing is slow.
local function salesforce(self, timeout)
  local org = sertifier.salesforce { url = self.org_url, client_id = app, timeout = timeout,
    secret_file = self.secret_file, batch_size = 1 }
  if org then org.chance = none end
  return org
end

--- Runs the product here, as `place:issue` does.
function linked:issue(_, timeout)
  local org = salesforce(self, timeout)
  if not org then return nil end
  local client = assert(sertifier.client { url = self.url, key_file = self.key_file })
  local counts, message = run.run(self.flow, { export = self.export, client = client,
    ledger = self.ledger, write_back = org, batch_size = self.batch_size, concurrency = 1,
    chance = none })
  client:close()
  org:close()
  return counts, message
end

-- ---- the end of a case ----

--- The links by record that a ledger has.
local function issued(self, ledger)
  local keys, links = {}, {}
  for n = 1, self.records do
    keys[n] = ("%s/%sAAA"):format(sandbox.campaign, sandbox.id(n))
  end
  for key, entry in pairs(assert(ledger:look_up(keys))) do
    if entry.state == "issued" then links[key:match "[^/]*$"] = entry.link end
  end
  return links
end

--- Writes the links as `sertifier write-back` does; nobody reads the export.
-- @treturn table what is not as the ledger has it, a line each
function linked:write_back()
  if not ledgers.exists(self.ledger) then return {} end
  local ledger, org = assert(ledgers.open(self.ledger)), assert(salesforce(self))
  assert(writing.new(ledger, org, { written = 0, reasons = {} }):all())
  local words = judge.misplaced(issued(self, ledger), assert(self.org:record()).links)
  ledger:close()
  org:close()
  return words
end

--- Judges what the org has, too.
function linked:judge(counts, client)
  local lines, links = { "" }, assert(self.org:record()).links
  for id, link in pairs(links) do table.insert(lines, 1, ("%s,%s"):format(id, link)) end
  local verdict = judge.judge(assert(self.server:record()), { records = self.records,
    counts = counts, links = counts and table.concat(lines, "\n") })
  if client ~= "sertifier" then return verdict end
  local ledger = assert(ledgers.open(self.ledger))
  judge.lose(verdict, judge.misplaced(issued(self, ledger), links))
  ledger:close()
  return verdict
end

--- First the write-back alone must bring every link that is issued, then all is run again.
function linked:conclude(client, again, first)
  local words = client == "sertifier" and self:write_back() or {}
  local verdict = place.conclude(self, client, again, first)
  judge.lose(verdict, words)
  return verdict
end

return linked
