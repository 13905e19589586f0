--- Many callers of a gateway at once, each a curl of its own, whose answers come later.

local core = require "sertifier.core"
local files = require "spec.support.files"
local gateway = require "spec.support.gateway"
local run = require("sertifier.sandbox.nginx").run

local callers = { made = {} }

--- So many external ids.
function callers.ids(count, prefix)
  local list = {}
  for n = 1, count do list[n] = (prefix or "id-") .. n end
  return list
end

--- One caller for each external id and server; each hangs up after some seconds.
-- @treturn string where their answers come, for `callers.statuses`
function callers.ask(servers, ids, seconds)
  local place = files.path()
  os.execute("mkdir " .. place)
  callers.made[#callers.made + 1] = place
  for i, id in ipairs(ids) do
    local body = io.open(place .. "/in" .. i, "w")
    body:write(gateway.request(id))
    body:close()
    for s, server in ipairs(servers) do
      os.execute(("curl -s --max-time %g -o %s/body%d.%d -D %s/head%d.%d -H 'Content-Type: application/json'"
        .. " -H 'secretKey: %s' --data-binary @%s/in%d %s/campaign/addCredentials >/dev/null 2>&1 &")
        :format(seconds or 120, place, i, s, place, i, s, gateway.token, place, i, server.url))
    end
  end
  return place
end

--- How many answers have each status, once that many are there.
function callers.statuses(place, wanted)
  local counts, heads = {}, ""
  callers.wait_for(function()
    heads = run(("cat %s/head* 2>/dev/null | grep -a '^HTTP'"):format(place))
    return select(2, heads:gsub("HTTP", "")) >= wanted
  end)
  for status in heads:gmatch "HTTP/1.1 (%d+)" do counts[status] = (counts[status] or 0) + 1 end
  return counts
end

--- Waits, and says whether it came to be so.
function callers.wait_for(is_so)
  for _ = 1, 6000 do
    if is_so() then return true end
    core.sleep(0.01)
  end
  return false
end

--- Removes their files.
function callers.forget()
  for _, place in ipairs(callers.made) do run("rm -rf " .. place) end
  callers.made = {}
end

return callers
