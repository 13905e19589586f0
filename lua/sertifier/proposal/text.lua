--- Writes a proposed flow as a file that people read and change.

local text = {}

local fields = { "name", "email", "externalId", "issueDate" }

local function map_lines(map)
  local lines = {}
  for _, field in ipairs(fields) do
    local value = map[field]
    lines[#lines + 1] = value and ("    %s = %q,"):format(field, value)
      or ("    -- %s = \"{!...}\", -- no column looks like it"):format(field)
  end
  return table.concat(lines, "\n")
end

local function choice_lines(choices_)
  local lines = {}
  for i, choice in ipairs(choices_) do
    lines[i] = ("  --   %s: %s"):format(choice.name, choice.values)
  end
  return #lines == 0 and "" or "\n  -- Columns that may serve:\n" .. table.concat(lines, "\n")
end

local form = [[
-- Issues credentials from exports such as %s.
--   sertifier check %s %s
--   sertifier issue %s %s --write-back links.csv
local sertifier = require "sertifier"

return sertifier.flow {
  campaign = %q, -- Sertifier: Advanced > Integrations, the campaign's ID
%s
  -- Which records get a credential, as in SOQL's WHERE.%s
%s
  map = {
%s
    quickPublish = true, -- publishes and mails at once; false leaves a draft
  },
  write_back = { Sertifier_Verification_Link__c = "{!verificationLink}" },
}
]]

local every_record = "  -- when = \"Status__c = 'Certified'\", -- left out: every record\n"

--- Writes a proposal as Lua.
-- @tparam table proposed what `proposal.make` gave
-- @tparam string campaign its ID
-- @tparam string flow_name the file's name, for its first lines
-- @treturn string
function text.lua(proposed, campaign, flow_name)
  local export = proposed.export
  return form:format(export, flow_name, export, flow_name, export, campaign,
    proposed.object and ("  object = %q,\n"):format(proposed.object) or "",
    choice_lines(proposed.choices),
    proposed.when and ("  when = %q,\n"):format(proposed.when) or every_record,
    map_lines(proposed.map))
end

return text
