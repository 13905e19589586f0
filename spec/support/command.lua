--- The command, run as its users run it.

local files = require "spec.support.files"
local sandbox = require "spec.support.sandbox"

local command = {}

local lua = os.getenv "SPEC_LUA" or "lua5.4"

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

--- The environment for a sandbox; the key stands in a file, as it should.
-- @tparam table started the sandbox's server
-- @tparam[opt] string key the API key; the sandbox's own if not given
function command.environment(started, key)
  return ("env SERTIFIER_URL=%s SERTIFIER_SECRET_KEY_FILE=%s"):format(started.url,
    sandbox.key_file(key))
end

--- Runs the command; its status, standard output and standard error.
-- @tparam {string,...} arguments
-- @tparam[opt] string environment from `command.environment`; without a server if not given
function command.run(arguments, environment)
  local out, err = files.path(), files.path()
  local words = { environment or "env -u SERTIFIER_URL -u SERTIFIER_SECRET_KEY", lua,
    "bin/sertifier" }
  for _, argument in ipairs(arguments) do words[#words + 1] = quoted(argument) end
  local redirected = (" >%s 2>%s </dev/null; echo $?"):format(out, err)
  local pipe = io.popen(table.concat(words, " ") .. redirected)
  local status = tonumber(pipe:read "*a")
  pipe:close()
  return status, files.read(out), files.read(err)
end

return command
