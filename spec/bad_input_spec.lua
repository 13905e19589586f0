--- Bad input through the real command: one clear message, the exit status, and nothing sent that
--- should not be.

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

--- A command that issues an export and writes its output and status to files, for a shell.
local function command(export, key, url)
  local err, status = files.path(), files.path()
  return ("env -u SERTIFIER_SECRET_KEY %s SERTIFIER_URL=%s %s bin/sertifier issue --campaign %s"
    .. " --ledger %s '%s' >%s 2>&1 </dev/null; echo $? >%s"):format(key, url, lua, sandbox.campaign,
    files.path ".db", export, err, status), err, status
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
  { "binary", "\127ELF\2\1\1\0\0\255\254\200\n\0\1\2\3", ": is not CSV in UTF-8" },
  { "invalid UTF-8 in the header", "Id,FirstName,LastName\255,Email\n" .. good(1),
    ": is not CSV in UTF-8" },
  { "an unclosed quote in the header", '"Id,FirstName,LastName,Email\n' .. good(1), "quote" },
  { "one column twice", "Email," .. header .. "a@example.com," .. good(1),
    ": the export has more than one column of this name: Email" },
  { "a column that lacks", "Id,FirstName,LastName,Mail\n" .. good(1), "Email" },
}

--- A row at fault amid good ones: what it is, its text, what is said of which line.
local rows = {
  { "too few cells", header .. good(1) .. "x,Ann,Lee\n" .. good(2),
    ":3: has 3 cells where the header has 4" },
  { "too many cells", header .. good(1) .. "x,Ann,Lee,a@example.com,\n" .. good(2),
    ":3: has 5 cells where the header has 4" },
  { "an unclosed quote", header .. good(1) .. 'x,Ann,"Lee,a@example.com\n' .. good(2),
    ":3: opens a quote that is never closed (cell 3)" },
  { "a quote in the wrong place", header .. good(1) .. 'x,Ann,L"ee,a@example.com\n' .. good(2),
    ":3: has a quote in the wrong place (cell 3)" },
  { "invalid UTF-8", header .. good(1) .. good(3):gsub("Lee", "L\255") .. good(2),
    ":3: name (from FirstName, LastName) holds bytes that are not valid UTF-8" },
  { "cut in mid-row", header .. good(1) .. good(2) .. sandbox.id(3) .. ",Ann,L",
    ":4: has 3 cells where the header has 4" },
  { "cut in a quoted cell", header .. good(1) .. good(2) .. sandbox.id(3) .. ',Ann,Lee,"ann3@exam',
    ":4: opens a quote that is never closed (cell 4)" },
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
      assert.truthy(said:find(case[3], 1, true), said)
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
      assert.equal(("       3 records read\n       2 issued\n       1 invalid\n\ninvalid:\n  %s%s\n")
        :format(path, case[3]), (said:gsub(" in [%d.]+ s\n", "\n")))
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
    assert.truthy(files.read(err):find(path .. ":3: is longer than 4 MiB", 1, true), files.read(err))
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
      [key_in "/no/such/key"] = "the API key in /no/such/key No such file or directory",
      [key_in(sandbox.key_file "\n")] = "is empty",
    } do
      local status, said = issue(export, key)
      assert.equal(1, status)
      assert.truthy(said:find("^sertifier: .*" .. message:gsub("%p", "%%%0") .. "\n$"), said)
    end
    assert.equal(0, issued())
  end)

  it("ends with 1 where no safe connection can be had, and sends nothing", function()
    local certificate, private = files.path ".pem", files.path ".key"
    assert(os.execute(("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1"
      .. " -addext subjectAltName=IP:127.0.0.1 -keyout %s -out %s 2>/dev/null")
      :format(private, certificate)))
    local secure = assert(server.start { campaigns = { sandbox.campaign }, key = sandbox.key,
      tls = { certificate = certificate, key = private } })
    local key, export = key_in(sandbox.key_file()), sandbox.export(1)
    -- Both try several times; so they do it at once.
    local refused, said_refused, status_refused = command(export, key, "http://127.0.0.1:9")
    local forged, said_forged, status_forged = command(export, key, secure.url)
    os.execute(("{ %s; } & { %s; } & wait"):format(refused, forged))
    for status, said in pairs { [status_refused] = said_refused, [status_forged] = said_forged } do
      assert.equal("1\n", files.read(status))
      assert.truthy(files.read(said):find "\nstopped: cannot reach Sertifier: ", files.read(said))
    end
    assert.truthy(files.read(said_refused):find("port 9", 1, true))
    assert.truthy(files.read(said_forged):find "certificate")
    assert.equal(0, secure:record().adds)
    secure:stop()
  end)
end)
