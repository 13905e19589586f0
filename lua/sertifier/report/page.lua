--- A report as one page: it needs no network, and no script to be read.

local charts = require "sertifier.report.charts"
local look = require "sertifier.report.look"
local report = require "sertifier.report"

local page = {}

local escape = charts.escape

local function head_of(heads, row)
  local parts = {}
  for i, head in ipairs(heads) do
    local class = type((row or {})[i]) == "number" and ' class="number"' or ""
    parts[i] = ('<th scope="col"%s>%s</th>'):format(class, head)
  end
  return "<thead><tr>" .. table.concat(parts) .. "</tr></thead>"
end

local function row_of(cells)
  local parts = {}
  for i, cell in ipairs(cells) do
    parts[i] = type(cell) == "number" and ('<td class="number">%.0f</td>'):format(cell)
      or ("<td>%s</td>"):format(cell)
  end
  return "<tr>" .. table.concat(parts) .. "</tr>"
end

local function table_of(id, caption, heads, rows)
  local parts = { ('<div class="scroll" tabindex="0" role="region" aria-label="%s"><table id="%s">'
    .. "<caption>%s</caption>%s<tbody>"):format(id, id, escape(caption), head_of(heads, rows[1])) }
  for _, cells in ipairs(rows) do parts[#parts + 1] = row_of(cells) end
  parts[#parts + 1] = "</tbody></table></div>"
  return table.concat(parts, "\n")
end

-- ---- the parts, from top to bottom ----

local function mark(state)
  return ('<svg class="mark" aria-hidden="true" viewBox="0 0 1 1"><rect class="%s" width="1" '
    .. 'height="1"/></svg>'):format(state)
end

--- What a reader is to do, before any figure.
local function next_step(self)
  if (self.counts.in_doubt or 0) > 0 then
    return "Some are in doubt: nobody knows whether Sertifier issued them, and none is sent again."
      .. " <code>sertifier resolve</code> looks them up."
  end
  if (self.counts.rejected or 0) > 0 then
    return "Some were rejected: correct their records in Salesforce, and issue again."
  end
  return ""
end

local function head(self)
  return ('<h1>Credentials issued through Sertifier</h1>\n<p class="soft">Ledger %s, as of %s.</p>'
    .. "\n<p><strong>%d of %d issued.</strong> %s</p>"):format(escape(self.ledger),
    look.time(self.made_at), self.counts.issued or 0, self.total, next_step(self))
end

local function counts(self)
  local shares, rows = {}, {}
  for _, one in ipairs(report.states) do
    local number = self.counts[one.state] or 0
    if number > 0 then
      shares[#shares + 1] = { state = one.state, words = one.words, count = number }
      rows[#rows + 1] = { mark(one.state) .. one.words, number }
    end
  end
  local caption = ("%d keys in the ledger%s"):format(self.total,
    self.forgotten > 0 and (", and %d that were forgotten"):format(self.forgotten) or "")
  return ("<h2>Credentials</h2>\n%s\n%s"):format(charts.bar(shares),
    table_of("counts", caption, { "state", "keys" }, rows))
end

local function duration(seconds)
  if seconds < 120 then return ("%d s"):format(seconds) end
  if seconds < 7200 then return ("%d min"):format(math.floor(seconds / 60 + 0.5)) end
  return ("%d h"):format(math.floor(seconds / 3600 + 0.5))
end

local function over_time(self)
  local line = self.timeline
  if #line.counts == 0 then return "" end
  return ('<h2>Issued over time</h2>\n%s\n<p class="soft">One column is %s.</p>'):format(
    charts.columns(line.counts, look.time(line.from), look.time(line.to), duration(line.seconds)),
    duration(line.seconds))
end

local run_counts = { "read", "issued", "already_issued", "skipped", "invalid", "rejected",
  "in_doubt", "not_attempted" }

--- `latency` is a run's own: medians say little of a slow tail, so both are told.
local function latency_of(run)
  local latency = run.counts and run.counts.latency
  if not latency then return "" end
  return ("%.0f / %.0f ms"):format(latency.median * 1000, latency.p99 * 1000)
end

local function runs(self)
  if #self.runs == 0 then return "" end
  local heads, rows = { "started", "flow", "export" }, {}
  for _, name in ipairs(run_counts) do heads[#heads + 1] = (name:gsub("_", " ")) end
  heads[#heads + 1] = "API median / p99"
  for i, run in ipairs(self.runs) do
    rows[i] = { look.time(run.started_at), escape(run.flow or ""), escape(run.export or "") }
    for _, name in ipairs(run_counts) do
      rows[i][#rows[i] + 1] = run.counts and run.counts[name] or ""
    end
    rows[i][#rows[i] + 1] = latency_of(run)
  end
  return "<h2>Runs</h2>\n" .. table_of("runs", "the newest first", heads, rows)
end

local function examples_of(group)
  local list = {}
  for i, one in ipairs(group.examples) do
    list[i] = one.key .. (one.line and (" (line %d)"):format(one.line) or "")
  end
  return escape(table.concat(list, ", "))
end

local function problems(self)
  if #self.problems == 0 then return "" end
  local rows = {}
  for i, group in ipairs(self.problems) do
    rows[i] = { tonumber(group.keys), (group.state:gsub("_", " ")), escape(group.reason),
      examples_of(group) }
  end
  return "<h2>Problems</h2>\n" .. table_of("problems", "by what was said, the largest first",
    { "keys", "state", "reason", "for example" }, rows)
end

local function campaigns(self)
  local heads, rows = { "campaign", "keys" }, {}
  for i, campaign in ipairs(self.campaigns) do
    rows[i] = { escape(campaign.campaign), campaign.keys }
  end
  for _, one in ipairs(report.states) do
    if self.counts[one.state] then
      heads[#heads + 1] = one.words
      for i, row in ipairs(rows) do
        row[#heads] = self.campaigns[i].counts[one.state] or 0
      end
    end
  end
  return "<h2>Campaigns</h2>\n" .. table_of("campaigns", "keys of each by state", heads, rows)
end

local function link_of(link)
  if not (link or ""):find "^https?://" then return "" end
  return ('<a href="%s">%s</a>'):format(escape(link), escape(link))
end

local function key_row(row, who)
  local cells = { escape(row.key), (row.state:gsub("_", " ")), look.time(row.settled_at
    or row.claimed_at), link_of(row.link) }
  if who then
    local name, email = who(row)
    cells[5], cells[6] = escape(name or ""), escape(email or "")
  end
  return cells
end

local function keys(self, who)
  local heads, rows = { "key", "state", "since", "link" }, {}
  if who then heads[5], heads[6] = "name", "e-mail" end
  for i, row in ipairs(self.rows) do rows[i] = key_row(row, who) end
  local caption = #rows == self.total and "all of them, the newest first"
    or ("%d of %d: what is not issued, and then the newest; --format csv has all")
      :format(#rows, self.total)
  return ('<h2>Keys</h2>\n<p id="search" hidden><label>Search <input type="search"></label> '
    .. '<span id="found" role="status"></span></p>\n')
    .. table_of("keys", caption, heads, rows)
end

--- Writes a report as HTML.
-- @tparam table self what `report.gather` gave
-- @tparam[opt] function who gives a row's name and e-mail; without it nobody is named
-- @treturn string
function page.html(self, who)
  return table.concat({
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    "<title>Credentials issued through Sertifier</title>",
    "<style>\n" .. look.style .. "</style>\n</head>\n<body>\n<main>",
    head(self), counts(self), over_time(self), runs(self), problems(self), campaigns(self),
    keys(self, who),
    "</main>\n<script>\n" .. look.script .. "</script>\n</body>\n</html>\n",
  }, "\n")
end

return page
