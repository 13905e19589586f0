--- Exports in CSV as each of Salesforce's tools writes them; the people are invented.

local check = require "spec.support.exported"
local files = require "spec.support.files"

local ids = { "003Qz000004TmAaIAK", "003Qz000004TmAbIAK" }

local function quoted(rows, ending)
  local lines = {}
  for i, row in ipairs(rows) do lines[i] = '"' .. table.concat(row, '","') .. '"' end
  return table.concat(lines, ending or "\n") .. (ending or "\n")
end

local function rows_of(header)
  return { header, { ids[1], "Muster", "ada@example.com" }, { ids[2], "Zoé", "zoe@example.com" } }
end

local mark = "\239\187\191"
local plain = rows_of { "Id", "LastName", "Email" }
local bare = ("Id,LastName,Email\n%s,Muster,ada@example.com\n%s,Zoé,zoe@example.com\n")
  :format(ids[1], ids[2])

local wide = { -- by iconv
  ["UTF-16LE"] = function(text) return (text:gsub(".", "%0\0"):gsub("\195%z\169%z", "\233\0")) end,
  ["UTF-16BE"] = function(text) return (text:gsub(".", "\0%0"):gsub("%z\195%z\169", "\0\233")) end,
}

describe("an export in CSV", function()
  after_each(files.remove)

  local written = {
    { "Data Loader, v63 and later", mark .. quoted(plain),
      "Data Loader CSV, UTF-8 with BOM, comma, 3 columns" },
    { "Data Loader on Windows", mark .. quoted(plain, "\r\n"),
      "Data Loader CSV, UTF-8 with BOM, comma, 3 columns" },
    { "Data Loader, up to v60", quoted(rows_of { "ID", "LASTNAME", "EMAIL" }),
      "Data Loader CSV, UTF-8, comma, 3 columns" },
    { "Bulk API 2.0", quoted(plain), "Bulk API CSV, UTF-8, comma, 3 columns" },
    { "a Bulk API 2.0 ingest", quoted(rows_of { "sf__Id", "LastName", "Email" }),
      "Bulk API CSV, UTF-8, comma, 3 columns" },
    { "sf data query", bare, "sf data query CSV, UTF-8, comma, 3 columns" },
    { "sf data export bulk, by carets", bare:gsub(",", "^"),
      "sf data query CSV, UTF-8, caret, 3 columns" },
    { "a query with tabs", bare:gsub(",", "\t"), "sf data query CSV, UTF-8, tab, 3 columns" },
    { "a query with backquotes", bare:gsub(",", "`"),
      "sf data query CSV, UTF-8, backquote, 3 columns" },
    { "UTF-16 with a mark", "\255\254" .. wide["UTF-16LE"](bare),
      "sf data query CSV, UTF-16LE with BOM, comma, 3 columns" },
    { "UTF-16, the other way", "\254\255" .. wide["UTF-16BE"](bare),
      "sf data query CSV, UTF-16BE with BOM, comma, 3 columns" },
    { "UTF-16 with Data Loader's wrong mark", "\254\255" .. wide["UTF-16LE"](bare),
      "sf data query CSV, UTF-16LE with BOM, comma, 3 columns" },
    { "UTF-16 without a mark", wide["UTF-16BE"](bare),
      "sf data query CSV, UTF-16BE, comma, 3 columns" },
  }
  for _, case in ipairs(written) do
    it("is read as written by " .. case[1], function()
      local found = assert(check(case[2]))
      assert.equal(case[3], found.description)
      assert.same({ "Muster", "Zoé" }, { found.bodies[1].name, found.bodies[2].name })
      assert.equal("ada@example.com", found.bodies[1].email)
      assert.same({ {}, {}, 2 }, { found.left_out, found.warnings, #found.bodies })
    end)
  end

  it("is read as Salesforce Inspector writes it", function()
    local found = assert(check(('"_","Id","LastName","Email","Account"\n"[Contact]","%s","Muster",'
      .. '"ada@example.com","[Account]"\n'):format(ids[1])))
    assert.equal("Salesforce Inspector CSV, UTF-8, comma, 5 columns", found.description)
    assert.equal("Muster", found.bodies[1].name)
  end)

  it("is read as a success file, whose last ID is the record's", function()
    local found = assert(check(quoted {
      { "ID", "LASTNAME", "EMAIL", "ID", "STATUS" },
      { "", "Muster", "ada@example.com", ids[1], "Item Created" } },
      { map = { name = "{!LastName}", email = "{!Email}", externalId = "{!Id}" } }))
    assert.equal("Data Loader CSV, UTF-8, comma, 5 columns", found.description)
    assert.equal(ids[1], found.bodies[1].externalId)
  end)

  it("is read as an error file of Data Loader's: what was refused then is issued now", function()
    local found = assert(check(quoted {
      { "ID", "LASTNAME", "EMAIL", "ERROR" },
      { ids[1], "Muster", "ada@example.com", 'Email: ""x"" is, for now, in use' } }))
    assert.equal("Data Loader CSV, UTF-8, comma, 4 columns", found.description)
    assert.equal("Muster", found.bodies[1].name)
  end)

  it("is read as the results of a Bulk API 1.0 batch, whose refused rows have no Id", function()
    local found = assert(check(quoted { { "Id", "Success", "Created", "Error" },
      { ids[1], "true", "true", "" },
      { "", "false", "false", "REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --" },
      { ids[2], "true", "false", "" } },
      { map = { name = "Member {!Id}", externalId = "{!Id}" }, when = "Success = TRUE" }))
    assert.equal("Bulk API CSV, UTF-8, comma, 4 columns", found.description)
    assert.same({ ids[1], "skipped", ids[2] }, { found.bodies[1].externalId,
      found.bodies[2].outcome, found.bodies[3].externalId })
  end)

  it("is read as the failed results of a Bulk API 2.0 job, which quotes its own names only",
    function()
      local found = assert(check(('"sf__Id","sf__Error",Id,LastName,Email\n"%s",'
        .. '"UNABLE_TO_LOCK_ROW:unable to obtain exclusive access:--",%s,Muster,ada@example.com\n')
        :format(ids[1], ids[1])))
      assert.equal("Bulk API CSV, UTF-8, comma, 5 columns", found.description)
      assert.equal("Muster", found.bodies[1].name)
    end)

  it("keeps the text null, which may be a name: old versions of sfdx wrote it for what is empty",
    function()
      local found = assert(check("Id,LastName,Email\n" .. ids[1] .. ",null,null\n"
        .. ids[2] .. ",Null,null@example.com\n"))
      assert.same({ "invalid", "Null" }, { found.bodies[1].outcome, found.bodies[2].name })
    end)

  it("may be pages that were joined: their headers are left out, and counted", function()
    local found = assert(check(quoted(plain):rep(3)))
    assert.same({ 6, { "2 headers of further pages" } },
      { #found.bodies, found.left_out })
  end)

  local encoded = {
    { "iso-8859-1", "Zo\233", "Zoé" }, { "Windows-1252", "\128 \147x\148", "€ “x”" },
    { "Japanese (Windows)", "\137\164\149\182\150\190", "王文明" },
    { "Shift_JIS", "\137\164\149\182\150\190", "王文明" }, { "GB18030", "\205\245\195\247", "王明" },
    { "GB2312", "\205\245\195\247", "王明" }, { "Big5", "\164\253\169\250", "王明" },
    { "Korean", "\177\232", "김" }, { "utf-16", "\178\201", "즲", wide = true },
  }
  for _, case in ipairs(encoded) do
    it("is read in " .. case[1], function()
      local text = ("Id,LastName,Email\n%s,@,a@example.com\n"):format(ids[1])
      if case.wide then text = wide["UTF-16LE"](text):gsub("@%z", "%%s", 1) end
      if not case.wide then text = text:gsub("@", "%%s", 1) end
      local found = assert(check(text:format(case[2]), { encoding = case[1] }))
      assert.equal(case[3], found.bodies[1].name)
    end)
  end

  -- The first and the last character of one, two, three and four bytes in UTF-8, and what stands
  -- beside the halves of pairs.
  local edges = {
    { "\127", 0x7F }, { "\194\128", 0x80 }, { "\223\191", 0x7FF }, { "\224\160\128", 0x800 },
    { "\237\159\191", 0xD7FF }, { "\238\128\128", 0xE000 }, { "\239\191\189", 0xFFFD },
    { "\240\144\128\128", 0xD800, 0xDC00 }, { "\244\143\191\191", 0xDBFF, 0xDFFF },
  }
  for order in pairs(wide) do
    it("holds every kind of character in " .. order, function()
      local name, units = {}, {}
      for _, edge in ipairs(edges) do
        name[#name + 1] = edge[1]
        for i = 2, #edge do
          local high, low = math.floor(edge[i] / 256), edge[i] % 256
          units[#units + 1] = order == "UTF-16LE" and string.char(low, high) or string.char(high, low)
        end
      end
      local before, behind = wide[order]("Id,LastName,Email\n" .. ids[1] .. ",Ada "),
        wide[order](",ada@example.com\n")
      local found = assert(check(before .. table.concat(units) .. behind, { encoding = order }))
      assert.equal("Ada " .. table.concat(name), found.bodies[1].name)
    end)
  end

  it("keeps the order where an encoding puts letters together, wherever they stand", function()
    local lines, names = { "Id,LastName,Email" }, {}
    for n = 1, 17 do
      lines[n + 1] = ("0035g%010d,\249\209%s\249z,a@example.com"):format(n, ("x"):rep(n))
      names[n] = "\239\172\170" .. ("x"):rep(n) .. "\215\169z"
    end
    local found = assert(check(table.concat(lines, "\n") .. "\n", { encoding = "windows-1255" }))
    for n = 1, 17 do assert.equal(names[n], found.bodies[n].name) end
  end)

  it("names bytes that are not of its encoding, and loses no other record", function()
    local found = assert(check((bare:gsub("Zoé", "Zo\233"))))
    assert.same({ line = 3, outcome = "invalid", what = {
      "name (from LastName) holds bytes that are not valid UTF-8",
      "byte 82 of the file is 0xE9, which is not UTF-8; likely windows-1252: say --encoding",
    } }, found.bodies[2])
    found = assert(check((bare:gsub("Zoé", "Zo\129")), { encoding = "windows-1252" }))
    assert.same({ "name (from LastName) holds bytes that are not valid UTF-8",
      "it is not windows-1252: say --encoding" }, found.bodies[2].what)
    assert.equal("Muster", found.bodies[1].name)
  end)

  it("is read in UTF-16, where that is said, in the order that it is in", function()
    for order, own in pairs { ["UTF-16LE"] = "\255\254", ["UTF-16BE"] = "\254\255" } do
      for _, name in ipairs { "utf-16", "UTF16", "Unicode" } do
        local found = assert(check(own .. wide[order](bare), { encoding = name }))
        assert.equal("sf data query CSV, " .. order .. " with BOM, comma, 3 columns", found.description)
        assert.equal("Zoé", found.bodies[2].name)
      end
    end
  end)

  it("tells an encoding that is not known", function()
    assert.same({ nil, "klingon is an encoding that this system does not know", "export" },
      { check(bare, { encoding = "klingon" }) })
  end)

  it("is not asked about a column without a name, such as a spreadsheet's sep=, makes", function()
    assert.same({ nil, "the flow reads fields that the export lacks: Id, N", "export" },
      { check("sep=,\nId,N\n" .. ids[1] .. ",Muster\n", { map = { name = "{!N}" } }) })
  end)

  it("is read as it is said to be", function()
    local found = assert(check("Id;LastName,x;Email\n" .. ids[1] .. ";A,B;a@example.com\n",
      { delimiter = "semicolon", format = "report", map = { name = "{!Id}", email = "{!Email}" } }))
    assert.equal("report CSV, UTF-8, semicolon, 3 columns", found.description)
  end)
end)

describe("a report", function()
  after_each(files.remove)

  local labels = { "Contact ID", "Name", "E-Mail", "Day", "Name" }
  local map = { name = "{!Name}", email = "{!E-Mail}", externalId = "{!Id}", issueDate = "{!Day}" }
  map.name, map.email = "{!Day}", nil

  local function report(days, footer)
    local rows = { labels }
    for i, day in ipairs(days) do
      rows[#rows + 1] = { ("003Qz000004TmA%c"):format(96 + i), "Muster", "a@example.com", day, "x" }
    end
    return quoted(rows) .. (footer or "")
  end

  local footer = [["Grand Totals (2 records)","","","1","2"


"Completions"
"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."
"Confidential Information - Do Not Distribute"
"Generated By:  Ada Muster  26/07/2026 09:24"
"Muster GmbH"
]]

  it("loses its footer, which is counted, and nothing else", function()
    for _, text in ipairs { footer, (footer:gsub('"\n', '",,,,\n'):gsub("\n\n", "\n,,,,\n,,,,\n")) } do
      local found = assert(check(report({ "26/07/2026", "3/7/2026" }, text), { map = map }))
      assert.equal("report CSV, UTF-8, comma, 5 columns", found.description)
      assert.equal(2, #found.bodies)
      assert.truthy(found.left_out[1]:find "^%d rows of the report's footer$")
    end
  end)

  it("loses a footer of one row", function()
    local found = assert(check(report({ "26/07/2026" }, '"Grand Totals (1 records)","","","1","2"\n'),
      { map = map }))
    assert.same({ 1, { "1 row of the report's footer" } }, { #found.bodies, found.left_out })
  end)

  it("keeps a row that only looks like a footer", function()
    local lone = '"Muster","","","",""\n'
    local found = assert(check(report({ "26/07/2026" }, lone:rep(20)), { map = map }))
    assert.same({ 21, {} }, { #found.bodies, found.left_out })
    found = assert(check(report({ "26/07/2026" }, lone .. footer), { map = map }))
    assert.same({ 2, "invalid" }, { #found.bodies, found.bodies[2].outcome })
  end)

  it("keeps a record whose first field is called as a total is", function()
    local header = { "Account", "Person", "Contact ID" }
    for _, last in ipairs { { "Total", "Muster", ids[2]:sub(1, 15) }, { "Total", "Muster", ids[2] },
      { "Total (France)", "Muster", "" } } do
      for _, behind in ipairs { "", footer:match "\n(.*)" } do
        local text = quoted { header, { "Acme", "Zoé", ids[1] }, last } .. behind
        local found = assert(check(text, { map = { name = "{!Person}" }, once_per = "{!Person}" }))
        assert.same({ 2, "Muster" }, { #found.bodies, found.bodies[2].name }, last[1])
      end
    end
  end)

  it("has Ids of 15 characters, and dates in its user's order", function()
    local found = assert(check(report { "26/07/2026 09:24", "3/7/2026", "3/7/2026 11:59 PM", "" },
      { map = map }))
    local days = {}
    for i, body in ipairs(found.bodies) do days[i] = body.issueDate or body.outcome end
    assert.same({ "2026-07-26", "2026-07-03", "2026-07-03", "invalid" }, days)
    assert.equal("003Qz000004TmAaIAK", found.bodies[1].externalId)
    found = assert(check(report { "7/26/2026", "3/7/2026", "26/7/2026" }, { map = map }))
    assert.same({ "2026-07-26", "2026-03-07", "invalid" }, { found.bodies[1].issueDate,
      found.bodies[2].issueDate, found.bodies[3].outcome })
  end)

  it("says how to state an order that no value proves", function()
    local text = report { "3/7/2026", "4/7/2026" }
    assert.same({ nil, "no date in Day tells whether the day or the month comes first; "
      .. "say --date-order dmy or mdy", "export" }, { check(text, { map = map }) })
    for order, day in pairs { dmy = "2026-07-03", mdy = "2026-03-07" } do
      local found = assert(check(text, { map = map, date_order = order }))
      assert.equal(day, found.bodies[1].issueDate)
    end
  end)

  --- What becomes of a report's numbers in a condition.
  local function scores(numbers, condition, options)
    local rows = { { "Contact ID", "Full Name", "Score" } }
    for i, number in ipairs(numbers) do
      rows[i + 1] = { ("003Qz000004TmA%c"):format(96 + i), "Muster", number }
    end
    options = options or {}
    options.when, options.map = condition, { name = "{!'Full Name'}" }
    local found, message = check(quoted(rows), options)
    local ends = {}
    for i, body in ipairs(found and found.bodies or {}) do ends[i] = body.outcome or "ready" end
    return message or table.concat(ends, " ")
  end

  it("has numbers as its user's country writes them, as their column proves", function()
    for _, case in ipairs {
      { { "1.234,50", "12", "1.000" }, "Score > 999", "ready skipped ready" },
      { { "1.234", "0,5", "-2.000,0" }, "Score > 1", "ready skipped skipped" },
      { { "1,234.50", "1,234" }, "Score > 1000", "ready ready" },
      { { "1.234.567", "1.234" }, "Score > 1000", "ready ready" },
      { { "1,234,567", "1.234" }, "Score > 1000", "ready skipped" },
      { { "1 234,5", "1\194\160234,5", "1\226\128\175234" }, "Score > 1000", "ready ready ready" },
      { { "1'234.50", "1'234" }, "Score > 1000", "ready ready" },
      { { "EUR 12,00", "EUR 1.012,00" }, "Score > 12", "skipped ready" },
      { { "1234,567", "1.234" }, "Score > 1000", "ready ready" },
      { { "0.123", "1.234" }, "Score > 1000", "skipped skipped" },
      { { "0,5", "1.23,4", "1,2,3", "12.34", "" }, "Score >= 0",
        "ready invalid invalid ready skipped" },
      { { "12", "7" }, "Score > 8", "ready skipped" },
    } do
      assert.equal(case[3], scores(case[1], case[2]), case[1][1])
    end
  end)

  it("whose numbers prove nothing wants to be told of their mark", function()
    assert.truthy(scores({ "1.234" }, "Score > 1000"):find("no number in Score tells whether its mark "
      .. "is that of decimals or of thousands; say --decimal , or --decimal .", 1, true))
    assert.equal("ready", scores({ "1.234" }, "Score > 1000", { decimal = "," }))
    assert.equal("skipped", scores({ "1.234" }, "Score > 1000", { decimal = "." }))
    assert.equal("skipped ready", scores({ "1,234", "2" }, "Score > 1.5", { decimal = "," }))
    assert.equal("ready", scores({ "1.234" }, "Score = 1.234", { format = "data-loader" }))
  end)

  it("from a pipe proves nothing by a value that ends where what was looked at does", function()
    local row, looked_at = ids[1] .. ",%s,%s\n", 64 * 1024
    local text = "Contact ID,Full Name,Score\n" .. row:format("Muster", ""):rep(2000)
    text = text:sub(1, looked_at - 200):match "^.*\n"
    local rest = #row:format("", "1.23") - 1
    text = text .. row:format(("x"):rep(looked_at - #text - rest), "1.234") .. row:format("Ada", "1.234")
    assert.equal("1.23", text:sub(looked_at - 3, looked_at))
    local options = { pipe = true, when = "Score > 1000", map = { name = "{!'Full Name'}" } }
    local bodies = assert(check(text, options)).bodies
    assert.same({ "Score is not a number", "Score is not a number", "skipped" },
      { bodies[#bodies - 1].what[1], bodies[#bodies].what[1], bodies[#bodies - 2].outcome })
    text = "Contact ID,Full Name,Score\n" .. row:format("Ada", "1.234.567"):sub(1, -2)
    assert.equal("Ada", assert(check(text, options)).bodies[1].name)
  end)

  it("wants to be told which of two columns of one name is meant", function()
    assert.same({ nil, "the export has more than one column of this name; say which one, as in "
      .. "{!'Name'#2}: Name", "export" },
      { check(report { "2026-07-26" }, { map = { name = "{!Name}" } }) })
    for number, name in pairs { "Muster", "x" } do
      local found = assert(check(report { "2026-07-26" },
        { map = { name = ("{!'Name'#%d}"):format(number) } }))
      assert.equal(name, found.bodies[1].name)
    end
  end)
end)

describe("an Id", function()
  after_each(files.remove)

  local function read(list)
    local rows = { { "Id", "LastName", "Email" } }
    for i, id in ipairs(list) do rows[i + 1] = { id, "Muster", "a@example.com" } end
    local found = assert(check(quoted(rows), { map = { name = "{!LastName}", email = "{!Email}",
      externalId = "{!Id}" }, object = "Contact" }))
    local read_ids = {}
    for i, body in ipairs(found.bodies) do read_ids[i] = body.externalId or body.outcome end
    return read_ids
  end

  it("of 18 characters is restored where a spreadsheet folded it", function()
    assert.same({ ids[1], ids[1], ids[2], "invalid", "invalid" },
      read { ids[1], ids[1]:lower(), ids[2]:upper(), ids[1]:sub(1, 17) .. "X", "001" .. ids[1] })
  end)

  it("of 15 characters in one case is taken only among others in both", function()
    assert.same({ "invalid", "invalid" }, read { "003qz000004tmaa", "003qz000004tmab" })
    assert.same({ "003qz000004tmaaAAA", ids[1] }, read { "003qz000004tmaa", ids[1]:sub(1, 15) })
  end)
end)

describe("an export that may be cut", function()
  after_each(files.remove)

  it("is warned of where its last row has no end", function()
    local found = assert(check(bare:sub(1, -2)))
    assert.same({ "the last row has no line break behind it: the file may be cut; export it again" },
      found.warnings)
    assert.equal(2, #found.bodies)
  end)

  it("is warned of where it has as many rows as a query's limit", function()
    local rows = { "Id,LastName,Email" }
    for i = 1, 2000 do rows[i + 1] = ids[1] .. ",Muster,a@example.com" end
    local text = table.concat(rows, "\n") .. "\n"
    local found = assert(check(text))
    assert.truthy(found.warnings[1]:find "exactly 2000 rows, where `sf data query` stops")
    assert.same({}, assert(check(text .. rows[2] .. "\n")).warnings)
  end)
end)
