-- Writes a large export of invented contacts for the benches, the same bytes under every Lua.
--
--     lua bench/make_export.lua PATH [ROWS] [quoted|minimal|json]
--
-- "quoted" is what Data Loader writes: a byte order mark and every cell quoted. "minimal" is what
-- `sf data query --result-format csv` writes: no mark, and quotes only where a cell needs them.
-- "json" is the same as JSON lines.
-- Rows are drawn from a pool of whole contacts and get an Id and an e-mail address of their own;
-- about two in three qualify, and about one in a thousand of those is invalid.
local here = debug.getinfo(1, "S").source:match "^@(.-)[^/]*$"
local invented = dofile(here .. "../examples/invented.lua")

local pool_size = 8192
local id_mark, serial_mark = "\1", "\2"

local function minimal(cell)
  return cell:find '[,"\n]' and invented.quoted(cell) or cell
end

local function member(cell, column)
  return ('"%s":"%s"'):format(column, (cell:gsub('[\\"]', "\\%0"):gsub("\n", "\\n")))
end

local styles = {
  quoted = { mark = "\239\187\191", cell = invented.quoted, form = "%s\n" },
  minimal = { mark = "", cell = minimal, form = "%s\n" },
  json = { cell = member, form = "{%s}\n" },
}

local function row_of(contact, style)
  local cells = {}
  for place, column in ipairs(invented.columns) do
    cells[place] = style.cell(contact and contact[column] or column, column)
  end
  return style.form:format(table.concat(cells, ","))
end

local function mark_up(contact, n)
  contact.Id = id_mark
  contact.Email = contact.Email:gsub("%d+@", serial_mark .. (n % 1400 == 7 and "." or "@"))
  if n % 1400 == 8 then contact.Completed_On__c = "next spring" end
end

-- Rows cut at the Id and at the serial number in the e-mail address.
local function make_pool(style)
  local draw, pool = invented.contacts(20250131), {}
  for n = 1, pool_size do
    local contact = draw(n)
    mark_up(contact, n)
    local before_id, before_serial, rest = row_of(contact, style):match "^(.-)\1(.-)\2(.*)$"
    pool[n] = { before_id, before_serial, rest }
  end
  return pool
end

local function write_export(file, rows, style)
  local pool, draw = make_pool(style), invented.generator(8675309)
  if style.mark then assert(file:write(style.mark, row_of(nil, style))) end
  for n = 1, rows do
    local row = pool[draw(pool_size)]
    assert(file:write(row[1], invented.record_id("003", 1000000 + n), row[2], n, row[3]))
  end
end

local path, rows, style = ...
local file = assert(io.open(assert(path, "no PATH given"), "wb"))
file:setvbuf("full", 1024 * 1024)
write_export(file, tonumber(rows or 1000000), assert(styles[style or "quoted"], "no such style"))
assert(file:close())
