--- What is wrong with a field that says the same for every record: most often, braces are missing.

local core = require "sertifier.core"

local constant = {}

--- Whether all of a template is text.
-- @tparam {part,...} parts as template.lua gives them
function constant.is(parts)
  for _, part in ipairs(parts) do
    if part[2] ~= "l" then return false end
  end
  return true
end

--- The merge fields that names without their braces stand for.
function constant.hint(text)
  local with_braces = text:gsub("[{}!]", ""):gsub("%$?%u[%w_.]*", "{!%0}")
  local is_names = text:find "%S" and not with_braces:gsub("%b{}", ""):find "%S"
  return is_names and ("; did you mean %s?"):format(with_braces) or ""
end

-- A plan starts with a campaign.
local campaign = { label = "campaign", before = '{"campaignId":', type = "c", required = true,
  parts = { { type = "l", text = "any-campaign" } } }

--- Asked of the plan itself, which makes a constant once and for all.
local function can_be(field, text)
  return pcall(core.plan, { columns = {}, steps = {}, functions = {}, calls = {}, mends = {},
    fields = { campaign, { label = field.name, before = "", type = field.type, most = field.most,
      required = field.required, parts = { { type = "l", text = text } } } } })
end

local faults = { e = "%q is not an e-mail address%s", d = "%q is not a date (YYYY-MM-DD)%s",
  b = "%q is neither true nor false%s" }

--- @tparam table field as credential.lua has it
-- @tparam string text
-- @treturn ?string what is wrong with it
function constant.fault(field, text)
  if can_be(field, text) then
    if not field.is_own then return nil end
    return ("%q names no field: every credential would have it%s"):format(text, constant.hint(text))
  end
  if not text:find "%S" then return "is empty" end
  local form = faults[field.type]
  if form then return form:format(text, constant.hint(text)) end
  return ("is longer than %d characters"):format(field.most)
end

return constant
