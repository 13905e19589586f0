--- The configuration in examples/nginx, started as it stands: only its port is another one, so that
-- two runs of the specs do not meet.

local cjson = require "cjson"
local core = require "sertifier.core"
local files = require "spec.support.files"
local nginx = require "sertifier.sandbox.nginx"
local servers = require "sertifier.sandbox_server"

local run = nginx.run
local sample = '{"credentials":[{"campaignId":"YOUR_CAMPAIGN_ID","name":"Sample Name",'
  .. '"email":"sample@example.com","externalId":"sample-external-id","quickPublish":true}]}'

--- A private file.
local function write(path, text)
  assert(core.private(path))
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

describe("examples/nginx", function()
  local place, port, sandbox

  setup(function()
    sandbox = assert(servers.start { key = "key-of-the-example",
      campaigns = { "YOUR_CAMPAIGN_ID", "7d1f0c52-demo-4b3a-course-completion" } })
    place, port = files.path(), 20000 + math.floor(core.now() * 1e4 + core.pid() * 17) % 12000
    run("cp -r examples/nginx " .. place)
    -- The library too: the configuration's user need not see where this was checked out.
    run(("cp -r lua build/5.1 %s"):format(place))
    local conf, ports = files.read(place .. "/nginx.conf"):gsub("listen 8443", "listen " .. port)
    assert.equal(1, ports)
    os.remove(place .. "/nginx.conf")
    write(place .. "/nginx.conf", conf)
    write(place .. "/sertifier.key", "key-of-the-example\n")
    write(place .. "/tokens", "token-of-the-flow-1\ntoken-of-the-flow-2\n")
    write(place .. "/admin", "token-of-an-admin-1\n")
    run(("cd %s && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
      .. " -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout key.pem -out certificate.pem"
      .. " && cp certificate.pem callers.pem"):format(place))
    if run "id -u" == "0" then
      run(("cd %s && chown -R www-data . && chown root tokens admin key.pem"):format(place))
    end
    local text, well = run(("LUA_PATH='%s/lua/?.lua;%s/lua/?/init.lua;;' LUA_CPATH='%s/5.1/?.so;;'"
      .. " SERTIFIER_URL=%s %s -p %s/ -c nginx.conf </dev/null"):format(place, place, place, sandbox.url,
      nginx.find().program, place))
    assert(well, text)
  end)

  teardown(function()
    run(("kill -TERM $(cat %s/nginx.pid); for i in $(seq 500); do [ -e %s/nginx.pid ] || break;"
      .. " sleep 0.02; done"):format(place, place))
    run("rm -rf " .. place)
    sandbox:stop()
    files.remove()
  end)

  --- Asks with curl, as somebody who trusts the certificate; gives status and body.
  local function ask(path, words, body)
    local text = run(("curl -s --cacert %s/certificate.pem -w '\n%%{http_code}' %s %s https://localhost:%d%s")
      :format(place, words or "", body and "--data-binary @" .. files.write(body) or "", port, path))
    local answer, status = text:match "^(.*)\n(%d+)$"
    return tonumber(status), answer
  end

  local caller = "-H 'secretKey: token-of-the-flow-2' -H 'api-version: 3.3'"
    .. " -H 'Content-Type: application/json'"

  it("issues for curl what the guide's sample asks for, once", function()
    local status, body = ask("/campaign/addCredentials", caller, sample)
    assert.equal(200, status, body .. (files.read(place .. "/error.log") or ""))
    local first = cjson.decode(body).data.YOUR_CAMPAIGN_ID[1].id
    status, body = ask("/campaign/addCredentials", caller, sample)
    assert.same({ 200, first }, { status, cjson.decode(body).data.YOUR_CAMPAIGN_ID[1].id })
    assert.equal(1, sandbox:record().totals.adds)
  end)

  it("issues for Node's fetch", function()
    if run "command -v node" == "" then pending "there is no Node" return end
    local script = ([[fetch("https://localhost:%d/campaign/addCredentials", { method: "POST",
      headers: { "secretKey": "token-of-the-flow-1", "api-version": "3.3",
        "Content-Type": "application/json" },
      body: JSON.stringify(%s) }).then(async (answer) => { const body = await answer.json();
        const row = body.data.YOUR_CAMPAIGN_ID[0];
        console.log(answer.status, Object.keys(body).join(), Object.keys(row).join(), row.externalId); });]])
      :format(port, (sample:gsub("sample%-external%-id", "id-of-node")))
    assert.equal("200 message,hasError,validationErrors,data,content id,name,email,status,certificateNo,"
      .. "issueDate,externalId,certificateImageLink,badgeImageLink,verificationLink id-of-node",
      (run(("NODE_EXTRA_CA_CERTS=%s/certificate.pem node -e %s"):format(place, nginx.quote(script)))))
  end)

  it("queues records, and sends them by its timer", function()
    local record = '{"Id":"0035g0000000001","FirstName":"Ann","LastName":"Lee","Email":"ann@example.com",'
      .. '"Issue_Credential__c":true}'
    assert.equal(202, (ask("/records/queue", caller, record)))
    for _ = 1, 3000 do
      local _, body = ask("/status?id=0035g0000000001")
      if cjson.decode(body).found[1].state == "issued" then break end
      core.sleep(0.02)
    end
    local status, body = ask("/records", caller, record)
    assert.same({ 200, "already_issued" }, { status, cjson.decode(body).data.outcomes[1].outcome })
  end)

  it("shows its status, counts, and refuses the rest in the envelope", function()
    local _, page = ask("/status", "-H 'Accept: text/html'")
    assert.truthy(page:find "<h1>Sertifier gateway</h1>")
    local _, counts = ask "/metrics"
    assert.truthy(counts:find 'sertifier_requests_total{handler="gateway",status="200"}')
    for path, wanted in pairs { ["/credential/publish"] = 404, ["/campaign/addCredentials"] = 403 } do
      local status, body = ask(path, "-H 'Content-Type: application/json'", "{}")
      assert.same({ wanted, true }, { status, cjson.decode(body).hasError })
    end
    local status, body = ask("/campaign/addCredentials", caller, ("x"):rep(2 ^ 20 + 1))
    assert.same({ 413, "The body is too large; nothing was sent." }, { status, cjson.decode(body).message })
    local log = files.read(place .. "/access.log")
    assert.truthy(log:find '"outcome":"already_issued=1"')
    assert.is_nil(log:find "sample@" or log:find "token" or log:find "0035g")
  end)

  it("leaves the key and the tokens in their own files alone", function()
    local found = run(("grep -rlaF -e key-of-the-example -e token-of-the-flow -e token-of-an-admin %s | sort")
      :format(place))
    assert.equal(("%s/admin\n%s/sertifier.key\n%s/tokens"):format(place, place, place),
      (found:gsub("%s+$", "")))
  end)
end)
