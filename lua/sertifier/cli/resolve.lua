--- `sertifier resolve`.

local common = require "sertifier.cli.common"
local lookup = require "sertifier.lookup"
local telling = require "sertifier.cli.telling"

local resolve = {}

-- ---- a person's word ----

local function decide(ledger, keys, word)
  local by_whom = os.getenv "USER" or os.getenv "LOGNAME" or "unknown"
  for _, key in ipairs(keys) do
    local ok, message = ledger:decide(key, word, by_whom)
    if not ok then common.fail(message) end
    io.stderr:write(word == "drop" and "dropped " or "released ", key, "\n")
  end
end

-- ---- Sertifier's ----

local function candidates_of(finding)
  local list = {}
  for i, one in ipairs(finding.candidates) do
    list[i] = ("\n    %s, created %s"):format(one.id,
      one.created and telling.time(one.created) or "at a time that is not told")
  end
  return table.concat(list)
end

local function tell(finding)
  if finding.state == "issued" then
    print(("%s: issued, credential %s%s"):format(finding.key, finding.credential_id,
      finding.link == "" and "; Sertifier told no link" or ""))
  else
    print(("%s: in doubt: %s%s"):format(finding.key, finding.reason, candidates_of(finding)))
  end
end

local function as_json(finding)
  local list = {}
  for i, one in ipairs(finding.candidates or {}) do
    list[i] = ('{"id":%s,"created":%s}'):format(telling.quote(one.id),
      one.created and ("%d"):format(one.created) or "null")
  end
  local text = ('{"key":%s,"state":"%s"'):format(telling.quote(finding.key), finding.state)
  if finding.state == "issued" then
    return ('%s,"credential_id":%s,"link":%s}'):format(text, telling.quote(finding.credential_id),
      telling.quote(finding.link))
  end
  return ('%s,"reason":%s,"candidates":[%s]}'):format(text, telling.quote(finding.reason),
    table.concat(list, ","))
end

--- Counts of findings, by state.
local function new_tally(is_json)
  local tally = { issued = 0, in_doubt = 0, texts = {} }
  return tally, function(finding)
    tally[finding.state] = tally[finding.state] + 1
    if is_json then tally.texts[#tally.texts + 1] = as_json(finding) else tell(finding) end
  end
end

--- What there is in doubt; a client is opened only for something.
local function look_up(ledger, args)
  local entries, message = ledger:in_doubt()
  if not entries then common.fail(message) end
  local tally, note = new_tally(args.json)
  if #entries > 0 then
    local client = common.client()
    local left, problem, code = lookup.settle(ledger, client, entries, note)
    client:close()
    if code == "auth" or code == "ledger" then common.fail(problem) end
    if not left then io.stderr:write("the rest was not looked up: ", problem, "\n") end
  end
  tally.in_doubt = #entries - tally.issued
  return tally
end

-- What no look-up here settles: what a run may still be sending is in doubt only later.
local others = {
  { "sending", "being sent by a run; in doubt 180 seconds after the run's last word" },
  { "publishing", "being published; a run with --two-phase settles those of one that ended" },
}

local function count_others(ledger)
  local counts, message = ledger:counts()
  if not counts then common.fail(message) end
  return counts
end

local function tell_tally(tally, is_json)
  if is_json then
    print(('{"issued":%d,"in_doubt":%d,"keys":[%s]}'):format(tally.issued, tally.in_doubt,
      table.concat(tally.texts, ",")))
    return
  end
  io.stderr:write(("%8d issued\n%8d still in doubt\n"):format(tally.issued, tally.in_doubt))
  for _, one in ipairs(others) do
    local keys = tally.others[one[1]]
    if keys then io.stderr:write(("%8d %s\n"):format(keys, one[2])) end
  end
  if tally.in_doubt > 0 then io.stderr:write(telling.doubt_help) end
end

--- Runs the command.
-- @treturn number 0, or 3 where some are still in doubt
function resolve.main(args)
  local ledger = common.ledger(args)
  decide(ledger, args.drop, "drop")
  decide(ledger, args.release, "release")
  if #args.release + #args.drop > 0 then
    ledger:close()
    return 0
  end
  local tally = look_up(ledger, args)
  tally.others = count_others(ledger)
  ledger:close()
  tell_tally(tally, args.json)
  return tally.in_doubt > 0 and 3 or 0
end

return resolve
