--- Certificates of 127.0.0.1 that nobody has signed but they themselves.

local files = require "spec.support.files"

local certificates = {}

--- Makes one that is good for so many days; -1: it expired yesterday.
-- @treturn table `certificate` and `key`, paths
function certificates.make(days)
  local made = { certificate = files.path ".pem", key = files.path ".key" }
  local request = files.path ".csr"
  -- One after the other: the second needs the key that the first writes.
  assert(os.execute(("{ openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
    .. " -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout %s -out %s && openssl x509"
    .. " -req -in %s -days %d -signkey %s -copy_extensions copy -out %s; } 2>/dev/null")
    :format(made.key, request, request, days, made.key, made.certificate)))
  return made
end

return certificates
