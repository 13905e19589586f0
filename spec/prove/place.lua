--- The place where a client is put to the proof: a server, a key, an export, and a directory of its
-- own for what the client keeps.

local DBI = require "DBI"
local cjson = require "cjson"
local core = require "sertifier.core"
local files = require "spec.support.files"
local judge = require "spec.prove.judge"
local run = require "sertifier.run"
local sandbox = require "spec.support.sandbox"
local sandbox_server = require "sertifier.sandbox_server"
local sertifier = require "sertifier"

local place = {}
place.__index = place

place.lua = os.getenv "SPEC_LUA" or "lua5.4"

--- What a command prints, and its exit status.
function place.output_of(command)
  local pipe = io.popen(command .. "; echo $?")
  local text = pipe:read "*a"
  pipe:close()
  local output, status = text:match "^(.-)(%d+)\n$"
  return output, tonumber(status)
end

--- In memory where there is such a place: what a disk keeps has a model of its own (lost.c).
local function make_directory()
  local output = place.output_of "mktemp -d -p /dev/shm 2>/dev/null || mktemp -d"
  return (output:gsub("\n", ""))
end

--- A certificate of our own, as the server's option `tls`.
function place.certificate()
  local certificate, key = files.path ".pem", files.path ".key"
  assert(os.execute(("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
    .. " -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout %s -out %s"
    .. " 2>/dev/null"):format(key, certificate)))
  return { certificate = certificate, key = key }
end

--- Opens one.
-- @tparam table options `records` of the export (3), `behave` of the server, `tls`, and of runs
--   `batch_size` (1), `two_phases`, and `postgres`, to hold the ledger
function place.open(options)
  local self = setmetatable({ records = options.records or 3, batch_size = options.batch_size or 1,
    two_phases = options.two_phases }, place)
  self.directory = make_directory()
  self.server = assert(sandbox_server.start { campaigns = { sandbox.campaign }, key = sandbox.key,
    behave = options.behave, tls = options.tls })
  self.url, self.ca_file = self.server.url, self.server.ca_file
  self.key_file = sandbox.key_file()
  self.export = sandbox.export(self.records)
  self.ledger, self.links = self.directory .. "/ledger", self.directory .. "/links.csv"
  self.postgres = options.postgres
  if self.postgres then
    self.postgres.start()
    self.ledger = self.postgres.address()
  end
  self.flow = sertifier.flow { campaign = sandbox.campaign,
    publish = self.two_phases and "after check" or nil }
  return self
end

function place:close()
  self.server:stop()
  if self.postgres then self.postgres.stop() end
  os.execute("rm -rf " .. self.directory)
  files.remove()
end

--- What a client or its library (lost.c) leaves in the directory, but for parts of links.
local left = { "ledger", "ledger-wal", "ledger-shm", "ledger-journal", "links.csv", "said" }

--- As it was at first: no ledger, no links, a server that has issued nothing.
function place:clean()
  for _, name in ipairs(left) do
    os.remove(self.directory .. "/" .. name)
    os.remove(self.directory .. "/" .. name .. ".synced")
  end
  if self.postgres then self.postgres.clean() end
  assert(self.server:reset())
end

-- ---- clients ----

--- The command of a client: the product, or one of the convicts.
function place:command(client)
  if client == "postfields" then
    return ("env LUA_CPATH='build/5.1/?.so;;' luajit spec/prove/convicts/postfields.lua %s %s")
      :format(self.ledger, self.export)
  elseif client ~= "sertifier" then
    return ("%s spec/prove/convicts/%s.lua %s %s"):format(self.lua, client, self.ledger,
      self.export)
  end
  return ("%s bin/sertifier issue --campaign %s --batch-size %d --concurrency 1 --ledger '%s'"
    .. " --write-back %s --json --quiet %s %s"):format(self.lua, sandbox.campaign, self.batch_size,
    self.ledger, self.links, self.two_phases and "--two-phase" or "",
    self.export)
end

--- The command with what it needs around it.
function place:line(client, wrapper)
  return ("env SERTIFIER_URL=%s SERTIFIER_SECRET_KEY_FILE=%s %s %s 2>>%s/said"):format(self.url,
    self.key_file, wrapper or "", self:command(client), self.directory)
end

--- Runs a client as a program.
-- @tparam string client
-- @tparam[opt] string wrapper what stands before its command, such as strace
-- @treturn table|nil its counts, nil where it did not live to tell them; and its exit status
function place:run(client, wrapper)
  local text, status = place.output_of(self:line(client, wrapper))
  local ok, counts = pcall(cjson.decode, text)
  return ok and counts or nil, status
end

local function none() return 0 end

--- Runs the product here, without a process of its own; takes what `place:run` takes first.
-- @tparam[opt] number timeout of a request, in seconds
function place:issue(_, timeout)
  local client = assert(sertifier.client { url = self.url, key_file = self.key_file,
    ca_file = self.ca_file, timeout = timeout })
  local counts, message = run.run(self.flow, { export = self.export, client = client,
    ledger = self.ledger, write_back = self.links, batch_size = self.batch_size, concurrency = 1,
    chance = none })
  client:close()
  return counts, message
end

-- ---- the end of a case ----

--- Judges what has come of it.
-- @tparam table|nil counts of the last run
-- @tparam string client whose they are
function place:judge(counts, client)
  return judge.judge(assert(self.server:record()), { records = self.records, counts = counts,
    links = client == "sertifier" and counts and (files.read(self.links) or "") or nil })
end

-- As if so much time had gone by that nobody can still be sending.
local end_leases = "UPDATE credential SET lease = 0 WHERE lease IS NOT NULL"

function place:end_leases()
  if self.postgres then return self.postgres.query(end_leases) end
  if not files.read(self.ledger) then return end
  local connection = assert(DBI.Connect("SQLite3", self.ledger))
  connection:autocommit(true)
  -- There is no such table where a run died before it had made one.
  local statement = connection:prepare(end_leases)
  if statement then
    assert(statement:execute())
    statement:close()
  end
  connection:close()
end

--- Runs a client again and judges it; where it holds keys in doubt, once more when leases are over:
-- then it looks them up.
-- @tparam function again runs it, and gives its counts
-- @tparam[opt] table first the counts of the run that met the point
-- @treturn table the verdict, with `doubted`, the keys that were in doubt, and of those `settled` by
--   a look-up, and `held`
function place:conclude(client, again, first)
  local verdict = self:judge(again(), client)
  if client ~= "sertifier" then return verdict end
  local doubted = math.max(verdict.held, first and first.in_doubt or 0)
  if verdict.held > 0 and #verdict.words == 0 then
    self:end_leases()
    verdict = self:judge(again(), client)
  end
  verdict.doubted, verdict.settled = doubted, doubted - verdict.held
  return verdict
end

--- A free path for a log.
function place.log()
  return files.path()
end

function place.read(path)
  return files.read(path)
end

place.now, place.sleep = core.elapsed, core.sleep

return place
