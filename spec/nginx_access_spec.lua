--- Who is let in: tokens, signatures, client certificates; and that a handler wants one of them.

local access = require "sertifier.nginx.access"
local core = require "sertifier.core"
local files = require "spec.support.files"

local first, second = "the-first-secret-1", "the-second-secret"

--- A file that only its owner can read.
local function secrets(...)
  local path = files.path()
  assert(core.private(path))
  local file = assert(io.open(path, "w"))
  file:write(table.concat({ ... }, "\n"), "\n")
  file:close()
  return path
end

--- What the openssl command makes of it.
local function signature(key, timestamp, body)
  local pipe = io.popen(("printf %%s '%s.%s' | openssl dgst -sha256 -hmac '%s'"):format(timestamp, body, key))
  local digits = pipe:read("*a"):match "(%x+)%s*$"
  pipe:close()
  return digits
end

local function error_of(options)
  local ok, message = pcall(access.new, options, 1)
  assert.is_false(ok)
  return message
end

describe("access", function()
  after_each(files.remove)

  it("wants to know whom to let in", function()
    assert.truthy(error_of({}):find "nobody could be let in: token_file, hmac_file or mutual_tls")
  end)

  it("takes secrets from private files only", function()
    local open = files.write(first .. "\n")
    os.execute("chmod 644 " .. open)
    for _, case in ipairs {
      { "/nonexistent", "/nonexistent: No such file or directory" },
      { open, "can be read by others; run `chmod 600` on it" },
      { secrets(""), "one secret is expected, or two, a line each, while they are changed" },
      { secrets(first, second, first), "one secret is expected, or two, a line each" },
      { secrets("short"), "a line has fewer than 16 bytes" },
    } do
      for _, name in ipairs { "token_file", "hmac_file" } do
        local message = error_of { [name] = case[1] }
        assert.truthy(message:find(case[2], 1, true), message)
      end
    end
  end)

  it("lets in a token, the old one and the new one", function()
    local self = access.new({ token_file = secrets(first, second) }, 1)
    for _, case in ipairs { { first }, { second }, { first .. "x", "the token is not known here" },
      { first:sub(1, -2), "the token is not known here" }, { "", "the token is not known here" },
      { nil, "no token, signature or client certificate that is known here" } } do
      assert.equal(case[2], access.fault(self, { token = case[1] }))
    end
  end)

  it("lets in what is signed with either key, within five minutes", function()
    local self = access.new({ hmac_file = secrets(first, second) }, 1)
    local body, now = '{"credentials":[]}', math.floor(core.now())
    local late = "X-Timestamp: seconds since 1970 are expected, at most 300 s from now"
    local wrong = "X-Signature: not the HMAC-SHA256 of the time stamp, a full stop and the body"
    local function fault(key, at, changes)
      local request = { timestamp = at, signature = signature(key, at, body), body = body }
      for name, value in pairs(changes or {}) do request[name] = value end
      return access.fault(self, request)
    end
    assert.is_nil(fault(first, now .. ""))
    assert.is_nil(fault(second, now - 290 .. ""))
    local other_form = "sha256=" .. signature(first, now, body):upper()
    assert.is_nil(fault(first, now .. "", { signature = other_form }))
    assert.equal(late, fault(first, now - 310 .. ""))
    assert.equal(late, fault(first, now + 310 .. ""))
    assert.equal(late, fault(first, "now"))
    assert.equal(wrong, fault("another-secret-16", now .. ""))
    assert.equal(wrong, fault(first, now .. "", { body = body .. " " }))
    assert.equal(wrong, fault(first, now .. "", { timestamp = now - 1 .. "" }))
    assert.equal("no token, signature or client certificate that is known here",
      access.fault(self, { timestamp = now .. "", body = body, token = first }))
  end)

  it("lets in the certificates that nginx verified", function()
    local no_subject = "the client certificate's subject is not one of those that are let in"
    local any = access.new({ mutual_tls = true }, 1)
    local some = access.new({ mutual_tls = { "CN=flow" } }, 1)
    local flow = { certificate = "SUCCESS", subject = "CN=flow" }
    local other = { certificate = "SUCCESS", subject = "CN=x" }
    for _, case in ipairs { { any, flow }, { any, other }, { some, flow }, { some, other, no_subject },
      { any, { certificate = "NONE" }, "a client certificate is expected" },
      { some, {}, "a client certificate is expected" } } do
      assert.equal(case[3], access.fault(case[1], case[2]))
    end
  end)
end)
