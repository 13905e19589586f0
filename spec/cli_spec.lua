--- The command as its users meet it: its output, its messages, its exit status.

local cjson = require "cjson"
local cli = require "sertifier.cli"
local commands = require "spec.support.command"
local core = require "sertifier.core"
local files = require "spec.support.files"
local ledgers = require "sertifier.ledger"
local plain = require "sertifier.cli.plain"
local sandbox = require "spec.support.sandbox"

local lua = os.getenv "SPEC_LUA" or "lua5.4"
local sertifier, environment = commands.run, commands.environment

local function issue(started, arguments, key)
  table.insert(arguments, 1, "issue")
  for _, more in ipairs { "--campaign", sandbox.campaign } do arguments[#arguments + 1] = more end
  return sertifier(arguments, environment(started, key))
end

describe("the command", function()
  after_each(sandbox.stop)

  it("issues the example, and the same again sends nothing", function()
    local started = sandbox.start()
    local ledger, links = files.path ".db", files.path ".csv"
    local arguments = { "examples/course-completion.lua", "--ledger", ledger, "--write-back", links,
      "examples/contacts.csv" }
    local status, out, err = issue(started, arguments)
    assert.same({ 2, "" }, { status, out })
    local wanted = ([[
examples/contacts.csv: Data Loader CSV, UTF-8 with BOM, comma, 23 columns
360 records read in N s: 256 issued, 98 skipped: the conditions do not hold, 6 invalid
invalid: examples/contacts.csv:69: email (from Email) is empty
invalid: examples/contacts.csv:171: email (from Email) is not an e-mail address
invalid: examples/contacts.csv:330: name (from FirstName, LastName) is empty
invalid: examples/contacts.csv:422: Id is not a Salesforce Id of the flow's object
invalid: examples/contacts.csv:508: Issue_Credential__c is neither true nor false
invalid: examples/contacts.csv:594: issueDate (from Completed_On__c) is not a date (YYYY-MM-DD)
links: LINKS
next: correct these records and run the same again: it sends only what is not issued yet; ]]
.. [[--rejects FILE.csv gives them as a file
]]):gsub("LINKS", links)
    assert.equal(wanted, (err:gsub("in [%d.]+ s", "in N s")))
    assert.equal(257, select(2, files.read(links):gsub("\n", "\n")))
    status, out = sertifier({ "issue", "examples/course-completion.lua", "examples/contacts.csv",
      "--campaign", sandbox.campaign, "--ledger", ledger, "--json", "--quiet" },
      environment(started))
    assert.equal(2, status)
    local counts = cjson.decode(out)
    counts.seconds = nil
    assert.same({ read = 360, skipped = 98, invalid = 6, issued = 0, already_issued = 256,
      rejected = 0, in_doubt = 0, not_attempted = 0, requests = 0 }, counts)
    assert.equal(256, sandbox.record().adds == 13 and select(3, sandbox.most()))
  end)

  it("needs no flow file", function()
    local started = sandbox.start()
    local ledger = files.path ".db"
    local status, _, err = issue(started, { sandbox.export(3), "--ledger", ledger })
    assert.equal(0, status, err)
    local export = files.write("Id,Last,Mail,Go\n" .. sandbox.id(9) .. ",Lee,a@example.com,yes\n"
      .. sandbox.id(8) .. ",Ray,b@example.com,no\n")
    status = issue(started, { export, "--ledger", ledger, "--when", "Go = TRUE",
      "--map", "name={!Last}", "--map", "email={!Mail}", "--map", "externalId={!Id}",
      "--map", "quickPublish=true" })
    assert.equal(0, status)
    assert.same({ 1, 1, 4 }, { sandbox.most() })
  end)

  it("adds up several exports", function()
    local started = sandbox.start()
    local status, out = issue(started, { sandbox.export(3), sandbox.export(4), "--json", "--quiet",
      "--ledger", files.path ".db" })
    assert.equal(0, status)
    local counts = cjson.decode(out)
    assert.same({ 7, 4, 3 }, { counts.read, counts.issued, counts.already_issued })
  end)

  it("checks without a key, a record a line", function()
    local path = files.write("Id,FirstName,LastName,Email,Go\n"
      .. sandbox.id(1) .. ",A,B,a@example.com,1\n\n" .. sandbox.id(2) .. ",A,B,b@example.com,0\n"
      .. sandbox.id(3) .. ",,,x,1\n" .. '"' .. sandbox.id(4) .. '"x,A,B,c@example.com,1\n', ".csv")
    local status, out = sertifier { "check", "--json", "--campaign", "campaign-1", path,
      "--when", "Go = TRUE" }
    assert.equal(2, status)
    local lines = {}
    for line in out:gmatch "[^\n]+" do lines[#lines + 1] = cjson.decode(line) end
    lines[5].seconds = nil
    assert.same({
      { line = 2, outcome = "would_issue", credential = { campaignId = "campaign-1", name = "A B",
        email = "a@example.com", externalId = "0035g0000000001AAA", quickPublish = true } },
      { line = 4, outcome = "skipped" },
      { line = 5, outcome = "invalid", problems = { "name (from FirstName, LastName) is empty",
        "email (from Email) is not an e-mail address" } },
      { line = 6, outcome = "invalid", problems = { "Id has a quote in the wrong place" } },
      { read = 4, skipped = 1, invalid = 2, would_issue = 1, known = 0 },
    }, lines)
  end)

  it("shows a few credentials on a terminal, and others only where they are asked for", function()
    local function lines(options, where)
      local pipe = io.popen((where .. " 2>&1 </dev/null"):format(
        ("%s bin/sertifier check %s %s --ledger %s examples/contacts.csv"):format(
        os.getenv "SPEC_LUA" or "lua5.4", "--campaign campaign-1", options, files.path ".db")))
      local text = pipe:read "*a"
      pipe:close()
      return select(2, text:gsub("  0035g", ""))
    end
    local terminal, log = "script -qec '%s' /dev/null", "%s"
    assert.same({ 3, 0, 2, 0, 2 }, { lines("", terminal), lines("--sample 0", terminal),
      lines("--sample 2", terminal), lines("", log), lines("--sample 2", log) })
  end)

  it("takes its options anywhere, before the command's name as well", function()
    local path = sandbox.export(2)
    local flow = files.write("return require 'sertifier'.flow { campaign = 'campaign-1' }", ".lua")
    local wanted = { sertifier { "check", flow, path, "--json" } }
    wanted[2] = wanted[2]:gsub('"seconds":[%d.]+', "")
    for _, arguments in ipairs { { "--json", "check", flow, path },
      { "--batch-size", "7", "--json", "check", "--campaign", "campaign-1", flow, path },
      { "--campaign=campaign-1", "check", path, "--json", flow },
      { "--campaign", "campaign-1", "--json", "check", path } } do
      local status, out, err = sertifier(arguments)
      assert.same(wanted, { status, (out:gsub('"seconds":[%d.]+', "")), err })
    end
    for words, message in pairs { ["--jsn check x.csv"] = "unknown option '--jsn'\nDid you mean '--json'?",
      ["--json chek x.csv"] = "unknown command 'chek'\nDid you mean 'check'?",
      ["--campaign check x.csv"] = "unknown command 'x.csv'", ["--json"] = "unknown option '--json'" } do
      local arguments = {}
      for word in words:gmatch "%S+" do arguments[#arguments + 1] = word end
      local status, out, err = sertifier(arguments)
      assert.same({ 1, "", "sertifier: " .. message }, { status, out, err:sub(1, #message + 11) })
    end
  end)

  --- What argparse makes of a line; nil where it finds a fault.
  local function parsed(line)
    local parser = cli.parser { line[1] }
    for _, command in ipairs(parser._commands) do command:action(function() end) end
    local ok, args = parser:pparse(line)
    if ok then args[line[1]] = nil end
    return ok and args or nil
  end

  local function words_of(text)
    local words = {}
    for word in text:gmatch "%S+" do words[#words + 1] = word == "EMPTY" and "" or word end
    return words
  end

  it("reads a plain line by itself, as argparse reads it", function()
    for _, text in ipairs { "issue", "issue f.lua e.csv", "issue --quiet f.lua --json e.csv - EMPTY",
      "issue --map name=x --map email=y e.csv --batch-size 7 --rate 0.5 --progress none --quiet --quiet",
      "check --bodies - --decimal , --date-order dmy --when EMPTY e.csv --max-invalid 0",
      "check --sample 3 --delimiter ; --format data_loader", "status --state in_doubt --json",
      "resolve --drop a --drop b --release c", "forget a b --older-than 400d --yes",
      "watch f.lua", "watch f.lua --every 5 --overlap 0 --once", "sandbox --port 8080 --behave a=b",
      "report -o x.html e.csv", "report --output x.html --format csv --names", "drain --every 0.5",
      "init e.csv -o f.lua", "doctor", "doctor f.lua", "import-flow f.xml", "write-back --json",
      "adopt --campaign c f.lua e.csv" } do
      local line = words_of(text)
      local args = plain.read(line)
      local wanted = parsed(line)
      if wanted then assert.equal("function", type(args.run), text) args.run = nil end
      assert.same(wanted, args, text)
    end
  end)

  it("leaves any other line to argparse", function()
    for _, text in ipairs { "", "isue e.csv", "--json check e.csv", "issue --help", "issue -h",
      "issue --rate=1", "issue --rate", "issue --rate x e.csv", "issue --rate -1", "issue --unknown",
      "issue --progress loud", "issue --limit 1 --limit 2", "issue -- e.csv", "status e.csv",
      "init", "init a b", "doctor a b", "report -ox.html", "check --decimal x", "--version" } do
      assert.is_nil(plain.read(words_of(text)), text)
    end
  end)

  it("declares the options of the command that is given alone, and tells the same of it", function()
    local all = cli.parser {}
    for i, command in ipairs(all._commands) do
      local parser = cli.parser { command._name }
      assert.equal(all:get_help(), parser:get_help())
      local help = parser._commands[i]:get_help()
      assert.equal(command:get_help(), help:sub(1, #command:get_help())) -- the sandbox adds to it
      local other = parser._commands[i == 1 and 2 or 1]
      assert.equal(1, #other._options) -- --help
    end
  end)

  it("writes the bodies that it would send", function()
    local status, out = sertifier { "check", "--bodies", "-", "--batch-size", "2", "--campaign",
      "campaign-1", sandbox.export(3) }
    assert.equal(0, status)
    local sizes = {}
    for line in out:gmatch "[^\n]+" do sizes[#sizes + 1] = #cjson.decode(line).credentials end
    assert.same({ 2, 1 }, sizes)
  end)

  it("says what is wrong, and ends with 1", function()
    local export = sandbox.export(1)
    local flow = files.write("return 7", ".lua")
    local broken = files.write("return sertifier.", ".lua")
    local cases = {
      { { }, "Usage: sertifier" },
      { { "isue" }, "isue" },
      { { "issue" }, "an export is missing" },
      { { "issue", "--campaign", "campaign-1" }, "an export is missing" },
      { { "issue", "--campaign", "campaign-1", export }, "no API key: set SERTIFIER_SECRET_KEY" },
      { { "check", flow, export }, "must end with `return sertifier.flow { … }`" },
      { { "check", broken, export }, broken .. ":1:" },
      { { "check", "/no/such.lua", export }, "/no/such.lua" },
      { { "check", export }, "campaign: missing; give --campaign ID or FLOW.lua; its ID stands in" },
      { { "issue", "--campaign", "campaign-1", export, "--delimiter", "foo" },
        "--delimiter foo: one character, or its name, is expected" },
      { { "watch", flow, "--every", "0" }, "--every 0: a number above 0 is expected" },
      { { "watch", flow, "--overlap", "x" }, "--overlap x: a number is expected" },
      { { "check", "--campaign", "campaign-1", "/no/such.csv" },
        "/no/such.csv: No such file or directory" },
      { { "check", "--campaign", "campaign-1", files.write("", ".csv") },
        "is empty: an export starts with a header" },
      { { "check", "--campaign", "campaign-1", export, "--map", "nmae=x", "--map", "name=y" },
        "did you mean name?" },
      { { "check", "--campaign", "campaign-1", export, "--map", "name" },
        "FIELD=TEMPLATE is expected" },
      { { "check", "--campaign", "campaign-1", export, "--when", "Email ==" }, "^ a value" },
      { { "check", "--campaign", "campaign-1", export, "--batch-size", "x" }, "batch%-size" },
      { { "check", "--campaign", "campaign-1", export, "--now", "2024-02-30" },
        'now: "2024-02-30" is neither YYYY-MM-DD nor' },
      { { "sandbox", "--behave", "latancy=1" }, "did you mean latency?" },
    }
    for _, case in ipairs(cases) do
      local status, out, err = sertifier(case[1])
      assert.same({ 1, "" }, { status, out }, table.concat(case[1], " "))
      assert.truthy(err:find(case[2], 1, not case[2]:find "%%"), err)
      assert.falsy(err:find "traceback", err)
    end
    local status, _, err = sertifier({ "issue", "--campaign", "campaign-1", export },
      "env SERTIFIER_SECRET_KEY=k SERTIFIER_URL=http://b2b.sertifier.com")
    assert.equal(1, status)
    assert.truthy(err:find("must start with https://", 1, true), err)
  end)

  it("stops with 4 where the key is refused, and tells what to do", function()
    local started = sandbox.start()
    local arguments = { sandbox.export(3), "--ledger", files.path ".db" }
    local status, _, err = issue(started, arguments, "wrong")
    assert.equal(4, status)
    assert.truthy(err:find("\nstopped: Sertifier refused the API key (HTTP 403): copy the private "
      .. "key again from Settings > API & Integrations", 1, true), err)
  end)

  it("ends with 3 where something is in doubt", function()
    local started = sandbox.start { answer = "empty" }
    local status, _, err = issue(started, { sandbox.export(1), "--ledger", files.path ".db" })
    assert.equal(3, status)
    assert.truthy(err:find "1 in doubt", err)
  end)

  it("shows neither the key nor a person's data in its messages", function()
    local started = sandbox.start { answer = "empty" }
    local _, out, err = issue(started, { sandbox.export(3), "--ledger", files.path ".db" },
      "canary-key-never-shown")
    local _, out2, err2 = issue(started, { sandbox.export(3), "--ledger", files.path ".db" })
    for _, text in ipairs { out, err, out2, err2 } do
      assert.falsy(text:find "canary", text)
      assert.falsy(text:find "Lee %d", text)
      assert.falsy(text:find "example%.com", text)
    end
  end)

  for _, signal in ipairs { "INT", "HUP" } do
    it("finishes what it sent when it is interrupted by SIG" .. signal, function()
      local started = sandbox.start { latency = 0.1 }
      local ledger, links, err = files.path ".db", files.path ".csv", files.path()
      local command = ("%s %s bin/sertifier issue --campaign %s --batch-size 5 --concurrency 1"
        .. " --ledger %s --write-back %s %s 2>%s &"
        .. " pid=$!; sleep 0.5; kill -%s $pid; wait $pid; echo $?"):format(environment(started), lua,
          sandbox.campaign, ledger, links, sandbox.export(500), err, signal)
      -- A shell starts what runs behind it with interrupts ignored; this one asks for them.
      local pipe = io.popen(("bash -mc '%s'"):format(command))
      local status = tonumber(pipe:read("*a"):match "(%d+)%s*$")
      pipe:close()
      assert.equal(4, status)
      assert.truthy(files.read(err):find("stopped: interrupted; nothing is lost: %d+ records are left,"
        .. " and the same run again goes on from here"), files.read(err))
      local adds, mails, keys = sandbox.most()
      assert.same({ 1, 1 }, { adds, mails })
      assert.truthy(keys > 0 and keys < 500)
      assert.equal(keys + 1, select(2, files.read(links):gsub("\n", "\n")))
    end)
  end

  it("finishes what it sent when nobody reads the links any more", function()
    local started = sandbox.start()
    local ledger, err = files.path ".db", files.path()
    local command = ("%s %s bin/sertifier issue --campaign %s --ledger %s --write-back - %s 2>%s"
      .. " | head -1 >/dev/null; echo ${PIPESTATUS[0]}"):format(environment(started), lua,
        sandbox.campaign, ledger, sandbox.export(3000), err)
    local pipe = io.popen(("bash -c '%s'"):format(command))
    local status = tonumber((pipe:read "*a"))
    pipe:close()
    assert.equal(4, status)
    assert.truthy(files.read(err):find("cannot write the links: Broken pipe", 1, true))
    local there = assert(ledgers.open(ledger))
    assert.same({ issued = select(3, sandbox.most()) }, there:counts())
    there:close()
  end)

  it("ends at once when it is interrupted twice, and sends nothing again", function()
    local started = sandbox.start { latency = 60 }
    local ledger, export = files.path ".db", sandbox.export(50)
    local command = ("%s %s bin/sertifier issue --campaign %s --batch-size 5 --concurrency 2"
      .. " --ledger %s %s & pid=$!; sleep 1; kill -INT $pid; sleep 0.2; kill -INT $pid; wait $pid")
      :format(environment(started), lua, sandbox.campaign, ledger, export)
    local began = core.elapsed()
    os.execute(("bash -mc '%s' 2>/dev/null"):format(command))
    assert.truthy(core.elapsed() - began < 30)
    assert.equal(10, select(3, sandbox.most()))
    started:behave { latency = 0 }
    local status, out = issue(started, { "--ledger", ledger, export, "--json", "--quiet" })
    local counts = cjson.decode(out)
    assert.same({ 3, 40, 10 }, { status, counts.issued, counts.in_doubt })
    assert.same({ 1, 1, 50 }, { sandbox.most() })
  end)

  it("goes on where nobody reads any more what it says", function()
    local started, ledger = sandbox.start { latency = 0.02 }, files.path ".db"
    os.execute(("%s %s bin/sertifier issue --campaign %s --batch-size 1 --log json --ledger %s %s"
      .. " 2>&1 | head -n 1 >%s"):format(environment(started), lua, sandbox.campaign, ledger,
        sandbox.export(40), files.path()))
    local _, out = sertifier { "status", "--ledger", ledger, "--json" }
    local counts = cjson.decode(out)
    assert.same({ 40, 0 }, { counts.issued, counts.sending })
    assert.same({ 1, 1, 40 }, { sandbox.most() })
  end)

  it("runs a sandbox until it is interrupted", function()
    local out, pid = files.path(), files.path()
    os.execute(("bash -mc '%s bin/sertifier sandbox >%s & echo $! >%s'"):format(lua, out, pid))
    local url
    for _ = 1, 100 do
      url = (files.read(out) or ""):match "SERTIFIER_URL=(%S+)"
      if url then break end
      core.sleep(0.05)
    end
    local curl = io.popen("curl -s " .. url .. "/sandbox/record")
    assert.truthy(curl:read("*a"):find '"adds":0')
    curl:close()
    os.execute("kill -TERM " .. files.read(pid))
    local status
    for _ = 1, 100 do
      local gone = io.popen("curl -s -o /dev/null " .. url .. "/sandbox/record; echo $?")
      status = gone:read "*l"
      gone:close()
      if status == "7" then break end -- nobody listens; before that, it may be cut
      core.sleep(0.05)
    end
    assert.equal("7", status)
  end)

  -- Lua 5.4's own program starts in generations, where the pause that the command sets says nothing.
  it("collects a run's garbage in steps, under a Lua that has another way", function()
    local pipe = io.popen(lua .. [[ -e 'local cli = require "sertifier.cli"
      cli.main { "issue", "/nowhere" }
      local ok, mode = pcall(collectgarbage, "incremental")
      print(ok and mode == "generational")' 2>&-]])
    assert.equal("false\n", pipe:read "*a")
    pipe:close()
  end)

  it("tells in a check what a first run will ask", function()
    local flow = files.write('return require("sertifier").flow { campaign = "campaign-1", '
      .. 'trigger = "created" }', ".lua")
    local words = { "check", flow, sandbox.export(1), "--ledger", files.path ".db" }
    local status, _, err = sertifier(words)
    assert.same({ 0, true }, { status, err:find('\nnote: nothing is known of the records before this '
      .. 'run, which the trigger "created" asks for; say --first-run issue', 1, true) ~= nil }, err)
    words[6], words[7] = "--first-run", "issue"
    assert.falsy(select(3, sertifier(words)):find "note:")
  end)

  it("counts one as one", function()
    local _, _, err = sertifier { "check", "--campaign", "campaign-1", sandbox.export(1) }
    assert.truthy(err:find("\n       1 record read in ", 1, true), err)
    local path = files.path ".lua"
    _, _, err = sertifier { "init", sandbox.export(1), "-o", path }
    assert.truthy(err:find("The first credential:\n  {", 1, true), err)
    _, _, err = sertifier { "init", files.write("Id,LastName,Email\n1,x\n", ".csv"), "-o",
      files.path ".lua" }
    assert.falsy(err:find "The first", err)
    _, _, err = sertifier { "init", files.write("Id,Subject\n1,x\n", ".csv"), "-o",
      files.path ".lua" }
    assert.truthy(err:find("\n  say in its map where name and email come from\n", 1, true), err)
  end)

  it("ends with 1 where its output cannot be written", function()
    local ledger = files.path ".db"
    issue(sandbox.start(), { sandbox.export(200), "--ledger", ledger, "--quiet" })
    for _, words in ipairs { "report", "report --format csv", "report --format json" } do
      local pipe = io.popen(("%s bin/sertifier %s --ledger %s 2>&1 >/dev/full; echo $?")
        :format(lua, words, ledger))
      assert.equal("sertifier: standard output: cannot write the report: No space left on device; "
        .. "make room there, or name another file with -o\n1\n", pipe:read "*a", words)
      pipe:close()
    end
  end)

  it("tells its version and its help", function()
    local status, out = sertifier { "--version" }
    assert.same({ 0, ("sertifier %s\n"):format(require "sertifier.version") }, { status, out })
    for _, command in ipairs { "issue", "check", "status", "resolve", "adopt", "sandbox" } do
      status, out = sertifier { command, "--help" }
      assert.equal(0, status)
      assert.truthy(out:find "Usage: sertifier ")
      assert.truthy(out:find "Example: " or out:find "Behaviours")
    end
  end)
end)
