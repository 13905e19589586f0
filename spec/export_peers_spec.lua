--- The scanner against others: a public suite of CSV files, and Python's csv module.

local cjson = require "cjson"
local files = require "spec.support.files"
local rows = require "spec.support.rows"

local function output_of(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read "*a"
  pipe:close()
  return text
end

local function by_name(all)
  local list = {}
  for i, row in ipairs(all.rows) do
    list[i] = {}
    for k, name in ipairs(all.columns) do list[i][name] = row[k] end
  end
  return list
end

describe("the suite csv-spectrum", function()
  after_each(files.remove)

  local place = "build/csv-spectrum"
  -- Fetched once, where npm is; the suite is no part of this project.
  local fetch = ("test -d %s/package || (command -v npm && mkdir -p %s && cd %s && npm pack --silent "
    .. "csv-spectrum@2.0.0 && tar xzf csv-spectrum-2.0.0.tgz) 2>&1"):format(place, place, place)

  it("is read as it says", function()
    local said = output_of(fetch)
    local names = output_of(("ls %s/package/csvs 2>/dev/null"):format(place))
    if names == "" then return pending("cannot be fetched here: " .. said) end
    local count = 0
    for name in names:gmatch "(%S+)%.csv" do
      local text = files.read(("%s/package/csvs/%s.csv"):format(place, name))
      local wanted = cjson.decode(files.read(("%s/package/json/%s.json"):format(place, name)))
      local all = assert(rows(text))
      if name == "location_coordinates" then
        -- Quotes inside of a bare cell are no CSV (RFC 4180), and no tool of Salesforce's writes
        -- them; a row that has them is told, for it may as well be one that lost a quote.
        assert.same({ "2: Location Coordinates has a quote in the wrong place" }, all.problems)
      else
        assert.same({ {}, wanted }, { all.problems, by_name(all) }, name)
      end
      count = count + 1
    end
    assert.equal(12, count)
  end)
end)

describe("Python's csv module", function()
  after_each(files.remove)

  -- Reads a file as strictly as it can, and writes what it read as JSON. It takes quotes inside of
  -- a cell that has none around it, and we do not; so the texts have none.
  local script = [[
import csv, json, sys
csv.field_size_limit(1 << 30)
with open(sys.argv[1], encoding="utf-8-sig", newline="") as text:
    rows = [row for row in csv.reader(text, strict=True) if row]
print(json.dumps(rows, ensure_ascii=False))
]]

  local pieces = { "a", "é", "王", ",", "\n", "\r\n", '""', " ", ";", "\t", "x y", ("z"):rep(70) }

  local function quoted_cell()
    local text = {}
    for i = 1, math.random(0, 6) do text[i] = pieces[math.random(#pieces)] end
    return '"' .. table.concat(text) .. '"'
  end

  local function bare_cell()
    return (quoted_cell():gsub('["\r\n,]', ""))
  end

  local function random_text(columns)
    local ending = math.random(2) == 1 and "\n" or "\r\n"
    local lines = { ("h"):rep(columns):gsub("h", "h,"):sub(1, -2) }
    for i = 2, 400 do
      local cells = {}
      for k = 1, columns do cells[k] = (math.random(2) == 1 and quoted_cell or bare_cell)() end
      lines[i] = table.concat(cells, ",")
    end
    return table.concat(lines, ending) .. (math.random(2) == 1 and ending or "")
  end

  it("reads the same cells", function()
    math.randomseed(7)
    for _ = 1, 12 do
      local text = random_text(math.random(2, 5))
      local path, program = files.write(text), files.write(script)
      local theirs = cjson.decode(output_of(("python3 %s %s"):format(program, path)))
      table.remove(theirs, 1)
      local ours = assert(rows(text))
      assert.same({}, ours.problems)
      assert.equal(#theirs, #ours.rows)
      for i, row in ipairs(ours.rows) do
        for k, cell in ipairs(row) do
          -- What a plan makes of a cell has no blanks around it.
          local trimmed = theirs[i][k]:match "^%s*(.-)%s*$"
          if cell ~= trimmed then assert.equal(trimmed, cell, ("row %d"):format(i)) end
        end
      end
    end
  end)
end)
