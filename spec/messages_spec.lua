--- A catalogue of what the command says where something is wrong: pinned, and held to the rules.
--
-- A message says where (a file, a line, an option, a property), names nothing inside of us, and
-- nobody.

local commands = require "spec.support.command"
local files = require "spec.support.files"
local sandbox = require "spec.support.sandbox"

local header = "Id,FirstName,LastName,Email\n"

local function directory()
  local path = files.path()
  assert(os.execute("mkdir " .. path))
  return path
end

--- What stands for a path in the catalogue.
local function made()
  return {
    EXPORT = files.write(header .. sandbox.id(1) .. ",Zoraida,Quine,zoraida@example.com\n"
      .. sandbox.id(2) .. ",Yevgeni,Xu,\n" .. sandbox.id(3) .. ",Wanda,Vex,wanda(at)example.com\n", ".csv"),
    NARROW = files.write("Id,Name\n", ".csv"), NONE = files.path ".csv", LEDGER = files.path ".db",
    TEXT = files.write("not a ledger, whatever its name says", ".db"),
    MANY = files.write('return require("sertifier").flow { campaign = "{!Id}" }', ".lua"),
    PLACE = directory(),
    FLOW = files.write('return require("sertifier").flow { campain = "c" }', ".lua"),
  }
end

local catalogue = {
  ["issue NONE --campaign CAMPAIGN"] = "NONE: No such file or directory",
  ["issue EXPORT --campaign no"] = '1 mistake\n  campaign: "no" is not a campaign\'s ID',
  ["issue FLOW EXPORT"] = "flow: 2 mistakes\n"
    .. "  campain: a flow has no such property; did you mean campaign?\n"
    .. "  campaign: missing; its ID stands in Sertifier under Advanced > Integrations",
  ["issue NARROW --campaign CAMPAIGN --ledger LEDGER"] =
    "NARROW:1: the flow reads fields that the export lacks: Email, FirstName, LastName",
  ["issue EXPORT --campaign CAMPAIGN --ledger LEDGER --when Emial=1"] =
    "EXPORT:1: the flow reads fields that the export lacks: Emial (did you mean Email?)",
  ["issue EXPORT --campaign CAMPAIGN --map nam=x"] = "2 mistakes\n"
    .. "  map.nam: a credential has no such field; did you mean name?\n"
    .. "  map.name: missing; every credential needs a name",
  ["issue EXPORT --campaign CAMPAIGN --ledger TEXT"] = "ledger TEXT: file is not a database; "
    .. "give the name of a ledger, or of a file that is not there yet",
  ["issue EXPORT --campaign CAMPAIGN --ledger LEDGER --encoding none"] =
    "EXPORT: none is an encoding that this system does not know",
  ["issue EXPORT --campaign CAMPAIGN --batch-size 0"] =
    "--batch-size 0: a whole number, 1 or more, is expected",
  ["issue EXPORT --campaign CAMPAIGN --max-new x"] =
    "--max-new x: a whole number, 1 or more, is expected",
  ["issue EXPORT --campaign CAMPAIGN --max-invalid 1.5"] =
    "--max-invalid 1.5: a whole number, 0 or more, is expected",
  ["issue EXPORT --campaign CAMPAIGN --rate 0"] = "--rate 0: a number above 0 is expected",
  ["issue EXPORT --campaign CAMPAIGN --ledger LEDGER --expect 7"] =
    "EXPORT: 1 would be issued, and 7 are expected; nothing was sent",
  ["issue EXPORT --campaign CAMPAIGN --ledger LEDGER --strict"] = "EXPORT: strict, so nothing was "
    .. "sent: 2 records are invalid, the first on line 3: email (from Email) is empty",
  ["issue EXPORT EXPORT --campaign CAMPAIGN --rejects NONE"] =
    "--write-back and --rejects take one export at a time",
  ["issue EXPORT --campaign CAMPAIGN --ledger LEDGER --write-back PLACE"] =
    "PLACE: cannot write the links: it is a directory; name a file",
  ["issue EXPORT --campaign CAMPAIGN --ledger LEDGER --rejects PLACE"] =
    "PLACE: cannot write the rejects: it is a directory; name a file",
  ["issue EXPORT --campaign CAMPAIGN --ledger LEDGER --write-back PLACE/X/Y"] =
    "PLACE/X/Y: cannot write the links: No such file or directory",
  ["status --ledger NONE"] =
    "ledger NONE: there is none; the first `sertifier issue` makes it, and --ledger names another",
  ["status --state forgotten --ledger LEDGER"] = "--state forgotten: their keys are known no more",
  ["status --state no --ledger LEDGER"] = "--state no: one of queued, sending, draft, publishing, "
    .. "issued, rejected, in_doubt, dropped is expected",
  ["issue EXPORT --campaign CAMPAIGN --delimiter no"] =
    "--delimiter no: one character, or its name, is expected",
  ["adopt --ledger LEDGER --campaign no"] = "--campaign no: is not a campaign's ID; it stands in "
    .. "Sertifier under Advanced > Integrations",
  ["adopt MANY EXPORT --ledger LEDGER"] =
    "--campaign ID is expected: the flow has one for each record",
  ["init EXPORT -o FLOW"] =
    "FLOW is there already; name another file with -o, or move it away",
  ["check EXPORT --campaign CAMPAIGN --explain 99"] = "EXPORT: no record starts on line 99",
  ["sandbox --behave none"] = "--behave none: NAME=VALUE is expected",
  ["adopt --ledger LEDGER"] =
    "--campaign ID is expected: it stands in Sertifier under Advanced > Integrations",
}

local inside = { "traceback", "lua/sertifier", "sertifier%.%l+%.%l", "attempt to", "%f[%a]nil%f[%A]",
  "function '", "internal error" }
local nobody = { "Zoraida", "Quine", "Yevgeni", "Wanda", "Vex", "zoraida@", "wanda%(at%)",
  (sandbox.key:gsub("%p", "%%%0")) }
-- A path, a line, an option or a property.
local places = { "[%u]+:?%d*: ", "^%-%-%l", "\n  [%l.]+: ", "FLOW is there" }

local function has_one(text, patterns)
  for _, pattern in ipairs(patterns) do
    if text:find(pattern) then return pattern end
  end
end

describe("every message", function()
  after_each(sandbox.stop)

  it("is as it stands in the catalogue, says where, and names nothing inside and nobody", function()
    local environment, paths = commands.environment(sandbox.start()), made()
    paths.CAMPAIGN = sandbox.campaign
    for words, message in pairs(catalogue) do
      local arguments = {}
      for word in words:gmatch "%S+" do arguments[#arguments + 1] = paths[word] or word end
      local status, out, err = commands.run(arguments, environment)
      for name, path in pairs(paths) do err = err:gsub(path:gsub("%p", "%%%0"), name) end
      assert.same({ 1, "" }, { status, out }, words)
      assert.equal("sertifier: " .. message .. "\n", (err:gsub("\n\nUsage.*", "\n")), words)
      assert.is_nil(has_one(err, inside), words)
      assert.is_nil(has_one(err, nobody), words)
      assert.truthy(has_one(message, places), words)
    end
    assert.equal(0, sandbox.record().adds)
  end)
end)
