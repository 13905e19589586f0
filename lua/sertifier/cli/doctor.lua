--- `sertifier doctor`.

local common = require "sertifier.cli.common"
local doctor = require "sertifier.doctor"
local http = require "sertifier.http"

local doctoring = {}

local function line_of(finding)
  local line = ("%-8s%s: %s"):format(finding.state, finding.what, finding.text)
  if not finding.cure then return line end
  return line .. "\n        cure: " .. finding.cure
end

local function options_of(args)
  local options = { ledger = args.ledger, campaign = args.campaign, opened = http.hide_key }
  if args.flow then
    options.flow = common.load_flow(args.flow)
    options.campaign = options.campaign or options.flow.campaign
  end
  return options
end

--- Runs the command.
-- @treturn number 0, or 1 where something is at fault
function doctoring.main(args)
  local status = 0
  for _, finding in ipairs(doctor.examine(options_of(args))) do
    print(line_of(finding))
    if finding.state == "fault" then status = 1 end
  end
  return status
end

return doctoring
