-- Starts and stops bench/responder.c, which stands for the API.
local harness = dofile "bench/harness.lua"

local responder = { key = "key-of-the-bench-0123456789" }

--- Starts one that answers after so many milliseconds.
-- @treturn table `url`; `stop()`; and `first()`: when the last connection's first request came
function responder.start(latency)
  local program = harness.build("responder", "csrc/buffer.c")
  local fifo, told = program .. ".in", program .. ".out"
  os.remove(fifo)
  os.remove(told)
  harness.succeeds(("mkfifo %s && (%s %d <%s >%s &)"):format(fifo, program, latency, fifo, told))
  local input = assert(io.open(fifo, "w")) -- it ends when this is closed
  local port
  repeat port = harness.output_of("cat 2>/dev/null " .. told):match "^%d+" until port
  return { url = "http://127.0.0.1:" .. port,
    first = function() return tonumber(harness.output_of("tail -1 " .. told)) end,
    stop = function()
      input:close()
      os.remove(fifo)
    end }
end

return responder
