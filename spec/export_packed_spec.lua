--- Exports that are packed, and runs that want theirs whole.

local check = require "spec.support.exported"
local core = require "sertifier.core"
local files = require "spec.support.files"
local sandbox = require "spec.support.sandbox"
local sertifier = require "sertifier"

local header = "Id,LastName,Email\n"
local row = "003Qz000004TmAaIAK,Muster,a@example.com\n"

local function shell(...)
  assert(os.execute((...):format(select(2, ...))))
end

--- The bytes that a command makes of a file.
local function packed(command, text)
  local from, to = files.write(text), files.path()
  shell(command .. " <%s >%s", from, to)
  return files.read(to)
end

--- A ZIP of these files, made by another's program.
local function zip(entries)
  local path, parts = files.path ".zip", {}
  for i, entry in ipairs(entries) do
    parts[i] = ("z.writestr(%q, open(%q).read(), zipfile.%s)")
      :format(entry[1], files.write(entry[2]), entry[3] or "ZIP_DEFLATED")
  end
  local program = files.write(("import zipfile\nz = zipfile.ZipFile(%q, 'w')\n%s\nz.close()\n")
    :format(path, table.concat(parts, "\n")))
  shell("python3 %s", program)
  return files.read(path)
end

describe("a packed export", function()
  after_each(files.remove)

  it("is read from a .gz, of one text or of several", function()
    local text = packed("gzip -c", header .. row:rep(3000))
    local found = assert(check(text))
    assert.same({ "gzip, sf data query CSV, UTF-8, comma, 3 columns", 3000 },
      { found.description, #found.bodies })
    text = packed("gzip -c", header .. row) .. packed("gzip -c", row)
    assert.equal(2, #assert(check(text)).bodies)
  end)

  it("is told where it is cut or damaged", function()
    local text = packed("gzip -c", header .. row:rep(5000))
    assert.same({ nil, "is cut: the packed text ends before its end", "io" },
      { check(text:sub(1, -60)) })
    local middle = math.floor(#text / 2)
    local _, message = check(text:sub(1, middle) .. ("\255"):rep(30) .. text:sub(middle + 31))
    assert.equal("is damaged: its packed text cannot be read", message)
  end)

  it("gives no row twice, where it is read on after it could not be", function()
    local lines = {}
    for n = 1, 60000 do lines[n] = ("%d,%s"):format(n, math.sin(n)) end
    local text = packed("gzip -c", "a,b\n" .. table.concat(lines, "\n") .. "\n")
    local source = core.source(files.write(text:sub(1, -60)))
    assert.is_true(source:gunzip())
    local reader = assert(core.reader(source))
    local last, cells, problem = 0, reader:cells(), nil
    while cells do
      assert.equal(last + 1, tonumber(cells.a))
      last = last + 1
      cells, problem = reader:cells()
    end
    assert.equal("is cut: the packed text ends before its end", problem)
    assert.same({ nil, problem, "io" }, { reader:cells() })
  end)

  it("is the file of the flow's object in a .zip", function()
    local text = zip { { "Account.csv", "x\n" }, { "Contact.csv", header .. row:rep(2000) } }
    local found = assert(check(text, { object = "Contact" }))
    assert.same({ "Contact.csv, Data Export CSV, UTF-8, comma, 3 columns", 2000 },
      { found.description, #found.bodies })
    assert.same({ nil, "holds 2 files, and the flow names no object; unpack it, and name the one "
      .. "that is meant", "export" }, { check(text) })
    assert.same({ nil, "holds 2 files, and 0 of Lead; unpack it, and name the one that is meant",
      "export" }, { check(text, { object = "Lead" }) })
    local parts = zip { { "Contact.csv", header .. row }, { "Contact-2.csv", header .. row } }
    assert.same({ nil, "holds 2 files, and 2 of Contact; unpack it, and name each of these", "export" },
      { check(parts, { object = "Contact" }) })
    found = assert(check(zip { { "x/Contact.csv", header .. row, "ZIP_STORED" } }))
    assert.equal(1, #found.bodies)
  end)

  it("is told where it is a workbook of Excel's, old or new", function()
    local wanted = { nil, "is an Excel workbook; export the report as Details Only, .csv, or save it "
      .. "as CSV", "export" }
    local text = zip { { "[Content_Types].xml", "<Types/>" }, { "xl/workbook.xml", "<workbook/>" } }
    assert.same(wanted, { check(text) })
    assert.same(wanted, { check(text, { object = "Contact" }) })
    assert.same(wanted, { check("\208\207\17\224\161\177\26\225" .. ("\0"):rep(600)) })
  end)

  it("is told where its ZIP is cut, or is not what it says", function()
    local text = zip { { "Contact.csv", header .. row:rep(3), "ZIP_STORED" } }
    assert.same({ nil, "is no whole ZIP, or comes from standard input", "export" },
      { check(text:sub(1, 100)) })
    local _, message = check((text:gsub("Muster", "Mister", 1)))
    assert.equal("is damaged: the checksum in the ZIP differs", message)
    text = zip { { "Contact.csv", header .. row:rep(5000) } }
    local packed_from = 30 + #"Contact.csv"
    _, message = check(text:sub(1, packed_from) .. "\255" .. text:sub(packed_from + 2))
    assert.equal("is damaged: its packed text cannot be read", message)
    -- The directory says less than there is: the packed size stands 20 bytes behind its mark.
    local size = text:find "PK\1\2" + 20
    _, message = check(text:sub(1, size - 1) .. "\20\0\0\0" .. text:sub(size + 4))
    assert.equal("is damaged: its packed text is cut", message)
    -- Its place in the file, 42 bytes behind, is that of no file's head.
    _, message = check(text:sub(1, size + 21) .. "\1\0\0\0" .. text:sub(size + 26))
    assert.equal("is cut: the ZIP is not whole", message)
  end)
end)

describe("a run", function()
  after_each(sandbox.stop)

  local function run(text, options)
    sandbox.start()
    options.export, options.ledger = files.write(text, ".csv"), files.path ".db"
    options.client = sandbox.client()
    local flow = sertifier.flow { campaign = sandbox.campaign,
      map = { name = "{!LastName}", email = "{!Email}" } }
    local summary, message, code = flow:run(options)
    options.client:close()
    return summary, message and message:gsub("^/%S+: ", ""), code
  end

  local broken = "003Qz000004TmAbIAK,Muster,nobody\n"

  it("that is strict sends nothing unless all is valid and whole", function()
    assert.same({ nil, "strict, so nothing was sent: 1 records are invalid, the first on line 3: "
      .. "email (from Email) is not an e-mail address", "strict" },
      { run(header .. row .. broken, { strict = true }) })
    assert.equal(0, (sandbox.most()))
    sandbox.stop()
    local _, message = run(header .. row:sub(1, -2), { strict = true })
    assert.truthy(message:find "the last row has no line break behind it")
    sandbox.stop()
    assert.equal(1, assert(run(header .. row, { strict = true })).issued)
  end)

  it("stops where more records are invalid than it may have", function()
    local summary, message, code = run(header .. row .. broken:rep(3), { max_invalid = 2 })
    assert.truthy(message:find "^more than 2 records are invalid")
    assert.same({ "invalid", 4, 1 }, { code, summary.read, summary.not_attempted })
    sandbox.stop()
    summary = assert(run(header .. row .. broken:rep(3), { max_invalid = 3 }))
    assert.same({ 1, 3 }, { summary.issued, summary.invalid })
  end)
end)
