--- An output that names the export, the flow or the ledger: it is refused, and nothing is written.

local commands = require "spec.support.command"
local core = require "sertifier.core"
local files = require "spec.support.files"
local flow = require("sertifier").flow
local ledgers = require "sertifier.ledger"
local outputs = require "sertifier.outputs"
local sandbox = require "spec.support.sandbox"

--- The options of each command, with E for the export, F for the flow, L for a ledger that is
--- there, and N for one that is not; and what is said.
local cases = {
  { "issue F E --ledger N --write-back E", "E: is the export itself; name another file for the links" },
  { "issue F E --ledger L --write-back L", "L: is the ledger; name another file for the links" },
  { "issue F E --ledger N --write-back N", "N: is the ledger; name another file for the links" },
  { "issue F E --ledger N --write-back F", "F: is the flow itself; name another file for the links" },
  { "issue F E --ledger E", "E: is the export itself; name another file for the ledger" },
  { "issue F O E --ledger E", "E: is the export itself; name another file for the ledger" },
  { "issue F E --ledger N --previous O --write-back O",
    "O: is the export itself; name another file for the links" },
  { "check F E --bodies E", "E: is the export itself; name another file for the bodies" },
  { "check F E --bodies F", "F: is the flow itself; name another file for the bodies" },
  { "check F E --ledger L --bodies L", "L: is the ledger; name another file for the bodies" },
  { "check F E --previous O --bodies O", "O: is the export itself; name another file for the bodies" },
  { "check F E --ledger E", "E: is the export itself; name another file for the ledger" },
  { "adopt F E --ledger E", "E: is the export itself; name another file for the ledger" },
  { "report --names F E --ledger L -o E",
    "E: is the export itself; name another file for the report" },
  { "report --ledger L -o L", "L: is the ledger; name another file for the report" },
  { "report --ledger L -o L-wal", "L-wal: is the ledger; name another file for the report" },
  { "init E -o E", "E is there already; name another file with -o, or move it away" },
}

local function made()
  local paths = { E = sandbox.export(3), O = sandbox.export(2), L = files.path ".db",
    N = files.path ".db", F = files.write(([[return require("sertifier").flow {
      campaign = %q, map = { name = "{!FirstName}", email = "{!Email}" } }]])
      :format(sandbox.campaign), ".lua") }
  assert(ledgers.open(paths.L)):close()
  return paths
end

local function bytes(paths)
  local all = {}
  for name, path in pairs(paths) do all[name] = files.read(path) end
  return all
end

local function filled(text, paths)
  return (text:gsub("%f[%w][EFLNO]%f[%W]", paths))
end

describe("an output", function()
  after_each(sandbox.stop)

  it("is refused where it names what is read or kept, and nothing is touched", function()
    local environment, paths = commands.environment(sandbox.start()), made()
    local before = bytes(paths)
    for _, case in ipairs(cases) do
      local words = {}
      for word in filled(case[1], paths):gmatch "%S+" do words[#words + 1] = word end
      local status, out, err = commands.run(words, environment)
      assert.same({ 1, "", ("sertifier: %s\n"):format(filled(case[2], paths)) }, { status, out, err },
        case[1])
      assert.same(before, bytes(paths), case[1])
    end
    assert.equal(0, sandbox.record().adds)
  end)

  it("is known by whatever name it has, there already or not", function()
    local export, link, place = files.write "", files.path(), files.path()
    assert(os.execute(("ln -s %s %s; mkdir %s"):format(export, link, place)))
    assert.equal(link .. ": is the export itself; name another file for the links",
      outputs.fault(link, "the links", { export }))
    assert.equal(place .. "/./new: is the ledger; name another file for the links",
      outputs.fault(place .. "/./new", "the links", {}, { name = place .. "/new" }))
    assert.is_nil(outputs.fault(place .. "/new", "the links", { export, print }, place .. "/old"))
    assert.is_nil(outputs.fault("-", "the links", { "-" }, "postgres://user@localhost/sertifier"))
    assert.is_nil(outputs.fault(nil, "the links", { export }))
    os.execute("rmdir " .. place)
  end)

  it("is known by what the system numbers files by, to the last digit", function()
    local pipe = assert(io.popen "stat -L -c %d:%i LICENSE")
    assert.equal(pipe:read "*l", core.file_id "LICENSE")
    pipe:close()
  end)

  it("is refused by the library, too", function()
    local export = sandbox.export(1)
    local declared = flow { campaign = sandbox.campaign, map = { name = "{!FirstName}" } }
    local refused = { n = 3, nil, export .. ": is the export itself; name another file for the links",
      "usage" }
    local function pack(...) return { n = select("#", ...), ... } end
    assert.same(refused, pack(declared:run { export = export, write_back = export }))
    refused[2] = refused[2]:gsub("links", "ledger")
    assert.same(refused, pack(declared:run { export = export, ledger = export }))
    assert.same(refused, pack(declared:check { export = export, ledger = export }))
  end)
end)
