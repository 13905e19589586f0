--- The connection cut after each byte of a request and of its answer; then the run again.

local core = require "sertifier.core"
local place = require "spec.prove.place"

local cut = {}

local program = "build/prove/cutting"

--- Puts the proxy before one of a place's servers.
-- @tparam table here
-- @tparam[opt="url"] string name under which the place has its address
function cut.open(here, name)
  local log = place.log()
  local self = { here = here, log = log, name = name or "url" }
  self.direct = here[self.name]
  self.proxy = io.popen(("%s %s %s"):format(program, self.direct:match "%d+$", log), "w")
  for _ = 1, 500 do
    self.port = (place.read(log) or ""):match "^(%d+)\n"
    if self.port then break end
    core.sleep(0.01)
  end
  self.url = self.direct:gsub("%d+$", (assert(self.port, "the proxy does not start")))
  return self
end

--- Ends the proxy, and closes the place behind it.
function cut.close(self)
  self.proxy:close()
  self.here:close()
end

--- Runs a client through the proxy, with one cut ahead.
local function run(self, client, point)
  local here = self.here
  self.proxy:write(point and ("%s %d %d %s\n"):format(point.way, point.exchange, point.bytes,
    point.how) or "none\n")
  self.proxy:flush()
  here[self.name] = self.url
  -- A stall needs a timeout; what else is slow is cut by nothing.
  local counts
  if client == "sertifier" then
    counts = here:issue(client, point and point.how == "stall" and 0.3 or 5)
  else
    counts = here:run(client)
  end
  here[self.name] = self.direct
  return counts
end

--- The bytes of each exchange of a whole run: `{ number, request, answer }`; number 0 is all.
local function sizes(self, client)
  self.here:clean()
  run(self, client)
  core.sleep(0.1)
  local list = {}
  for number, request, answer in place.read(self.log):gmatch "(%d+) (%d+) (%d+)\n" do
    list[#list + 1] = { exchange = tonumber(number), request = tonumber(request),
      answer = tonumber(answer) }
  end
  return list
end

local ways = { "request", "answer" }

--- Every point: after each byte of each exchange, in each of these ways.
-- @tparam boolean as_whole only the bytes of the connection count, as in an encrypted stream
-- @tparam[opt] number only this exchange of each connection
function cut.points(self, client, hows, as_whole, only)
  local points = {}
  for _, size in ipairs(sizes(self, client)) do
    if (size.exchange == 0) == as_whole and size.exchange == (only or size.exchange) then
      for _, how in ipairs(hows) do
        for _, way in ipairs(ways) do
          for bytes = 0, size[way] do
            points[#points + 1] = { way = way, exchange = size.exchange, bytes = bytes, how = how,
              name = ("%s after byte %d of %s %d"):format(how, bytes, way, size.exchange) }
          end
        end
      end
    end
  end
  return points
end

function cut.try(self, client, point)
  local here = self.here
  here:clean()
  local first = run(self, client, point)
  return here:conclude(client, function()
    return (client == "sertifier" and here.issue or here.run)(here, client)
  end, first)
end

return cut
