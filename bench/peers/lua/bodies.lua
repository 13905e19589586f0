-- Turns a Contact export into request bodies in pure Lua and lua-cjson: bodies.lua EXPORT > BODIES
--
-- The file is read in blocks and each row's cells go into one table, used again for the next row.
-- lua-cjson does not keep the order of keys, so it encodes the values and the frame is text.
local cjson = require "cjson"
local byte, find, sub = string.byte, string.find, string.sub

local campaign = "7d1f0c52-demo-4b3a-course-completion"
local batch_size, block_size = 20, 65536
local quote, comma, newline, carriage_return = 34, 44, 10, 13
local booleans = { ["true"] = true, ["1"] = true, ["false"] = false, ["0"] = false, [""] = false }

-- The cell that starts at `at` and the place after it, or nil where the text ends before the cell.
local function quoted_cell(text, at)
  local close, doubled = find(text, '"', at + 1, true), false
  while close and byte(text, close + 1) == quote do
    close, doubled = find(text, '"', close + 2, true), true
  end
  if not close then return nil end
  local cell = sub(text, at + 1, close - 1)
  return doubled and cell:gsub('""', '"') or cell, close + 1
end

-- Plain searches, since LuaJIT does not compile patterns.
local function bare_cell(text, at)
  local stop, line = find(text, ",", at, true), find(text, "\n", at, true)
  if line and (not stop or line < stop) then
    stop = byte(text, line - 1) == carriage_return and line > at and line - 1 or line
  end
  if stop then return sub(text, at, stop - 1), stop end
end

-- Fills `cells` with the row at `at`; the place of the next row, or nil where the text ends before.
local function read_row(text, at, cells)
  local count = 0
  while true do
    local cell, stop = (byte(text, at) == quote and quoted_cell or bare_cell)(text, at)
    if not cell then return nil end
    count = count + 1
    cells[count] = cell
    at = stop + 1
    local mark = byte(text, stop)
    if mark == carriage_return then at, mark = stop + 2, byte(text, stop + 1) end
    if mark == newline then return at, count end
    if not mark then return nil end
    assert(mark == comma, "text after a closing quote")
  end
end

-- An iterator over the rows of a file; every step gives the same table, filled anew.
local function rows(file)
  local text, at, cells = file:read(block_size) or "", 1, {}
  if sub(text, 1, 3) == "\239\187\191" then at = 4 end
  return function()
    local after, count = read_row(text, at, cells)
    while not after do
      local block = file:read(block_size)
      if not block then
        assert(at > #text, "the file ends within a row")
        return nil
      end
      text, at = sub(text, at) .. block, 1
      after, count = read_row(text, at, cells)
    end
    at = after
    return cells, count
  end
end

local function find_columns(header, count)
  local place = {}
  for i = 1, count do place[header[i]] = i end
  return function(name) return assert(place[name], "no column " .. name) end
end

local function encode(text)
  return (cjson.encode(text):gsub("\\/", "/"))
end

local function is_contact_id(id)
  return (#id == 15 or #id == 18) and find(id, "^003%w+$")
end

local function issue_date(cell)
  if cell == "" then return "" end
  local day = cell:match "^(%d%d%d%d%-%d%d%-%d%d)T" or cell:match "^%d%d%d%d%-%d%d%-%d%d$"
  return day and ',"issueDate":"' .. day .. '"'
end

local function encode_credential(first_name, last_name, email, id, completed)
  local name = (first_name .. " " .. last_name):match "^%s*(.-)%s*$"
  local date = issue_date(completed)
  local fits = name ~= "" and find(email, "^[^@%s]+@[^@%s]*%.[^@%s]*$") and is_contact_id(id)
  return fits and date and '{"campaignId":"' .. campaign .. '","name":' .. encode(name)
    .. ',"email":' .. encode(email) .. ',"externalId":' .. encode(id)
    .. ',"quickPublish":true' .. date .. "}"
end

-- A function that judges a row: a credential as JSON, or nil and what became of the row.
local function mapping(column)
  local id, email, completed = column "Id", column "Email", column "Completed_On__c"
  local first_name, last_name = column "FirstName", column "LastName"
  local issue, status = column "Issue_Credential__c", column "Status__c"
  return function(row)
    local ticked = booleans[row[issue]:lower()]
    if ticked == nil then return nil, "invalid" end
    if not ticked or row[status]:lower() ~= "certified" then return nil, "skipped" end
    local credential = encode_credential(row[first_name], row[last_name], row[email], row[id],
      row[completed])
    return credential or nil, credential and "issued" or "invalid"
  end
end

local function write_batch(batch)
  io.write('{"credentials":[', table.concat(batch, ",", 1, batch.size), "]}\n")
  batch.size = 0
end

local function write_bodies(file)
  local next_row = rows(file)
  local map = mapping(find_columns(next_row()))
  local counts, batch = { skipped = 0, invalid = 0, issued = 0 }, { size = 0 }
  for row in next_row do
    local credential, outcome = map(row)
    counts[outcome] = counts[outcome] + 1
    if credential then
      batch.size = batch.size + 1
      batch[batch.size] = credential
      if batch.size == batch_size then write_batch(batch) end
    end
  end
  if batch.size > 0 then write_batch(batch) end
  return counts
end

io.stdout:setvbuf("full", block_size)
local counts = write_bodies(assert(io.open(arg[1], "rb")))
io.stderr:write(("read %d, skipped %d, invalid %d, would issue %d\n"):format(
  counts.skipped + counts.invalid + counts.issued, counts.skipped, counts.invalid, counts.issued))
