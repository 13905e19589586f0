--- Reads CSV text through the native core: every row as the table of its cells.

local cjson = require "cjson"
local core = require "sertifier.core"
local files = require "spec.support.files"

--- A plan that takes each column as it is.
local function plan_of(columns)
  local sources, fields = {}, {
    { label = "row", before = '{"row":', type = "j", required = true,
      parts = { { type = "l", text = "1" } } },
  }
  for i in ipairs(columns) do
    sources[i] = i
    fields[i + 1] = { label = "cell " .. i, before = (',"%d":'):format(i), type = "t",
      parts = { { type = "c", cell = i } } }
  end
  return core.plan { columns = sources, steps = {}, fields = fields }
end

local function cells_of(credential, count)
  local decoded, cells = cjson.decode(credential), {}
  for i = 1, count do cells[i] = decoded[tostring(i)] or "" end
  return cells
end

local function read_all(reader)
  local columns = reader:columns()
  local plan, batch, rows, lines = plan_of(columns), core.batch(), {}, {}
  local problems, ended = {}, false
  while not ended do
    batch:clear()
    local read, message, _, done = reader:fill(plan, batch, 7, 100)
    if not read then return nil, message end
    ended = done
    for i = 1, #batch do
      rows[#rows + 1] = cells_of(batch:credential(i), #columns)
      lines[#lines + 1] = select(7, batch:get(i))
    end
    for _, one in ipairs(batch:problems()) do
      problems[#problems + 1] = one.line .. ": " .. one.text:gsub("\n$", "")
    end
  end
  return { columns = columns, rows = rows, lines = lines, problems = problems }
end

--- @return `{ columns, rows, lines, problems }`, or nil and the problem
return function(text, through_pipe)
  local path = files.write(text)
  local source = core.source(through_pipe and files.piped(path) or path)
  local reader, problem = core.reader(source)
  if not reader then return nil, problem end
  local all, message = read_all(reader)
  reader:close()
  files.remove()
  return all, message
end
