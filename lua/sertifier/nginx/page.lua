--- The status page: what the ledger holds, what is in doubt, how the last hour went.
--
-- It is whole without a script; a person's word goes back as a form, with the admin token in it.

local charts = require "sertifier.report.charts"
local json = require "sertifier.json"
local look = require "sertifier.report.look"

local page = {}

local escape = charts.escape

local words = { { "issued", "issued" }, { "in_doubt", "in doubt" }, { "queued", "queued" },
  { "sending", "being sent" }, { "rejected", "rejected by Sertifier" },
  { "dropped", "dropped by a person" }, { "draft", "drafts" },
  { "publishing", "being published" }, { "forgotten", "forgotten" } }

local function counts(self)
  local shares, rows = {}, {}
  for _, one in ipairs(words) do
    local count = self.counts[one[1]] or 0
    shares[#shares + 1] = { state = one[1], words = one[2], count = count }
    if count > 0 or one[1] == "in_doubt" then
      rows[#rows + 1] = ('<tr><td>%s</td><td class="number" id="count-%s">%d</td></tr>')
        :format(one[2], one[1], count)
    end
  end
  return ('<h2>Credentials</h2>%s<table id="counts"><tbody>%s</tbody></table>')
    :format(charts.bar(shares), table.concat(rows))
end

local function hour(self)
  local issued, latency, sum, slowest = {}, {}, 0, 0
  for i, minute in ipairs(self.minutes) do
    issued[i], latency[i] = minute.issued, math.floor((minute.latency or 0) * 1000 + 0.5)
    sum, slowest = sum + issued[i], math.max(slowest, latency[i])
  end
  return ("<h2>Issued in the last hour: %d</h2>"):format(sum)
    .. charts.columns(issued, "an hour ago", "now", "a minute")
    .. ("<h2>Sertifier's API: %d ms in its slowest minute</h2>"):format(slowest)
    .. charts.columns(latency, "an hour ago", "now", "a minute", "milliseconds of an API call")
end

local function link_to(key)
  return ('<a href="?id=%s">%s</a>'):format(ngx.escape_uri(key), escape(key))
end

local function doubt(self)
  if #self.in_doubt == 0 then return "<h2>In doubt</h2><p>Nothing is in doubt.</p>" end
  local rows = {}
  for i, one in ipairs(self.in_doubt) do
    rows[i] = ("<tr><td>%s</td><td>%s</td><td>%s</td></tr>"):format(link_to(one.key),
      look.time(one.claimed_at), escape(one.reason or ""))
  end
  return ("<h2>In doubt</h2><p>A request for each of these has no answer, so none is sent again."
    .. '</p><div class="scroll" tabindex="0" role="region" aria-label="keys in doubt">'
    .. '<table id="doubt"><thead><tr><th scope="col">key</th><th scope="col">sent</th>'
    .. '<th scope="col">why</th></tr></thead><tbody>%s</tbody></table></div>')
    :format(table.concat(rows))
end

-- ---- one key ----

local form = [[
<form method="post"><input type="hidden" name="key" value="%s"><p><label>Admin token
<input type="password" name="token" autocomplete="off" required></label></p><p>
<button name="word" value="look_up">Ask Sertifier</button>
<button name="word" value="release">Release: it was not issued, send it again</button>
<button name="word" value="drop">Drop: it was issued, or is not wanted</button></p></form>]]

local function details(row)
  local link = row.link and row.link ~= "" and ('<a href="%s">%s</a>'):format(escape(row.link),
    escape(row.link)) or ""
  local is_settled = row.settled_at and row.state ~= "in_doubt"
  local text = ('<p id="key"><strong>%s</strong>: %s</p><p>%s %s</p><p class="soft">%s%s</p>')
    :format(escape(row.key), escape(row.state:gsub("_", " ")), escape(row.reason or ""), link,
    row.claimed_at and "sent " .. look.time(row.claimed_at) or "",
    is_settled and ", settled " .. look.time(row.settled_at) or "")
  local is_open = row.state == "in_doubt" or row.state == "dropped"
  return text .. (is_open and form:format(escape(row.key)) or "")
end

local function search(self)
  local parts = { ('<h2>One record</h2><form method="get"><p><label>Id, external id or key '
    .. '<input name="id" value="%s"></label> <button>Search</button></p></form>')
    :format(escape(self.wanted or "")) }
  if self.said then
    parts[#parts + 1] = ('<p role="status" id="said">%s</p>'):format(escape(self.said))
  end
  for _, row in ipairs(self.found or {}) do parts[#parts + 1] = details(row) end
  if self.found and #self.found == 0 then
    parts[#parts + 1] = "<p>The ledger does not know it.</p>"
  end
  return table.concat(parts, "\n")
end

--- The page.
-- @tparam table self of status.gather; and `minutes` of metrics, `wanted`, `said`
-- @treturn string HTML
function page.html(self)
  return ('<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
    .. '<title>Sertifier gateway</title><meta name="viewport" content="width=device-width">'
    .. "<style>%s</style></head><body><main><h1>Sertifier gateway</h1>%s</main></body></html>\n")
    :format(look.style, table.concat({ counts(self), search(self), doubt(self), hour(self) }, "\n"))
end

-- ---- the same for programs ----

local doubt_form = json.form "key reason claimed_at"
local found_form = json.form "key state reason credential_id link claimed_at settled_at"
local minute_form = json.form "issued api_milliseconds"

local function list_of(make, list)
  local texts = {}
  for i, one in ipairs(list) do texts[i] = make(one) end
  return json.list(texts)
end

local function object_of(one_form)
  return function(one) return json.object(one_form, one) end
end

--- As one JSON object.
function page.json(self)
  local names, values = {}, {}
  for i, one in ipairs(words) do names[i], values[one[1]] = one[1], self.counts[one[1]] or 0 end
  return ('{"counts":%s,"in_doubt":%s,"found":%s,"minutes":%s}\n'):format(
    json.object(json.form(table.concat(names, " ")), values),
    list_of(object_of(doubt_form), self.in_doubt),
    self.found and list_of(object_of(found_form), self.found) or "null",
    list_of(function(minute)
      return json.object(minute_form, { issued = minute.issued,
        api_milliseconds = minute.latency and math.floor(minute.latency * 1000 + 0.5) })
    end, self.minutes))
end

return page
