--- A person, as a ledger knows one after the e-mail address is gone: a keyed fingerprint.

local core = require "sertifier.core"

local person = {}

--- The key in the form in which fingerprints take it, from the one in which it is stored.
function person.key(digits)
  return (digits:gsub("%x%x", function(byte) return string.char(tonumber(byte, 16)) end))
end

--- Of an address in any case; nil where there is none.
function person.of(self, email)
  if not email or email == "" then return nil end
  return core.fingerprint(self.secret, email:lower())
end

return person
