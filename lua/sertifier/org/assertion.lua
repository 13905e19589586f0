--- What a JWT says, and whether the private key of the org's app has signed it.

local json = require "sertifier.json"

local assertion = {}

local letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

--- The bytes of a text in Base64 as addresses have it.
local function decoded(text)
  local bytes, value, bits = {}, 0, 0
  for letter in text:gmatch "." do
    value, bits = value * 64 + letters:find(letter, 1, true) - 1, bits + 6
    if bits >= 8 then
      bits = bits - 8
      bytes[#bytes + 1] = string.char(math.floor(value / 2 ^ bits))
      value = value % 2 ^ bits
    end
  end
  return table.concat(bytes)
end

local function is_signed(text, signature, public_key)
  local digest = require("openssl.digest").new "sha256"
  return require("openssl.pkey").new(public_key):verify(signature, digest:update(text))
end

--- What is wrong with one, in Salesforce's words; nil where nothing is.
function assertion.fault(state, text)
  local header, claims, signature = (text or ""):match "^([%w_-]+)%.([%w_-]+)%.([%w_-]+)$"
  local says = header and json.decode(decoded(claims))
  if not says or (json.decode(decoded(header)) or {}).alg ~= "RS256"
    or says.iss ~= state.org.client_id
    or not is_signed(header .. "." .. claims, decoded(signature), state.org.public_key) then
    return "invalid assertion" .. (state.behave.repeats and ": " .. text or "")
  elseif says.aud ~= state.behave.audience then
    return "audience is invalid"
  end
  local left = says.exp - (state.now() + state.behave.clock)
  if left <= 0 or left > 300 then return "expired authorization code" end
  if says.sub ~= state.org.username or state.behave.revoked then
    return "user hasn't approved this consumer"
  end
end

return assertion
