--- Which tool wrote an export: that of one in CSV is told by its header.

local kinds = {}

--- Those in CSV, by what `--format` calls them.
kinds.named = {
  ["csv"] = { title = "CSV" },
  ["data-loader"] = { title = "Data Loader CSV" },
  ["data-export"] = { title = "Data Export CSV" },
  ["bulk"] = { title = "Bulk API CSV" },
  ["sf"] = { title = "sf data query CSV", has_limits = true },
  ["report"] = { title = "report CSV", has_footer = true },
  ["inspector"] = { title = "Salesforce Inspector CSV" },
}

--- The titles of those in JSON.
kinds.json = {
  ["json"] = "JSON", ["jsonl"] = "JSON lines", ["bulk-json"] = "Bulk JSON array",
  ["rest"] = "REST query JSON", ["sf-json"] = "sf data query JSON",
  ["tree"] = "sf data export tree JSON", ["events"] = "Change Data Capture JSON",
}

local function set_of(columns)
  local set = {}
  for _, name in ipairs(columns) do set[name:lower()] = true end
  return set
end

--- Names as an API has them hold no blanks; Bulk results and reports on one word each hold none.
local function are_labels(columns)
  for _, name in ipairs(columns) do
    if name:find "[^%w_%.%-]" then return true end
  end
  return false
end

local function is_capital(line)
  return line:find "%u" and not line:find "%l"
end

--- Tells the kind of a CSV export.
-- @tparam {string,...} columns
-- @tparam string line the header as it stands
-- @tparam table found `is_zip`; `has_mark`: it starts with a byte order mark
function kinds.of(columns, line, found)
  local has, last = set_of(columns), (columns[#columns] or ""):lower()
  if columns[1] == "_" then return kinds.named.inspector end
  if has.sf__id or has.success and has.created and last == "error" then
    return kinds.named.bulk
  end
  if found.is_zip then return kinds.named["data-export"] end
  if are_labels(columns) then return kinds.named.report end
  if not line:find '^"' then return kinds.named[has.id and "sf" or "report"] end
  if found.has_mark or is_capital(line) or last == "status" or last == "error" then
    return kinds.named["data-loader"]
  end
  return kinds.named.bulk
end

local delimiters = { ",", ";", "\t", "|", "^", "`" }
local delimiter_names = { [","] = "comma", [";"] = "semicolon", ["\t"] = "tab", ["|"] = "pipe",
  ["^"] = "caret", ["`"] = "backquote" }

--- What separates the cells of a header: the one that stands most often outside of its quotes.
function kinds.delimiter(line)
  local bare, best, most = line:gsub('"[^"]*"', ""), ",", 0
  for _, one in ipairs(delimiters) do
    local count = select(2, bare:gsub("%" .. one, ""))
    if count > most then best, most = one, count end
  end
  return best
end

--- A delimiter's name in words, and the other way round.
function kinds.delimiter_name(delimiter)
  return delimiter_names[delimiter] or ("%q"):format(delimiter)
end

function kinds.delimiter_of(text)
  for delimiter, name in pairs(delimiter_names) do
    if text:lower() == name then return delimiter end
  end
  return text == "\\t" and "\t" or text
end

return kinds
