--- Bad input through the real command: one clear message, the exit status, and nothing sent that
--- should not be.

local certificates = require "spec.support.certificates"
local files = require "spec.support.files"
local sandbox = require "spec.support.sandbox"
local server = require "sertifier.sandbox_server"

local lua = os.getenv "SPEC_LUA" or "lua5.4"
-- KiB for all that a program writes to; the sanitizers alone need more.
local little_memory = lua:find "sanitize" and "" or "ulimit -d 65536; "
local header = "Id,FirstName,LastName,Email\n"

--- A good row.
local function good(n)
  return ("%s,Ann,Lee,ann%d@example.com\n"):format(sandbox.id(n), n)
end

--- Lua's arguments for a run that tries again without a wait.
local hasty = [[-e 'local retries = require "sertifier.retries"; local new = retries.new; ]]
  .. [[retries.new = function(n) return new(n, function() return 0 end) end']]

--- A command that issues an export and writes its output and status to files, for a shell.
local function command(export, key, url, options)
  local err, status = files.path(), files.path()
  return ("env -u SERTIFIER_SECRET_KEY %s SERTIFIER_URL=%s %s %s bin/sertifier issue --campaign %s"
    .. " --ledger %s '%s' >%s 2>&1 </dev/null; echo $? >%s"):format(key, url, lua, options or "",
    sandbox.campaign, files.path ".db", export, err, status), err, status
end

local function key_in(path)
  return "SERTIFIER_SECRET_KEY_FILE=" .. path
end

--- Issues; the status, and what was printed.
local function issue(export, key, url)
  local line, err, status = command(export, key or key_in(sandbox.key_file()), url or sandbox.url())
  os.execute(line)
  return tonumber(files.read(status)), files.read(err)
end

--- How many credentials the sandbox was asked for.
local function issued()
  local count = 0
  for _, one in pairs(sandbox.record().keys) do count = count + one.adds end
  return count
end

--- A whole export at fault: what it is, its text, what is said after its name.
local whole = {
  { "empty", "", ": is empty: an export starts with a header" },
  { "a header only", header, ": holds no records" },
  { "binary", "\127ELF\2\1\1\0\0\255\254\200\n\0\1\2\3", ":1: is not CSV in UTF-8" },
  { "invalid UTF-8 in the header", "Id,FirstName,LastName\255,Email\n" .. good(1),
    ":1: is not CSV in UTF-8" },
  { "lines that end in CR alone", (header .. good(1)):gsub("\n", "\r"),
    ": its lines end in CR alone, as old Macs wrote them; save it as CSV with LF or CRLF" },
  { "those in quotes", '"Id","Na\nme"\r"1","2"\r', ": its lines end in CR alone" },
  { "a report's .xls", "<head><meta charset=UTF-8></head>\n<table><tr><th>Id</th></tr></table>",
    ": is HTML, as a report's .xls or a login page is; export it as .csv" },
  { "a login page", "\n<!DOCTYPE html>\n<html><body>Login<br></body></html>", ": is HTML, as " },
  { "an unclosed quote in the header", '"Id,FirstName,LastName,Email\n' .. good(1),
    ":1: opens a quote that is never closed" },
  { "one column twice", "Email," .. header .. "a@example.com," .. good(1),
    ":1: the export has more than one column of this name; say which one, as in {!'Name'#2}: Email" },
  { "a column that lacks", "\n\nId,FirstName,LastName,Mail\n" .. good(1),
    ":3: the flow reads fields that the export lacks: Email" },
}

--- A row at fault amid good ones: what it is, its text, what is said of which line.
local rows = {
  { "too few cells", header .. good(1) .. "x,Ann,Lee\n" .. good(2),
    ":3: has 3 cells where the header has 4" },
  { "too many cells", header .. good(1) .. "x,Ann,Lee,a@example.com,\n" .. good(2),
    ":3: has 5 cells where the header has 4" },
  { "an unclosed quote", header .. good(1) .. 'x,Ann,"Lee,a@example.com\n' .. good(2),
    ":3: LastName opens a quote that is never closed" },
  { "a quote in the wrong place", header .. good(1) .. 'x,Ann,L"ee,a@example.com\n' .. good(2),
    ":3: LastName has a quote in the wrong place" },
  { "invalid UTF-8", header .. good(1) .. good(3):gsub("Lee", "L\255") .. good(2),
    ":3: name (from FirstName, LastName) holds bytes that are not valid UTF-8; byte 91 of the file is"
      .. " 0xFF, which is not UTF-8; likely windows-1252: say --encoding" },
  { "cut in mid-row", header .. good(1) .. good(2) .. sandbox.id(3) .. ",Ann,L",
    ":4: has 3 cells where the header has 4" },
  { "cut in a quoted cell", header .. good(1) .. good(2) .. sandbox.id(3) .. ',Ann,Lee,"ann3@exam',
    ":4: Email opens a quote that is never closed" },
}

describe("bad input", function()
  before_each(function() sandbox.start() end)
  after_each(sandbox.stop)

  it("ends with 1 where an export cannot be read, and sends nothing", function()
    for _, case in ipairs(whole) do
      local path = files.write(case[2], ".csv")
      local status, said = issue(path)
      assert.equal(1, status, case[1])
      assert.equal("sertifier: " .. path, said:sub(1, #path + 11), case[1])
      assert.equal(case[3], said:sub(#path + 12, #path + 11 + #case[3]))
      assert.equal(1, select(2, said:gsub("\n", "\n")), said)
    end
    assert.same({ 1, "sertifier: /no/such.csv: No such file or directory\n" },
      { issue "/no/such.csv" })
    assert.same({ 1, "sertifier: /tmp: is a directory, not an export\n" }, { issue "/tmp" })
    assert.equal(0, issued())
  end)

  it("names the line of a row at fault, and loses none of the others", function()
    for _, case in ipairs(rows) do
      local path = files.write(case[2], ".csv")
      local status, said = issue(path)
      assert.equal(("%s: sf data query CSV, UTF-8, comma, 4 columns\n3 records read: 2 issued, "
        .. "1 invalid\ninvalid: %s%s\n"):format(path, path, case[3]), (said:gsub(" in [%d.]+ s", "")
          :gsub("next: [^\n]*\n", "")
          :gsub("warning: the last row has no line break[^\n]*\n", "")))
      assert.equal(2, status, case[1])
    end
    assert.equal(2 * #rows, issued())
  end)

  it("passes over a line of 1 GB in little memory", function()
    local path = files.write(header .. good(1), ".csv")
    assert(os.execute(("truncate -s 1G %s && printf '\\n%s' >>%s")
      :format(path, good(2):gsub("\n", "\\n"), path)))
    local line, err, status = command(path, key_in(sandbox.key_file()), sandbox.url())
    assert(os.execute(little_memory .. line))
    assert.equal("2\n", files.read(status))
    assert.truthy(files.read(err):find(path .. ":3: Id is longer than 4 MiB", 1, true), files.read(err))
    assert.equal(2, issued())
  end)

  it("ends with 1 where there is no key that is safe, and sends nothing", function()
    local export, open = sandbox.export(1), sandbox.key_file()
    os.execute("chmod 644 " .. open)
    for key, message in pairs {
      ["-u SERTIFIER_SECRET_KEY_FILE"] = "no API key: set SERTIFIER_SECRET_KEY, or let "
        .. "SERTIFIER_SECRET_KEY_FILE name a file that holds it",
      [key_in(open)] = ("the API key in %s can be read by others; run `chmod 600` on it, and "
        .. "think of changing the key"):format(open),
      [key_in "/no/such/key"] = "the API key in /no/such/key: No such file or directory",
      [key_in(sandbox.key_file "\n")] = "is empty",
    } do
      local status, said = issue(export, key)
      assert.equal(1, status)
      assert.truthy(said:find("^sertifier: .*" .. message:gsub("%p", "%%%0") .. "\n$"), said)
    end
    assert.equal(0, issued())
  end)

  it("ends with 1 at once where a certificate is wrong, and sends nothing", function()
    local made = certificates.make(2)
    local secure = assert(server.start { campaigns = { sandbox.campaign }, key = sandbox.key,
      tls = made })
    local status, said = issue(sandbox.export(1), nil, secure.url)
    assert.equal(1, status)
    assert.truthy(said:find("\nstopped: cannot reach Sertifier: [^\n]*certificate[^\n]* %(tls%); is this"
      .. " machine's clock right, and does it know the certificate's authority%?; nothing is lost:"),
      said)
    assert.equal(0, secure:record().adds)
    secure:stop()
  end)

  it("ends with 1 where a connection is refused again and again", function()
    local line, err, status = command(sandbox.export(1), key_in(sandbox.key_file()),
      "http://127.0.0.1:9", hasty)
    os.execute(line)
    assert.equal("1\n", files.read(status))
    assert.truthy(files.read(err):find("\nstopped: cannot reach Sertifier: [^\n]*port 9[^\n]*"
      .. " %(connect%); is the address right, and does a firewall stand between%?"
      .. " %(6 times in a row%)"), files.read(err))
  end)
end)
