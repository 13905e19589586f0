--- A page in headless Chromium, looked over by axe-core.

local cjson = require "cjson"
local files = require "spec.support.files"

local browser = {}

local axe_version = "4.10.3"

local function output_of(command)
  local pipe = io.popen(command)
  local text = pipe:read "*a"
  pipe:close()
  return text
end

local function has(program)
  return output_of("command -v " .. program) ~= ""
end

--- axe-core's script, fetched once a build tree.
local function axe()
  local place = "build/npm/axe-core-" .. axe_version
  if not files.read(place .. "/package/axe.min.js") then
    os.execute(("mkdir -p %s && cd %s && npm pack --silent axe-core@%s >/dev/null && tar -xzf *.tgz")
      :format(place, place, axe_version))
  end
  return files.read(place .. "/package/axe.min.js")
end

--- Why pages cannot be tried here; nil where they can.
function browser.lack()
  return not has "chromium" and "there is no chromium" or not has "npm" and "there is no npm" or nil
end

local chromium = "chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run"
  .. " --disable-background-networking --disable-component-update --disable-sync"

--- The page's document after its scripts and `script` have run.
local function dom(html, script)
  local page = files.write(html .. "<script>" .. script .. "</script>", ".html")
  local place = files.path()
  local text = output_of(("%s --user-data-dir=%s --virtual-time-budget=30000 --dump-dom file://%s"
    .. " 2>/dev/null"):format(chromium, place, page))
  os.execute("rm -rf " .. place)
  return text
end

--- What a script says of a page: `script` calls `tell(value)`.
-- @return the value, decoded from JSON
function browser.ask(html, script)
  local text = dom(html, "function tell(value) { document.title = 'told:' + "
    .. "encodeURIComponent(JSON.stringify(value)); }\n" .. script)
  local told = assert(text:match "<title>told:(.-)</title>", "the page told nothing")
  return cjson.decode((told:gsub("%%(%x%x)", function(hex)
    return string.char(tonumber(hex, 16))
  end)))
end

--- The violations that axe-core finds, each a line.
function browser.violations(html)
  return browser.ask(html, axe() .. [[;
    axe.run().then(function (found) {
      tell(found.violations.map(function (one) {
        return one.id + ": " + one.nodes.map(function (node) { return node.html; }).join(" ");
      }));
    });]])
end

--- Drives a browser through steps (clicks.mjs); what each `read` found.
function browser.drive(steps)
  local text = output_of(("timeout 60 node spec/support/clicks.mjs %s 2>&1")
    :format(files.write(cjson.encode(steps))))
  local ok, found = pcall(cjson.decode, text)
  return ok and found or error(text)
end

return browser
