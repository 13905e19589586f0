--- What came in: a request's head and body, and why it is refused before any work.

local access = require "sertifier.nginx.access"
local read_file = require "sertifier.read_file"

local request = {}

--- Reads a body whose length is known, with a limit on the whole of its time; nginx's own limit is
-- between two reads, and at its end it hangs up without an answer.
local function receive(length, seconds)
  local socket = ngx.req.socket()
  if not socket then return nil end -- HTTP/2: nginx reads it
  socket:settimeout(seconds * 1000)
  local body, problem = socket:receive(length)
  return body or "", problem
end

--- The whole body.
-- @treturn string|nil nil where it did not come in time
local function read_body(seconds)
  local length = tonumber(ngx.var.http_content_length or "")
  if length and length > 0 then
    local body, problem = receive(length, seconds)
    if body then return not problem and body or nil end
  end
  ngx.req.read_body()
  local path = ngx.req.get_body_file()
  return path and read_file(path) or ngx.req.get_body_data() or ""
end

local function token_of(var)
  return var.http_secretkey or (var.http_authorization or ""):match "^[Bb]earer +(%S+)$"
end

--- What the access wants to know.
local function caller()
  local var = ngx.var
  return { token = token_of(var), signature = var.http_x_signature,
    timestamp = var.http_x_timestamp, certificate = var.ssl_client_verify,
    subject = var.ssl_client_s_dn }
end

--- What is wrong with the method and the type.
local function fault_of_head(self)
  if ngx.req.get_method() ~= "POST" then
    ngx.header["Allow"] = "POST"
    return 405, "The method must be POST"
  end
  local type_ = (ngx.var.http_content_type or ""):lower()
  for _, wanted in ipairs(self.content_types) do
    if type_:find(wanted, 1, true) == 1 then return nil end
  end
  return 415, "The content type must be " .. self.content_types[1]
end

--- Reads a request. Who may not ask is told so before the body is read, unless it is the body that
-- is signed.
-- @tparam table self a handler: `access`, `content_types`, `body_time`
-- @treturn string|nil the body; or nil, the HTTP status and why
function request.read(self)
  local status, message = fault_of_head(self)
  if status then return nil, status, message end
  local one = caller()
  local why = not one.signature and access.fault(self.access, one)
  if why then return nil, 403, "Not let in: " .. why end
  one.body = read_body(self.body_time)
  if not one.body then return nil, 408, "The body did not come in time" end
  why = one.signature and access.fault(self.access, one)
  if why then return nil, 403, "Not let in: " .. why end
  return one.body
end

--- A form that a page's reader sent; small, so nginx's own reading will do.
-- @treturn table name -> text
function request.form()
  ngx.req.read_body()
  local values = {}
  for name, value in pairs(ngx.req.get_post_args(20) or {}) do
    values[name] = type(value) == "string" and value or nil
  end
  return values
end

--- Ends the connection after an answer: the rest of a body would be taken for the next request.
function request.hang_up()
  ngx.flush(true)
  ngx.exit(444)
end

return request
