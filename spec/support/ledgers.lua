--- The engines of a ledger, for specs that run on each.

local DBI = require "DBI"
local busted = require "busted"
local files = require "spec.support.files"
local keys = require "spec.support.keys"
local ledgers = require "sertifier.ledger"
local luassert = require "luassert"
local postgres = require "spec.support.postgres"
local statement = require "spec.support.statement"

local sqlite = { name = "SQLite",
  tables = "SELECT name FROM sqlite_master WHERE name = 'memory'" }

function sqlite.start() end

function sqlite.stop()
  files.remove()
end

--- The name of a ledger that is not there yet.
function sqlite.fresh()
  sqlite.path = files.path ".db"
  return sqlite.path
end

--- Rows of the file itself, past the ledger.
function sqlite.query(text)
  return statement.rows(assert(DBI.Connect("SQLite3", sqlite.path)), text)
end

local server = { name = "PostgreSQL", start = postgres.start, stop = postgres.stop,
  query = postgres.query, tables = "SELECT relname FROM pg_class WHERE relname = 'memory'" }

function server.fresh()
  postgres.clean()
  return postgres.address()
end

local engines = { sqlite, server }

--- What a test has: `ledger`, new and open, its `name`, and what it says of the n-th key.
local place = {}
place.__index = place

function place:entry(n)
  return luassert(self.ledger:look_up { keys.key(n) })[keys.key(n)]
end

function place:state(n)
  return self:entry(n) and self:entry(n).state
end

--- Describes a ledger on each engine, by `body(engine, place)`.
function engines.describe(title, body)
  for _, engine in ipairs(engines) do
    busted.describe(title .. " on " .. engine.name, function()
      local here = setmetatable({}, place)
      busted.setup(engine.start)
      busted.teardown(engine.stop)
      busted.before_each(function()
        here.name = engine.fresh()
        here.ledger = luassert(ledgers.open(here.name))
      end)
      busted.after_each(function() here.ledger:close() end)
      body(engine, here)
    end)
  end
end

return engines
