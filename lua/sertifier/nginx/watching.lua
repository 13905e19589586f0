--- The status page's requests: its readers look, and with the admin token they decide.

local access = require "sertifier.nginx.access"
local metrics = require "sertifier.nginx.metrics"
local page = require "sertifier.nginx.page"
local pool = require "sertifier.nginx.pool"
local request = require "sertifier.nginx.request"

local watching = {}

local function send(status, text, content_type)
  ngx.status = status
  local header = ngx.header
  header["Content-Type"] = content_type
  header["Content-Length"] = #text
  header["Cache-Control"] = "no-store"
  header["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline';"
    .. " form-action 'self'; frame-ancestors 'none'"
  ngx.print(text)
end

local function wants_page()
  return (ngx.var.http_accept or ""):find("text/html", 1, true) ~= nil
end

local function show(self, wanted, said, status)
  local seen, answer = pool.call(self, "status", self.settings, wanted)
  if not seen then return send(answer.status, answer.body, "application/json") end
  seen.minutes, seen.wanted, seen.said = metrics.minutes(), wanted, said
  if not wants_page() then return send(status, page.json(seen), "application/json") end
  send(status, page.html(seen), "text/html; charset=utf-8")
end

--- A person's word, with the token in the form or in a header.
local function decide(self)
  local form = request.form()
  local token = form.token or ngx.var.http_secretkey
  local key, word = form.key, form.word
  if access.fault(self.access, { token = token }) or not (key and word) then
    return show(self, key, "Nothing was done: the admin token is not the right one.", 403)
  end
  if word == "look_up" and not pool.is_there() then
    return show(self, key, "Nothing was done: this nginx cannot wait for Sertifier; run "
      .. "`sertifier resolve`.", 200)
  end
  local done, answer = pool.call(self, "act", self.settings, key, word,
    "status page, " .. ngx.var.remote_addr)
  if not done then return send(answer.status, answer.body, "application/json") end
  show(self, key, done.said, 200)
end

--- Serves a request.
-- @tparam table self `settings`, and the `access` of those who may decide
function watching.serve(self)
  local method = ngx.req.get_method()
  if method == "POST" then return decide(self) end
  if method ~= "GET" and method ~= "HEAD" then
    ngx.header["Allow"] = "GET, HEAD, POST"
    return send(405, "", "text/plain")
  end
  local wanted = ngx.req.get_uri_args(10).id
  show(self, type(wanted) == "string" and wanted ~= "" and wanted or nil, nil, 200)
end

return watching
