--- The native scanner: what is a row, and what is at fault.

local core = require "sertifier.core"
local files = require "spec.support.files"
local rows = require "spec.support.rows"

describe("csv", function()
  local sound = {
    { "plain cells", "a,b\n1,2\n3,4\n", { { "1", "2" }, { "3", "4" } } },
    { "no line break at the end", "a,b\n1,2", { { "1", "2" } } },
    { "CRLF", "a,b\r\n1,2\r\n", { { "1", "2" } } },
    { "CRLF behind a quote", 'a,b\r\n"1","2"\r\n"3","4"', { { "1", "2" }, { "3", "4" } } },
    { "a CR at the very end", 'a\n"1"\r', { { "1" } } },
    { "a byte order mark", '\239\187\191"a","b"\n1,2\n', { { "1", "2" } } },
    { "quoted cells", 'a,b\n"1","2"\n', { { "1", "2" } } },
    { "doubled quotes", 'a,b\n"say ""hi""","""x"""\n', { { 'say "hi"', '"x"' } } },
    { "nothing but quotes", 'a,b\n"""","1"\n', { { '"', "1" } } },
    { "delimiters and breaks in a cell", 'a,b\n"1,\n2","x\r\ny"\n', { { "1,\n2", "x\r\ny" } } },
    { "empty cells", 'a,b,c\n,"",\n', { { "", "", "" } } },
    { "empty lines", "a,b\n\n1,2\n\r\n3,4\n\n", { { "1", "2" }, { "3", "4" } } },
    { "a lone CR in a cell", "a,b\n1\r2,3\n", { { "1\r2", "3" } } },
    { "many scripts", 'a,b\n"Ζωή","王小明"\n', { { "Ζωή", "王小明" } } },
    { "a header alone", "a,b\n", {} },
  }
  for _, case in ipairs(sound) do
    it("reads " .. case[1], function()
      local all = assert(rows(case[2]))
      assert.same(case[3], all.rows)
      assert.same({}, all.problems)
    end)
  end

  local faults = {
    { "too few cells", "a,b\n1\n2,3\n", { { "2", "3" } },
      { "2: has 1 cells where the header has 2" } },
    { "too many cells", "a,b\n1,2,3\n2,3\n", { { "2", "3" } },
      { "2: has 3 cells where the header has 2" } },
    { "a quote inside a cell", 'a,b\n1,x"y\n2,3\n', { { "2", "3" } },
      { "2: b has a quote in the wrong place" } },
    { "text behind a quote", 'a,b\n"1"x,2\n2,3\n', { { "2", "3" } },
      { "2: a has a quote in the wrong place" } },
    { "blanks before a quote", 'a,b\n1, "2"\n2,3\n', { { "2", "3" } },
      { "2: b has a quote in the wrong place" } },
    { "an unclosed quote among quoted rows", 'a,b\n"1,2\n"2","3"\n"4","5"\n',
      { { "2", "3" }, { "4", "5" } }, { "2: a has a quote in the wrong place" } },
    { "an unclosed quote among bare rows", 'a,b\n1,"2\n2,3\n4,5\n', { { "2", "3" }, { "4", "5" } },
      { "2: b opens a quote that is never closed" } },
    { "a file cut in a cell", 'a,b\n1,2\n3,"4', { { "1", "2" } },
      { "3: b opens a quote that is never closed" } },
    { "a file cut in a row", "a,b\n1,2\n3", { { "1", "2" } },
      { "3: has 1 cells where the header has 2" } },
    { "invalid UTF-8", "a,b\n1,caf\233\n2,3\n", { { "2", "3" } },
      { "2: cell 2 holds bytes that are not valid UTF-8" } },
    { "a NUL", "a,b\n1,x\0y\n2,3\n", { { "2", "3" } },
      { "2: cell 2 holds bytes that are not valid UTF-8" } },
  }
  for _, case in ipairs(faults) do
    it("tells " .. case[1] .. ", and loses no other row", function()
      local all = assert(rows(case[2]))
      assert.same(case[3], all.rows)
      assert.same(case[4], all.problems)
    end)
  end

  local refused = {
    { "an empty file", "", "is empty: an export starts with a header" },
    { "only a byte order mark", "\239\187\191", "is empty: an export starts with a header" },
    { "a binary file", "\127ELF\2\1\1\0\0\0\n\0",
      "is not CSV in UTF-8: the header holds other bytes" },
    { "a header in UTF-16", "\255\254a\0,\0b\0\n\0",
      "is not CSV in UTF-8: the header holds other bytes" },
    { "a broken header", 'a,"b\n1,2\n', "opens a quote that is never closed" },
    { "a header without end", ("a,"):rep(3000) .. "b\n", "has more columns than any export" },
  }
  for _, case in ipairs(refused) do
    it("refuses " .. case[1], function()
      assert.same({ nil, case[3] }, { rows(case[2]) })
    end)
  end

  it("refuses what is no file", function()
    assert.same({ nil, "No such file or directory", "export" }, { core.source "/no/such/file" })
    assert.same({ nil, "is a directory, not an export", "export" }, { core.source "/tmp" })
  end)

  it("counts lines as an editor does", function()
    local all = assert(rows 'a,b\n1,"x\ny\nz"\n2,3\n\n4,5\n')
    assert.same({ 2, 5, 7 }, all.lines)
  end)

  it("reads rows of every length around a block and a stretch", function()
    for _, length in ipairs { 1, 62, 63, 64, 65, 127, 128, 32766, 32767, 32768, 65536, 300000 } do
      local cell = ("x"):rep(length)
      local all = assert(rows(("a,b\n%s,1\n\"%s\",2\n3,4\n"):format(cell, cell)))
      assert.same({ { cell, "1" }, { cell, "2" }, { "3", "4" } }, all.rows)
    end
  end)

  it("passes over a line that is too long, and reads on", function()
    local long = ("x"):rep(5 * 1024 * 1024)
    local all = assert(rows("a,b\n1,2\n" .. long .. ",2\n3,4\n"))
    assert.same({ { "1", "2" }, { "3", "4" } }, all.rows)
    assert.same({ "3: a is longer than 4 MiB" }, all.problems)
  end)

  it("reads many rows, each once and in order", function()
    local text, wanted = { "n,text\n" }, {}
    for n = 1, 20000 do
      local cell = ("%d \"%s\""):format(n, ("é"):rep(n % 50))
      text[#text + 1] = ('%d,"%s"\n'):format(n, cell:gsub('"', '""'))
      wanted[n] = { tostring(n), cell }
    end
    assert.same(wanted, assert(rows(table.concat(text))).rows)
  end)

  it("reads a file, with a thread that looks ahead, as it reads a pipe, without", function()
    math.randomseed(11)
    local pieces = { '1,2\n', '"a","b"\n', '"x\ny","z""z"\n', '"",\r\n', '\n', 'é,"ü,ö"\n' }
    local broken = { '1\n', '"a"b,c\n', 'a,"b\n', '1,2,3\n', '\255,1\n' }
    local longs = { ('"%s",1\n'):format(("x"):rep(300000)), ("y"):rep(90000) .. ",2\n" }
    for round = 1, 12 do
      local text = { "a,b\n" }
      for i = 2, 60000 do
        local draw = math.random(4000)
        text[i] = draw == 1 and round > 4 and broken[math.random(#broken)]
          or draw == 2 and round > 8 and longs[math.random(#longs)] or pieces[math.random(#pieces)]
      end
      text = table.concat(text)
      local file, pipe = assert(rows(text)), assert(rows(text, true))
      assert.equal(#pipe.rows, #file.rows)
      assert.same(pipe.problems, file.problems)
      for i = 1, #pipe.rows do
        local a, b = pipe.rows[i], file.rows[i]
        if a[1] ~= b[1] or a[2] ~= b[2] or pipe.lines[i] ~= file.lines[i] then
          error(("row %d differs in round %d"):format(i, round))
        end
      end
    end
  end)

  it("takes closing twice, and tells a closed reader at the caller's line", function()
    local reader = assert(core.reader(core.source(files.write "a\n1\n")))
    reader:close()
    reader:close()
    assert.error_matches(function() reader:columns() end, "the reader is closed")
    files.remove()
  end)

  it("takes a list of columns to prove, and nothing else", function()
    local reader = assert(core.reader(core.source_of "a\n1\n"))
    assert.error_matches(function() reader:prove("a", "d") end, "table expected")
    assert.error_matches(function() reader:prove({ 2 }, "d") end, "no such column")
  end)
end)
