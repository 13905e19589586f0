--- A mistake in a script is an error at the script's line, and says what is expected.

local files = require "spec.support.files"
local sandbox = require "spec.support.sandbox"
local sertifier = require "sertifier"

local key, client, closed, flow, org_flow, export

local function open(options)
  options.url, options.key_file = "http://127.0.0.1:1", key
  return sertifier.client(options)
end

--- A user's calls: each on a line of its own, whose error is that of its text.
local cases = {
  { "timeout: a number above 0 is expected", function() local c = open { timeout = 0 } return c end },
  { "one of Sertifier's ids is expected, got nil", function() local d = client:campaign() return d end },
  { "a list of Sertifier's ids is expected, got nil",
    function() local d = client:credentials() return d end },
  { "a list of Sertifier's ids is expected, got string",
    function() local d = client:credentials "a-credential" return d end },
  { "a list of Sertifier's ids is expected, got string",
    function() local d = client:publish "a-credential" return d end },
  { "a list of Sertifier's ids is expected, got an empty one",
    function() local d = client:publish {} return d end },
  { "one of Sertifier's ids is expected, got number",
    function() local d = client:publish { 5 } return d end },
  { "a list of credentials is expected", function() local d = client:add_credentials { 5 } return d end },
  { "a table is expected, got string", function() local d = client:search "Ann" return d end },
  { "a table is expected, got number", function() local d = client:attributes(5) return d end },
  { "the request: Cannot serialise function",
    function() local d = client:search { status = print } return d end },
  { "the client is closed", function() local d = closed:test() return d end },
  { "the client is closed", function() local d = closed:campaign "a-campaign" return d end },
  { "the client is closed", function() local d = closed:credentials { "a-credential" } return d end },
  { "the client is closed", function() local d = closed:search() return d end },
  { "client: it is closed; open one for this run",
    function() local s = flow:run { export = export, client = closed } return s end },
  { "client: what sertifier.client gave is expected",
    function() local s = flow:run { export = export, client = {} } return s end },
  { "ledger: what sertifier.ledger.open gave is expected",
    function() local s = flow:run { export = export, ledger = {} } return s end },
  { "write_back: what sertifier.salesforce gave is expected",
    function() local s = flow:run { export = export, write_back = client } return s end },
  { "ledger: what sertifier.ledger.open gave is expected",
    function() local s = flow:check { export = export, ledger = {} } return s end },
  { "bodies: an open file is expected",
    function() local s = flow:check { export = export, bodies = {} } return s end },
  { "export: got a table",
    function() local s = flow:check { export = { open = 5 } } return s end },
  { "now: seconds since 1970 are expected, got 1e",
    function() local s = flow:check { export = export, now = 1e300 } return s end },
  { "soql: the flow must say its `object`", function() local s = flow:soql() return s end },
  { "soql: a list of fields is expected, got string",
    function() local s = org_flow:soql "Title" return s end },
  { 'soql: "a b" is a label', function() local s = org_flow:soql { "a b" } return s end },
  { "soql: 5 is a label", function() local s = org_flow:soql { 5 } return s end },
  { 'now: "soon" is neither', function() local s = flow:explain({}, "soon") return s end },
  { "now: number or string expected, got table", function() local s = flow:explain({}, {}) return s end },
  { "explain: a record is expected, got nil", function() local s = flow:explain() return s end },
}

describe("a mistake in a script", function()
  setup(function()
    key = sandbox.key_file()
    client, closed = open {}, open {}
    closed:close()
    closed:close()
    flow = sertifier.flow { campaign = "a-campaign" }
    org_flow = sertifier.flow { campaign = "a-campaign", object = "Contact" }
    export = sandbox.export(1)
  end)
  teardown(files.remove)

  for _, case in ipairs(cases) do
    it("is told at its line: " .. case[1], function()
      local ok, message = pcall(case[2])
      assert.is_false(ok)
      local info = debug.getinfo(case[2], "S")
      local place = ("spec/misuse_spec.lua:%d: "):format(info.linedefined)
      assert.equal(place .. case[1], message:sub(1, #place + #case[1]))
    end)
  end

  it("in a constant names no empty guess", function()
    local _, message = pcall(sertifier.flow, { campaign = "a-campaign", once_per = "" })
    assert.truthy(message:find 'once_per: "" names no field: only one record could ever be issued$')
  end)
end)
