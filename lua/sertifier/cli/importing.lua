--- `sertifier import-flow`.

local common = require "sertifier.cli.common"
local flow_import = require "sertifier.flow_import"
local read_file = require "sertifier.read_file"

local importing = {}

--- Runs the command.
-- @treturn number 0
function importing.main(args)
  local source, message = read_file(args.flow)
  if not source then common.fail(message) end
  local lua, wrong = flow_import.convert(source)
  if not lua then common.fail(("%s: %s"):format(args.flow, wrong)) end
  io.stdout:write(lua)
  return 0
end

return importing
