--- A TCP server that misbehaves as it is told: lua5.4 tcp_server.lua LOG MODE [N]
--
-- It writes its port, and then a line for each whole request that it has read, to the log, and ends
-- when its standard input does. Modes:
--   second-dies   the second request of the first connection is read, and the connection closed
--   cut-request   the connection is closed after N bytes of a request
--   cut-answer    the connection is closed after N bytes of the answer
--   deaf          no connection is taken: the queue of those that wait is full
--   stall         no request is answered
--   redirect      307 to another path
--   large         an answer of N bytes
--   echo          an answer that is the request's body
--   repeats       a refusal that repeats the request's head
--   answers       to /N/… the N-th of spec/support/answers.lua

local socket = require "socket"

local log = assert(io.open(arg[1], "a"))
local mode, amount = arg[2], tonumber(arg[3] or 0)

local listener = assert(socket.bind("127.0.0.1", 0, mode == "deaf" and 0 or nil))

--- Fills the listener's own queue; the system answers no further connection.
local function fill_queue()
  local waiting = {}
  repeat
    waiting[#waiting + 1] = socket.tcp()
    waiting[#waiting]:settimeout(0.05)
  until not waiting[#waiting]:connect(listener:getsockname())
  return waiting
end

local waiting = mode == "deaf" and fill_queue()
log:write(select(2, listener:getsockname()), "\n")
log:flush()

local function answer_of(body, status)
  return ("HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s")
    :format(status or "200 OK", #body, body)
end

--- Reads a request's head and body; nil where the connection ends first.
local function read_request(connection)
  local length, lines = 0, {}
  while true do
    local line = connection:receive "*l"
    if not line then return nil end
    if line == "" then break end
    lines[#lines + 1] = line
    length = tonumber(line:match "^[Cc]ontent%-[Ll]ength: (%d+)") or length
  end
  local body = length == 0 and "" or connection:receive(length)
  return body and { head = table.concat(lines, "|"), body = body }
end

local function note(request)
  log:write(request.head, "|", #request.body, "\n")
  log:flush()
end

local connections = 0

local modes = {}

modes["second-dies"] = function(connection)
  local requests = 0
  for request in read_request, connection do
    requests = requests + 1
    note(request)
    if connections == 1 and requests == 2 then return end
    connection:send(answer_of "{}")
  end
end

modes["cut-request"] = function(connection)
  connection:receive(amount)
  -- Without this the system would answer what is left unread with a reset, which is another test.
  connection:settimeout(0.05)
  connection:receive "*a"
end

modes["cut-answer"] = function(connection)
  local request = read_request(connection)
  if not request then return end
  note(request)
  connection:send(answer_of('{"data":"' .. ("x"):rep(200) .. '"}'):sub(1, amount))
end

function modes.stall(connection)
  local request = read_request(connection)
  if request then note(request) end
  connection:receive "*a"
end

function modes.redirect(connection)
  for request in read_request, connection do
    note(request)
    connection:send((answer_of("{}", "307 Temporary Redirect")
      :gsub("\r\n", "\r\nLocation: /elsewhere\r\n", 1)))
  end
end

function modes.large(connection)
  for request in read_request, connection do
    note(request)
    connection:send(answer_of(("x"):rep(amount)))
  end
end

function modes.echo(connection)
  for request in read_request, connection do
    note(request)
    connection:send(answer_of(request.body))
  end
end

function modes.repeats(connection)
  for request in read_request, connection do
    note(request)
    connection:send(answer_of(('{"hasError":true,"message":"not for %s"}')
      :format(request.head:match "secretKey: ([^|]*)")))
  end
end

function modes.answers(connection)
  local cases = require("spec.support.answers").cases
  for request in read_request, connection do
    note(request)
    local answer = cases[tonumber(request.head:match "/(%d+)/")][3]
    connection:send(answer_of(answer.body, ("%d Odd"):format(answer.status)))
  end
end

local function is_wanted()
  return #socket.select({ { getfd = function() return 0 end, dirty = function() return false end } },
    nil, 0) == 0
end

listener:settimeout(0.05)
while is_wanted() do
  local connection = not waiting and listener:accept()
  if waiting then socket.sleep(0.01) end
  if connection then
    connections = connections + 1
    connection:settimeout(5)
    modes[mode](connection)
    connection:close()
  end
end
