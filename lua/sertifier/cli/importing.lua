--- `sertifier import-flow`.

local common = require "sertifier.cli.common"
local flow_import = require "sertifier.flow_import"

local importing = {}

--- Runs the command.
-- @treturn number 0
function importing.main(args)
  local file, message = io.open(args.flow, "rb")
  if not file then common.fail(message) end
  local source = file:read "*a"
  file:close()
  if not source then common.fail(args.flow .. ": cannot be read") end
  local lua, wrong = flow_import.convert(source)
  if not lua then common.fail(("%s: %s"):format(args.flow, wrong)) end
  io.stdout:write(lua)
  return 0
end

return importing
