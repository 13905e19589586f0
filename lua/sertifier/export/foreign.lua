--- What is taken for an export and is none, and what to do instead: told by its first bytes.

local foreign = {}

foreign.workbook = "is an Excel workbook; export the report as Details Only, .csv, or save it "
  .. "as CSV"

--- A workbook as Excel saved it up to 2003.
function foreign.is_old_workbook(head)
  return head:find "^\208\207\17\224" ~= nil
end

--- A workbook of today's, which is a ZIP.
-- @tparam {string,...} names of the files in it
function foreign.is_workbook(names)
  for _, name in ipairs(names) do
    if name == "[Content_Types].xml" then return true end
  end
  return false
end

local page = { html = true, head = true, meta = true, table = true, style = true }

--- A page: a report's .xls is one, and so is what comes where one should have logged in.
-- @treturn ?string what is wrong with it
function foreign.fault_of_page(head)
  local first = head:match "^\239?\187?\191?%s*<(!?%a+%s*%a*)" or ""
  local tag = first:match "^!%a+%s+(%a+)" or first:match "^%a+"
  if not (tag and page[tag:lower()]) then return nil end
  return "is HTML, as a report's .xls or a login page is; export it as .csv"
end

--- Text of old Macs, whose lines would be one to us.
-- @tparam string head
-- @tparam string line the header in it, as we read it
-- @treturn ?string what is wrong with it
function foreign.fault_of_lines(head, line)
  if not line:find("\r", 1, true) then return nil end
  local bare = head:gsub('"[^"]*"', "")
  if bare:find("\n", 1, true) or not bare:find("\r", 1, true) then return nil end
  return "its lines end in CR alone, as old Macs wrote them; save it as CSV with LF or CRLF"
end

return foreign
