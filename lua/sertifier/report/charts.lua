--- Pictures of a report: SVG that needs nothing else, and says in words what it shows.

local charts = {}

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

local function escape(text)
  return (text:gsub('[&<>"]', entities))
end
charts.escape = escape

local function svg(width, height, label, parts)
  return ('<svg role="img" aria-label="%s" viewBox="0 0 %d %d" width="100%%">%s</svg>')
    :format(escape(label), width, height, table.concat(parts))
end

local bar_width, bar_height = 720, 28

--- One bar, divided by states.
-- @tparam {table,...} shares each with `state`, `words` and `count`
function charts.bar(shares)
  local total, at, parts, said = 0, 0, {}, {}
  for _, share in ipairs(shares) do total = total + share.count end
  for _, share in ipairs(shares) do
    local width = share.count / math.max(total, 1) * bar_width
    parts[#parts + 1] = ('<rect class="%s" x="%.2f" y="0" width="%.2f" height="%d"/>')
      :format(share.state, at, width, bar_height)
    said[#said + 1] = ("%d %s"):format(share.count, share.words)
    at = at + width
  end
  return svg(bar_width, bar_height, table.concat(said, ", "), parts)
end

local column_width, column_height, label_height = 12, 120, 20

local function column(i, count, most)
  local height = count / most * column_height
  return ('<rect class="issued" x="%d" y="%.2f" width="%d" height="%.2f"/>')
    :format((i - 1) * column_width, column_height - height, column_width - 1, height)
end

local function caption(x, anchor, text)
  return ('<text x="%d" y="%d" text-anchor="%s">%s</text>'):format(x,
    column_height + label_height - 4, anchor, escape(text))
end

--- Columns over time.
-- @tparam {number,...} counts one for each stretch of time, all equally long; 60 at the most
-- @tparam string from when the first stretch begins, in words
-- @tparam string to when the last one ends
-- @tparam string each how long a stretch is, in words
-- @tparam[opt] string what is counted, "issued" if not said
function charts.columns(counts, from, to, each, what)
  local most, parts = 1, {}
  for _, count in ipairs(counts) do most = math.max(most, count) end
  for i, count in ipairs(counts) do
    parts[i] = count > 0 and column(i, count, most) or ""
  end
  parts[#parts + 1] = ('<path d="M0 %d.5h%d"/>'):format(column_height, bar_width)
  parts[#parts + 1] = caption(0, "start", from)
  parts[#parts + 1] = caption(bar_width, "end", to)
  local label = ("%s from %s to %s, %d at the most in %s"):format(what or "issued", from, to, most,
    each)
  return svg(bar_width, column_height + label_height, label, parts)
end

return charts
