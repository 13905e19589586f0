--- Checks CSV text against a flow: the outcome of each record.

local cjson = require "cjson"
local files = require "spec.support.files"
local sertifier = require "sertifier"

--- @return a list of `{ line, outcome, credential or problems }`, or nil, message, code
return function(declaration, text, options)
  local list, asked = {}, options or {}
  declaration.campaign = declaration.campaign or "campaign-1"
  local path = files.write(text, ".csv")
  asked.export = path
  function asked.records(line, outcome, what)
    list[#list + 1] = { line, outcome, outcome == "would_issue" and cjson.decode(what) or what }
  end
  local findings, message, code = sertifier.flow(declaration):check(asked)
  files.remove()
  if not findings then return nil, (message:gsub(path:gsub("%p", "%%%0"), "export.csv")), code end
  return list, findings
end
