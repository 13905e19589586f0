--- The judge: what the server did, beside what a client said.
--
-- The server's own record counts. No key may have been added or mailed twice; every record must
-- end in one state, and the sums be equal; what is told as issued must exist on the server, and
-- what exists there must be told as issued or held in doubt.

local judge = {}

local ends = { "skipped", "invalid", "issued", "already_issued", "rejected", "in_doubt",
  "not_attempted" }

local function sum_of(counts)
  local sum = 0
  for _, name in ipairs(ends) do sum = sum + (counts[name] or 0) end
  return sum
end

--- The links by record that a write-back holds.
local function links_of(text)
  local links = {}
  for id, link in (text or ""):gmatch "([%w]+),([^\r\n]*)\n" do
    if id ~= "Id" then links[#links + 1] = { id = id, link = link } end
  end
  return links
end

local function count_of(keys)
  local count = 0
  for _ in pairs(keys) do count = count + 1 end
  return count
end

local function find_duplicates(verdict, keys)
  for key, one in pairs(keys) do
    if one.adds > 1 or one.mails > 1 then
      verdict.duplicates = verdict.duplicates + 1
      table.insert(verdict.words, ("%s: %d adds, %d mails"):format(key, one.adds, one.mails))
    end
  end
end

local function lose(verdict, count, words, ...)
  verdict.lost = verdict.lost + count
  table.insert(verdict.words, words:format(...))
end

--- Each record in one state, and nothing on the server that the client does not know of.
local function find_lost(verdict, told, keys)
  local counts, there = told.counts, count_of(keys)
  if not counts then return lose(verdict, told.records, "the last run told nothing") end
  local issued = counts.issued + counts.already_issued
  if counts.read ~= told.records or sum_of(counts) ~= told.records then
    lose(verdict, math.max(1, math.abs(told.records - sum_of(counts))), "%d records, %d told of",
      told.records, sum_of(counts))
  end
  if counts.not_attempted > 0 then
    lose(verdict, counts.not_attempted, "%d never attempted", counts.not_attempted)
  end
  if there > issued + counts.in_doubt then
    lose(verdict, there - issued - counts.in_doubt, "%d on the server, %d issued, %d in doubt",
      there, issued, counts.in_doubt)
  end
  verdict.held = counts.in_doubt
end

--- Nothing is told as issued that the server has not.
local function find_untrue(verdict, told, keys)
  local there, counts = {}, told.counts
  for _, one in pairs(keys) do there[one.verificationLink] = true end
  local links = links_of(told.links)
  for _, one in ipairs(links) do
    if not there[one.link] then
      verdict.untrue = verdict.untrue + 1
      table.insert(verdict.words, one.id .. ": its link is not the server's")
    end
  end
  local issued = counts and counts.issued + counts.already_issued
  if counts and issued > count_of(keys) then
    verdict.untrue = verdict.untrue + issued - count_of(keys)
    table.insert(verdict.words, ("%d issued, %d on the server"):format(issued, count_of(keys)))
  end
  if counts and told.links and #links ~= issued then
    lose(verdict, 1, "%d issued, %d links", issued, #links)
  end
end

--- Judges the end of a case.
-- @tparam table record the server's own, as sandbox/record.lua tells it
-- @tparam table told `records`: how many there are; `counts` of the last run, nil where it told
--   none; `links`, the text of its write-back, nil where it has none
-- @treturn table `duplicates`, `lost`, `untrue`, `held`, and `words`, a line for each fault
function judge.judge(record, told)
  local verdict = { duplicates = 0, lost = 0, untrue = 0, held = 0, words = {} }
  find_duplicates(verdict, record.keys)
  find_lost(verdict, told, record.keys)
  find_untrue(verdict, told, record.keys)
  return verdict
end

--- What an org has that is not as the ledger has it.
-- @tparam table issued links by record, as the ledger has them
-- @tparam table there links by record, as the org has them
-- @treturn table a line each
function judge.misplaced(issued, there)
  local words = {}
  for id, link in pairs(issued) do
    if there[id] ~= link then
      words[#words + 1] = ("%s: the org has %s for %s"):format(id, there[id] or "nothing", link)
    end
  end
  for id, link in pairs(there) do
    if not issued[id] then words[#words + 1] = ("%s: only the org has %s"):format(id, link) end
  end
  return words
end

--- Adds such lines to a verdict.
function judge.lose(verdict, words)
  for _, line in ipairs(words) do lose(verdict, 1, "%s", line) end
end

return judge
