--- The pages in docs/: their blocks are run, and their links lead somewhere.

local cjson = require "cjson"
local files = require "spec.support.files"
local pages = require "spec.support.pages"
local server = require "sertifier.sandbox_server"

--- The org that the pages speak of.
local function start_org()
  return assert(server.start { key = pages.key, org = { contacts = 30, client_id = "app",
    client_secret = "secret" } })
end

--- The pages in the order in which the first of them lists them.
local function names()
  local list = { "README.md" }
  for name in files.read("docs/README.md"):gmatch "\n%d+%. %[[^%]]+%]%((%w+%.md)%)" do
    list[#list + 1] = name
  end
  return list
end

-- ---- what is done with a block of each kind ----

local try = {}

--- Commands with what they print.
try[""] = function(text, environment)
  for _, said in ipairs(pages.dialogue(text)) do
    assert.equal(said[2], (pages.run(environment, said[1])), said[1])
  end
end

--- Commands that work; 2 is what the example export's invalid records end with.
function try.sh(text, environment)
  for command in text:gsub("\\\n%s*", ""):gmatch "[^\n]+" do
    local printed, status = pages.run(environment, command)
    assert.truthy(status == 0 or status == 2, command .. ": " .. printed)
  end
end

local fragment = 'return require("sertifier").flow { campaign = "a-campaign", %s }'

--- A file that later blocks use, or some properties of a flow, which the example export can fill.
function try.lua(text, _, place)
  local name = text:match "^%-%- ([%w-]+%.lua)\n"
  if name then
    local file = assert(io.open(place .. "/" .. name, "w"))
    file:write(text, "\n")
    file:close()
    return assert((loadstring or load)(text))
  end
  local flow = assert((loadstring or load)(fragment:format(text:gsub("\n%s*%-%-[^\n]*", "") .. "\n")))()
  local findings = assert(flow:check { export = "examples/contacts.csv", first_run = "issue" })
  assert.truthy(findings.would_issue > 0, text)
end

function try.json(text)
  assert.equal("table", type(cjson.decode(text)))
end

--- Lines of the configuration that a spec of its own starts.
function try.nginx(text)
  local whole = files.read "examples/nginx/nginx.conf"
  for line in text:gmatch "[^\n]+" do
    assert.truthy(whole:find(line:match "^%s*(.-)%s*$", 1, true), line)
  end
end

-- ---- links ----

--- The anchors of a page's headings, as GitHub makes them.
local function anchors(text)
  local found = {}
  for heading in ("\n" .. text:gsub("\n```.-\n```", "")):gmatch "\n#+ ([^\n]+)" do
    found[heading:lower():gsub("[^%w _-]", ""):gsub(" ", "-")] = true
  end
  return found
end

--- Why a link leads nowhere; nil where it does.
local function fault_of(link, directory, text)
  local path, anchor = link:match "^([^#]*)#?(.*)$"
  if path ~= "" then text = files.read(directory .. path) end
  if not text and not path:find "/$" then return link .. ": no such file" end
  if anchor ~= "" and not anchors(text)[anchor] then return link .. ": no such heading" end
end

local function faults(name)
  local list, text = {}, files.read(name)
  for link in text:gmatch "%]%(([^)%s]+)%)" do
    if not link:find "^https://" then
      list[#list + 1] = fault_of(link, name:match "^(.-)[^/]*$", text)
    end
  end
  return list
end

describe("a page of docs/", function()
  local sandbox, org

  setup(function()
    org = start_org()
    sandbox = assert(server.start { campaigns = { pages.campaign }, key = pages.key })
  end)
  teardown(function()
    org:stop()
    sandbox:stop()
  end)
  after_each(function()
    org:reset()
    sandbox:reset()
    files.remove()
  end)

  for _, name in ipairs(names()) do
    it("shows what is so: " .. name, function()
      local place, environment = pages.place(sandbox.url)
      environment = ("%s SALESFORCE_URL=%s SALESFORCE_CLIENT_ID=app SALESFORCE_CLIENT_SECRET=secret")
        :format(environment, org.url)
      for _, block in ipairs(pages.blocks(files.read("docs/" .. name))) do
        assert.truthy(try[block.kind], block.kind .. ": no such kind of block")
        try[block.kind](block.text, environment, place)
      end
      os.execute("rm -rf " .. place)
    end)
  end

  it("is listed by the first of them", function()
    local listed = {}
    for _, name in ipairs(names()) do listed[name] = true end
    local pipe = io.popen "ls docs/*.md"
    for path in pipe:lines() do assert.truthy(listed[path:match "[^/]+$"], path) end
    pipe:close()
  end)

  it("ends with the way to the next", function()
    local list = names()
    for i = 2, #list - 1 do -- the first lists them all
      local ending = files.read("docs/" .. list[i]):match "\nNext: ([^\n]+)\n$" or ""
      assert.truthy(ending:find("](" .. list[i + 1] .. ")", 1, true), list[i])
    end
  end)

  it("has links that lead somewhere, as the README has", function()
    assert.same({}, faults "README.md")
    for _, name in ipairs(names()) do assert.same({}, faults("docs/" .. name)) end
  end)

  it("names only specs that there are", function()
    for _, name in ipairs(names()) do
      for spec in files.read("docs/" .. name):gmatch "`(spec/[%w_/]+%.lua)`" do
        assert.truthy(files.read(spec), spec)
      end
    end
  end)
end)
