--- Checks an export's text: what was found, what would be sent, and what is odd.

local cjson = require "cjson"
local files = require "spec.support.files"
local sertifier = require "sertifier"

--- @return `{ bodies, left_out, warnings, description }`: for each record what would be sent, or its
--   line, outcome and problems; or nil, message, code
return function(text, options)
  options = options or {}
  local path = files.write(text, options.ending or ".csv")
  if options.pipe then path = files.piped(path) end
  local bodies = {}
  local flow = sertifier.flow { campaign = "campaign-1", object = options.object,
    once_per = options.once_per, when = options.when,
    map = options.map or { name = "{!LastName}", email = "{!Email}" } }
  local findings, message, code = flow:check { export = path, format = options.format,
    encoding = options.encoding, delimiter = options.delimiter, date_order = options.date_order,
    decimal = options.decimal,
    records = function(line, outcome, what)
      bodies[#bodies + 1] = outcome == "would_issue" and cjson.decode(what) or
        { line = line, outcome = outcome, what = what }
    end }
  local function plain(words) return words and words:gsub("^/%S+: ", "") end
  if not findings then return nil, plain(message), code end
  return { bodies = bodies, left_out = findings.left_out, warnings = findings.warnings,
    description = plain(findings.description) }
end
