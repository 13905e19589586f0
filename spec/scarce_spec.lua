--- Memory that ends in the core, or in libcurl: a run stops, and says nothing of a record that is not so.

local cjson = require "cjson"
local core = require "sertifier.core"
local files = require "spec.support.files"
local sandbox = require "spec.support.sandbox"

local lua = os.getenv "SPEC_LUA" or "lua5.4"

local flow = [[return require "sertifier".flow {
  campaign = "campaign-1", once_per = "{!Key__c}",
  when = "Score__c > 5 AND Done__c > 2000-01-01",
  map = { name = "{!LastName}", email = "{!Email}", issueDate = "{!Done__c}",
    externalId = "{!UPPER(LastName) & TEXT(Score__c)}" },
}]]

local function csv()
  local lines = { "LastName,Email,Done__c,Score__c,Key__c" }
  for n = 1, 60 do
    lines[n + 1] = ('"Lee ""%d""",a%d@example.com,%02d/%02d/2023,"1.234,%02d",Y%d')
      :format(n, n, n % 12 + 1, n % 28 + 1, n, n)
  end
  return table.concat(lines, "\n") .. "\n\nTotal,,,,\nCopyright (c) 2000-2024 salesforce.com,,,,\n"
end

local function json()
  local list = {}
  for n = 1, 60 do
    list[n] = { LastName = ('Lee "%d"'):format(n), Email = n .. "@example.com",
      Done__c = ("2023-01-%02d"):format(n % 28 + 1), Score__c = n + 0.5, Key__c = "Y" .. n }
  end
  return cjson.encode(list)
end

--- What `check` says of an export while the core's n-th allocation fails, and its exit status.
local function checked(export, flow_file, n)
  local out = files.path()
  os.execute(("LD_PRELOAD=build/prove/scarce.so SCARCE_IN=core.so SCARCE=%d %s bin/sertifier"
    .. " check %s %s --json >%s 2>/dev/null; echo $? >>%s"):format(n, lua, flow_file, export, out,
    out))
  local said, status = files.read(out):match "^(.-)(%d+)\n$"
  return (said:gsub('"seconds":[%d.]+', "")), tonumber(status)
end

describe("memory that ends in the core", function()
  after_each(files.remove)

  for format, text in pairs { csv = csv(), json = json() } do
    it("stops the check of an export in " .. format, function()
      local export, flow_file = files.write(text, "." .. format), files.write(flow, ".lua")
      local whole, status = checked(export, flow_file, 0)
      assert.equal(0, status)
      local n, stopped, sound = 0, 0, 0
      repeat -- until there are no more of them
        n = n + 1
        local said, ended = checked(export, flow_file, n)
        stopped, sound = stopped + ended, ended == 0 and sound + 1 or 0
        assert.equal(whole:sub(1, ended == 0 and -1 or #said), said, "allocation " .. n)
      until sound == 8
      assert.truthy(stopped > 60, stopped)
    end)
  end
end)

local asking = [[
  local client = assert(require("sertifier.http").client { url = arg[1], key_file = arg[2] })
  client:submit("DELETE", "/x")
  client:poll(1)
]]

describe("memory that ends in libcurl", function()
  it("makes no other request of one", function()
    local log, script = files.write "", files.write(asking, ".lua")
    local server = io.popen("env -u LUA_PATH -u LUA_CPATH lua5.4 spec/support/tcp_server.lua " .. log
      .. " large 2", "w")
    while not files.read(log):find "\n" do core.sleep(0.01) end
    local port = files.read(log):match "^%d+"
    for n = 1, 70 do
      os.execute(("LD_PRELOAD=build/prove/scarce.so SCARCE_IN=libcurl SCARCE=%d %s %s"
        .. " http://127.0.0.1:%s %s >/dev/null 2>&1"):format(n, lua, script, port,
        sandbox.key_file()))
    end
    server:close()
    local _, asked = files.read(log):gsub("\nDELETE /x ", "")
    assert.truthy(asked > 0)
    assert.equal(asked, select(2, files.read(log):gsub("\n%u", "")))
    files.remove()
  end)
end)
