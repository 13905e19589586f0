--- Whether an export is whole and every record of it valid: asked before anything is sent.

local check = require "sertifier.check"

local strict = {}

local about_export = { "export", "format", "encoding", "delimiter", "date_order", "decimal" }

local function fault_of(findings)
  if #findings.warnings > 0 then return findings.warnings[1] end
  if findings.invalid == 0 then return nil end
  local first = findings.problems[1]
  return ("%d records are invalid, the first on line %d: %s"):format(findings.invalid,
    first.lines[1], first.text)
end

--- Checks the whole export.
-- @param flow what `flow.declare` gave
-- @tparam table options as `flow:run` takes them
-- @return true; or nil, message, "strict", and then nothing was sent
function strict.check(flow, options)
  if type(options.export) ~= "string" or options.export == "-" then
    return nil, "strict: a file is expected, which can be read before anything is sent", "strict"
  end
  local asked = {}
  for _, name in ipairs(about_export) do asked[name] = options[name] end
  local findings, message, code = check.run(flow, asked)
  if not findings then return nil, message, code end
  local fault = fault_of(findings)
  if not fault then return true end
  return nil, ("%s: strict, so nothing was sent: %s"):format(options.export, fault), "strict"
end

return strict
