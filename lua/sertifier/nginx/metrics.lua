--- Counts what the handlers do, in nginx's shared memory, and tells it to Prometheus.

local metrics = {}

local name = "sertifier" -- of the lua_shared_dict

-- Seconds; the last bucket is everything.
local bounds = { 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60 }
local minutes_kept = 60

--- The shared memory; nil where nginx.conf has none.
function metrics.shared()
  return ngx.shared[name]
end

local function add(key, amount, lifetime)
  ngx.shared[name]:incr(key, amount, 0, lifetime or 0)
end

local function observe(what, seconds)
  for _, bound in ipairs(bounds) do
    if seconds <= bound then
      add(("%s_bucket{le=\"%s\"}"):format(what, bound), 1)
      break
    end
  end
  add(what .. "_sum", seconds)
  add(what .. "_count", 1)
end

local histograms = { api = "sertifier_api_request_seconds",
  claim = "sertifier_ledger_claim_seconds", settle = "sertifier_ledger_settle_seconds" }

--- By the minute, for the charts of the status page.
local function note_minute(answer)
  local minute, lifetime = math.floor(ngx.now() / 60), 60 * (minutes_kept + 1)
  local issued, api = answer.counts.issued, answer.times and answer.times.api
  if issued then add("minute_issued_" .. minute, issued, lifetime) end
  if api then
    add("minute_api_" .. minute, api, lifetime)
    add("minute_calls_" .. minute, 1, lifetime)
  end
end

local function note_outcomes(answer)
  for outcome, count in pairs(answer.counts) do
    add(('sertifier_credentials_total{outcome="%s"}'):format(outcome), count)
  end
  note_minute(answer)
end

--- Notes one answer.
-- @tparam string handler
-- @tparam table answer `status`, `counts`, `times`
function metrics.note(handler, answer)
  add(('sertifier_requests_total{handler="%s",status="%d"}'):format(handler, answer.status), 1)
  for what, seconds in pairs(answer.times or {}) do observe(histograms[what], seconds) end
  note_outcomes(answer)
end

--- Notes what one look at the queue sent; its times are those of several requests.
-- @tparam table total of drain.run
function metrics.note_drain(total)
  note_outcomes { counts = total.counts }
end

--- The last hour, the oldest minute first.
-- @treturn {table,...} each `issued`, and `latency`, the mean seconds of an API call, or nil
function metrics.minutes()
  local dict, list, now = ngx.shared[name], {}, math.floor(ngx.now() / 60)
  for minute = now - minutes_kept + 1, now do
    local calls = dict:get("minute_calls_" .. minute)
    list[#list + 1] = { issued = dict:get("minute_issued_" .. minute) or 0,
      latency = calls and dict:get("minute_api_" .. minute) / calls or nil }
  end
  return list
end

-- ---- Prometheus's text format ----

local about = {
  { "sertifier_requests_total", "counter", "Requests, by handler and HTTP status." },
  { "sertifier_credentials_total", "counter", "Credentials asked for, by what came of them." },
  { "sertifier_api_request_seconds", "histogram", "Calls of Sertifier's API." },
  { "sertifier_ledger_claim_seconds", "histogram", "Claims in the ledger." },
  { "sertifier_ledger_settle_seconds", "histogram", "Settlements in the ledger." },
}

local function histogram(lines, dict, what)
  local sum = 0
  for _, bound in ipairs(bounds) do
    local key = ("%s_bucket{le=\"%s\"}"):format(what, bound)
    sum = sum + (dict:get(key) or 0)
    lines[#lines + 1] = ("%s %d"):format(key, sum)
  end
  local count = dict:get(what .. "_count") or 0
  lines[#lines + 1] = ("%s_bucket{le=\"+Inf\"} %d"):format(what, count)
  lines[#lines + 1] = ("%s_sum %.6f"):format(what, dict:get(what .. "_sum") or 0)
  lines[#lines + 1] = ("%s_count %d"):format(what, count)
end

local function counters(lines, dict, what)
  local keys = dict:get_keys(0)
  table.sort(keys)
  for _, key in ipairs(keys) do
    if key:sub(1, #what + 1) == what .. "{" then
      lines[#lines + 1] = ("%s %d"):format(key, dict:get(key))
    end
  end
end

local function head(lines, what, kind, help)
  lines[#lines + 1] = ("# HELP %s %s"):format(what, help)
  lines[#lines + 1] = ("# TYPE %s %s"):format(what, kind)
end

local states = { "draft", "dropped", "forgotten", "in_doubt", "issued", "publishing", "queued",
  "rejected", "sending" }

--- Nothing where the counts are not known: that there is no key in doubt is something else.
local function gauges(lines, counts)
  for _, state in ipairs(counts and states or {}) do
    lines[#lines + 1] = ('sertifier_ledger_keys{state="%s"} %d'):format(state, counts[state] or 0)
  end
end

--- All of it as text.
-- @tparam[opt] table counts keys in the ledger, by state; nil where it cannot be asked
function metrics.text(counts)
  local dict, lines = ngx.shared[name], {}
  for _, one in ipairs(about) do
    head(lines, one[1], one[2], one[3])
    local write = one[2] == "histogram" and histogram or counters
    write(lines, dict, one[1])
  end
  head(lines, "sertifier_ledger_keys", "gauge", "Keys in the ledger, by state.")
  gauges(lines, counts)
  return table.concat(lines, "\n") .. "\n"
end

return metrics
