--- Tokens by JWT, on the emulator behind real nginx, which looks at the signature.

local core = require "sertifier.core"
local files = require "spec.support.files"
local org = require "spec.support.org"
local sandbox = require "spec.support.sandbox"
local sertifier = require "sertifier"
local server = require "sertifier.sandbox_server"

local username = "ann.admin@example.com"

--- A private key of this kind, in a file of its owner's alone.
local function new_key(how)
  local path = files.path ".pem"
  assert(core.private(path))
  local pipe = io.popen(("openssl genpkey %s -out %s 2>&1"):format(how, path))
  pipe:read "*a"
  pipe:close()
  return path
end

local rsa = "-algorithm RSA -pkeyopt rsa_keygen_bits:2048"

describe("a token by JWT", function()
  local started, key

  before_each(function()
    key = new_key(rsa)
    local pipe = io.popen(("openssl pkey -in %s -pubout"):format(key))
    local public_key = pipe:read "*a"
    pipe:close()
    started = assert(server.start { key = "k", org = { contacts = 3, client_id = org.client_id,
      client_secret = org.secret, public_key = public_key, username = username } })
  end)

  after_each(function()
    started:stop()
    files.remove()
  end)

  local function options(given)
    local all = { url = started.url, client_id = org.client_id, jwt_key_file = key,
      username = username }
    for name, value in pairs(given or {}) do all[name] = value end
    return all
  end

  local function opened(given)
    local client, message, code = sertifier.salesforce(options(given))
    if client then client:close() end
    return { client ~= nil, message, code }
  end

  local function refused(about, given)
    local start = "Salesforce gives no token: invalid_grant: "
    assert.same({ false, start .. about, "auth" }, opened(given))
  end

  it("is given to whom the private key signs for, and replaced when it is over", function()
    assert(started:behave { expire_after = 2, page_size = 1 })
    local client = assert(sertifier.salesforce(options()))
    local next_one, count = client:query "SELECT Id FROM Contact", 0
    while next_one() do count = count + 1 end
    client:close()
    local counts = started:record().counts
    assert.same({ 3, 2 }, { count, counts.token })
  end)

  it("is refused with what to do", function()
    refused("invalid assertion; see that the app uses digital signatures, and has the certificate of "
      .. "this private key", { jwt_key_file = new_key(rsa) })
    local not_approved = "user hasn't approved this consumer; let the connected app's policies "
      .. "pre-authorize admin approved users, and give it to the user's profile or permission set; "
      .. "a revoked app says the same"
    refused(not_approved, { username = "bob@example.com" })
    refused("audience is invalid; say SALESFORCE_AUDIENCE: https://test.salesforce.com of a "
      .. "sandbox, https://login.salesforce.com of others",
      { audience = "https://test.salesforce.com" })
    local client = assert(sertifier.salesforce(options()))
    assert(started:behave { revoked = true })
    assert.same({ nil, "Salesforce gives no token: invalid_grant: " .. not_approved, "auth" },
      { client:query "SELECT Id FROM Contact"() })
    client:close()
  end)

  it("shows nothing of what was signed, where the org repeats it", function()
    assert(started:behave { repeats = true })
    local message = opened({ jwt_key_file = new_key(rsa) })[2]
    assert.truthy(message:find "^Salesforce gives no token: invalid_grant: invalid assertion: %*+;",
      message)
  end)

  it("is for the login server of the org's kind", function()
    local login = require "sertifier.salesforce.logging_in"
    for url, audience in pairs {
      ["https://acme.my.salesforce.com"] = "login", ["https://login.salesforce.com"] = "login",
      ["https://acme--uat.sandbox.my.salesforce.com"] = "test",
      ["https://test.salesforce.com/"] = "test",
      ["https://ann-1234.scratch.my.salesforce.com"] = "test",
    } do
      assert.equal(("https://%s.salesforce.com"):format(audience), login.audience(url))
    end
  end)

  it("tells that the clocks differ", function()
    assert(started:behave { clock = 900 })
    local message = opened()[2]
    assert.truthy(message:find("^Salesforce gives no token: invalid_grant: expired authorization code "
      .. "%(this machine's clock is %d+ s behind Salesforce's%); set this machine's clock: a JWT is "
      .. "good for three minutes$"), message)
    assert(started:behave { clock = -900 })
    assert.truthy(opened()[2]:find "clock is %d+ s ahead of Salesforce's")
    assert(started:behave { clock = 10 })
    assert.same({ true }, opened())
  end)

  it("needs a private RSA key that nobody else can read, and no passphrase", function()
    local function not_signed(path)
      assert.same({ false, ("Salesforce: openssl cannot sign with %s; a private RSA key in PEM, "
        .. "without a passphrase, is expected"):format(path), "key" }, opened { jwt_key_file = path })
    end
    not_signed(new_key "-algorithm EC -pkeyopt ec_paramgen_curve:P-256")
    not_signed(new_key(rsa .. " -aes128 -pass pass:secret"))
    not_signed(sandbox.key_file "no key")
    assert.same({ false, "the private key in /no/such.pem No such file or directory", "key" },
      opened { jwt_key_file = "/no/such.pem" })
    os.execute("chmod 644 " .. key)
    assert.same({ false, ("the private key in %s can be read by others; run `chmod 600` on it, and "
      .. "think of changing the key"):format(key), "key" }, opened())
    assert.equal(0, started:record().counts.token or 0)
  end)

  it("takes a path as it is", function()
    local odd = files.path " it's; $(x).pem"
    os.rename(key, odd)
    assert.same({ true }, opened { jwt_key_file = odd })
  end)

  it("needs a user, and names that need no escapes", function()
    assert.same({ nil, "a JWT names its user: set SALESFORCE_USERNAME", "usage" },
      { sertifier.salesforce { url = started.url, client_id = org.client_id, jwt_key_file = key } })
    assert.has_error(function() opened { username = 'a"b' } end)
  end)

  local function run(path_before)
    local code = files.write([[
      local client, message, code = require("sertifier").salesforce()
      print(client and client:query "SELECT Id FROM Contact"().Id or message, code)]], ".lua")
    local pipe = io.popen(("%s SALESFORCE_URL=%s SALESFORCE_CLIENT_ID=%s SALESFORCE_JWT_KEY_FILE=%s"
      .. " SALESFORCE_USERNAME=%s $(command -v %s) %s 2>&1"):format(path_before, started.url,
      org.client_id, key, username, os.getenv "SPEC_LUA" or "lua5.4", code))
    local text = pipe:read "*a"
    pipe:close()
    return text
  end

  it("comes by what the environment says; where openssl is missing, its package is named", function()
    assert.equal(org.id(1) .. "\tnil\n", run "")
    local place = files.path()
    os.execute(("mkdir %s && ln -s $(command -v sh) %s/sh"):format(place, place))
    assert.equal("Salesforce: a JWT needs the program openssl; install the package openssl\tkey\n",
      run("PATH=" .. place))
    os.execute("rm -r " .. place)
  end)
end)
