--- The links as CSV: what a cell and a row look like, and that each row is there, in its order.

local core = require "sertifier.core"
local files = require "spec.support.files"
local template = require "sertifier.template"
local writeback = require "sertifier.writeback"

local function open(path, fields)
  local parts = {}
  for field, text in pairs(fields) do parts[field] = assert(template.parse(text)) end
  return assert(writeback.open(path, parts))
end

local function link(n)
  return { id = "c" .. n, verificationLink = "https://verify.example/" .. n }
end

describe("a row", function()
  it("has quotes where a cell needs them, and nowhere else", function()
    local cells = { "plain", "", "a,b", 'say "yes"', '"', "two\nlines", "\r", "Zoë;\t'x'", "n\0ul" }
    local kept = { (table.unpack or unpack)(cells) }
    assert.equal('plain,,"a,b","say ""yes""","""","two\nlines","\r",Zoë;\t\'x\',"n\0ul"\n',
      writeback.line(cells))
    assert.same(kept, cells)
  end)

  it("may be of one cell, and as long as it comes", function()
    local long = ("ab,"):rep(20000)
    assert.equal('"' .. long .. '"\n', writeback.line { long })
    assert.equal("Id\n", writeback.line { "Id" })
  end)

  it("is made of texts", function()
    for _, cells in ipairs { { 1 }, { "a", false }, { {} } } do
      assert.has_error(function() writeback.line(cells) end)
    end
    assert.has_error(function() core.csv_text("a", 1) end)
    assert.has_error(function() core.csv_text({ "a" }, 0) end)
    assert.has_error(function() core.csv_text({ "a" }, 1, 2) end)
  end)
end)

describe("the links", function()
  local path
  before_each(function() path = files.path ".csv" end)

  it("are all there, in their order, however many they are", function()
    for _, count in ipairs { 0, 1, 99, 100, 101, 350 } do
      local file, lines = open(path, { Link__c = "{!verificationLink}" }), { "Id,Link__c\n" }
      for n = 1, count do
        assert(file:add("id" .. n, link(n)))
        lines[n + 1] = ("id%d,https://verify.example/%d\n"):format(n, n)
      end
      assert(file:close())
      assert.equal(table.concat(lines), files.read(path))
    end
  end)

  it("do not stand in their place where a row may be missing", function()
    local file = open(path, { Link__c = "{!verificationLink}" })
    local disk = file.file.file
    file.file.file = assert(io.open("/dev/full", "wb"))
    file.file.file:setvbuf "no"
    local ok, message, code = true, nil, nil
    for n = 1, 1000 do
      if ok then ok, message, code = file:add("id" .. n, link(n)) end
    end
    local said = path .. ": cannot write the links: No space left on device"
    assert.same({ nil, said, "io" }, { ok, message, code })
    file.file.file = disk -- there is room again
    assert.same({ nil, said, "io" }, { file:close() })
    assert.is_nil(files.read(path))
    os.remove(file.file.place)
  end)

  it("leave out a record without an Id, and one of which Sertifier named nothing", function()
    local file = open(path, { B__c = "{!id}: {!verificationLink}", A__c = "{!id}", C__c = "{!status}" })
    file:add("id1", link(1))
    file:add("", link(2))
    file:add("id4", { id = "c4", status = 1 })
    file:close()
    assert.equal("Id,A__c,B__c,C__c\nid1,c1,c1: https://verify.example/1,\nid4,c4,c4: ,1\n",
      files.read(path))
    file = open(path, { A__c = "{!id}", B__c = "{!verificationLink}" })
    file:add("id1", {})
    file:add("id2", link(2))
    file:close()
    assert.equal("Id,A__c,B__c\nid2,c2,https://verify.example/2\n", files.read(path))
  end)
end)
