rockspec_format = "3.0"

-- The one place of the version: a release edits this line, and the file's name, which must say the same.
local rock_version = "0.1.0-1"
local release = rock_version:match "^[^-]+"

package = "sertifier"
version = rock_version
source = {
  url = "git+https://github.com/sertifier/sertifier-lua.git",
  tag = "v" .. release,
}
description = {
  summary = "Issues digital credentials from Salesforce exports through Sertifier, never twice",
  detailed = [[
Reads the exports that Salesforce writes, picks the records that meet a flow's entry conditions,
maps their fields, issues a credential for each through Sertifier's API, and writes the links back.
A ledger sees to it that nobody is sent a credential twice, whatever breaks on the way.]],
  license = "MIT",
}
dependencies = {
  "lua >= 5.1, < 5.5",
  "lua-cjson >= 2.1.0", -- answers, and exports in JSON
  "luadbi >= 0.7.2", -- the ledger
  "luadbi-sqlite3 >= 0.7.2", -- for a PostgreSQL ledger, install luadbi-postgresql besides
  "lpeg >= 1.0.2", -- conditions and merge fields
  "argparse >= 0.7.1", -- the command
  "luaexpat >= 1.5.1", -- outbound messages, and the metadata of Flows
}
-- None: where curl or zlib is missing, LuaRocks would say so before the sources do, which name the package
-- for each system.
external_dependencies = {}

local function lua_modules(names)
  local modules = {}
  for name in names:gmatch "%S+" do
    modules["sertifier." .. name] = "lua/sertifier/" .. name:gsub("%.", "/") .. ".lua"
  end
  modules.sertifier = "lua/sertifier/init.lua"
  return modules
end

local function c_sources(names)
  local sources = {}
  for name in names:gmatch "%S+" do sources[#sources + 1] = "csrc/" .. name .. ".c" end
  return sources
end

local modules = lua_modules [[
  adding adopt answer answer.match answer.row answer.waiting api api.data api.given attributes
  calendar check claiming cli cli.adopt cli.ahead cli.check cli.command_first cli.commands cli.common
  cli.doctor cli.drain cli.ending cli.forgetting cli.importing cli.issue cli.logging cli.options
  cli.plain cli.progress cli.proposing cli.report cli.resolve cli.sandbox cli.status cli.telling
  cli.watching cli.writing_back compile compile.cells condition condition.dates condition.filters
  condition.soql condition.tests credential delivery delivery.request did_you_mean doctor drain
  ends envelope explain explain.line export export.columns export.csv export.encoding
  export.events export.foreign export.iterator export.json export.kinds export.outbound
  export.settling export.tables flow flow.constant flow.fields flow_file flow_import
  flow_import.text flow_import.values flow_import.xml formula
  formula.calls formula.emitting formula.functions formula.grammar formula.names formula.typing
  gathering guards holdings hooks hooks.reshaping json landing latency later ledger
  ledger.adoption ledger.claim ledger.doubt ledger.drafts ledger.forget ledger.forgotten
  ledger.lifting ledger.list ledger.listing ledger.memories ledger.person ledger.postgres
  ledger.queue ledger.retention ledger.runs ledger.schema ledger.settling ledger.sql ledger.sqlite
  ledger.together ledger.view ledger.writes log lookup lookup.leftovers lookup.pairing memory
  nearest nginx nginx.access nginx.carrying nginx.change_events nginx.draining nginx.flowing
  nginx.gateway nginx.journal nginx.metrics nginx.options nginx.outbound_message nginx.page
  nginx.pool nginx.records nginx.reply nginx.request nginx.status nginx.watching number_text object
  opening options org org.assertion org.collections org.ingest org.jobs org.locks org.query
  org.reply org.retrieve org.state org.tokens org.where org.words outputs pace proposal proposal.text
  publish.confirming publish.drafting publish.looking publish.publishing publish.reading_only
  publish.status queue read_all read_file reading receiving record_id rejects report report.charts
  report.data report.look report.page request_check retries run salesforce salesforce.bulk
  salesforce.calls salesforce.faults salesforce.ingest salesforce.jobs salesforce.linking
  salesforce.links salesforce.logging_in salesforce.pages salesforce.parents salesforce.query
  salesforce.results salesforce.updating salesforce.watching salesforce.writing sandbox
  sandbox.adding sandbox.behaviours sandbox.control sandbox.credentials sandbox.dates
  sandbox.directory sandbox.looking sandbox.mishaps sandbox.nginx sandbox.record sandbox.reply
  sandbox.rows sandbox.state sandbox_server sandbox_worker sending soql sorted_keys strict summary
  syntax template typed version whole_file words worker writeback
]]
local defines = { "SERTIFIER_VERSION=" .. release,
  "_FORTIFY_SOURCE=2" } -- what LuaRocks lets a rock say of hardening
modules["sertifier.core"] = {
  sources = c_sources [[
    ahead answer answer_handle batch batch_handle body body_handle buffer cell columns commits
    commits_handle condition core csv csv_out date decimal decode feed feed_handle feed_scan
    footer formula formula_choice formula_date formula_number formula_room formula_run
    formula_text handles kind lane letter like load_ahead member memory memory_handle plan
    plan_handle plan_run prove quoted reader reader_fill recall record row rows scan siphash
    source source_handle stretch strings system text thread unpack value value_id zip
  ]],
  defines = defines,
  libraries = { "z", "pthread", "dl" }, -- z: exports that are packed
}
modules["sertifier.http"] = {
  sources = c_sources [[
    assertion body buffer client handles http http_module http_result key login login_handle member
    request sockets url
  ]],
  defines = defines,
  libraries = { "curl", "pthread", "dl" },
}

build = {
  type = "builtin",
  modules = modules,
  install = { bin = { sertifier = "bin/sertifier" } },
  copy_directories = { "share" }, -- completion for the shells, and the man page
}
