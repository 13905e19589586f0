--- Forgets keys: all that tells whose they were goes, and what keeps them from being sent stays.

local adoption = require "sertifier.ledger.adoption"
local forgotten = require "sertifier.ledger.forgotten"
local list = require "sertifier.ledger.list"
local memories = require "sertifier.ledger.memories"
local sql = require "sertifier.ledger.sql"

local forget = {}

-- ---- what may be forgotten ----

local first = {
  sending = "is being sent; forget it when its run has ended",
  in_doubt = "is in doubt; `sertifier resolve` first, or say --drop or --release of it",
  draft = "is a draft; publish it first, with --two-phase, or delete it in Sertifier, and then"
    .. " `sertifier resolve --drop` it",
  publishing = "is being published; when its run has ended, run it again with --two-phase first",
}

--- A dropped key speaks for a credential that the ledger does not know. Without it, that credential
-- would be taken for another key's of the same person, as long as that one is open.
-- @return the open key; or nil; or nil, message
local function rival_of(self, row)
  if row.state ~= "dropped" or not row.person then return nil end
  local others, message = adoption.of_person(self, row.campaign, row.person)
  for _, one in ipairs(others or {}) do
    if one.state ~= "dropped" then return one.key end
  end
  return nil, message
end

--- Why a key is not to be forgotten as yet; nil where it may be.
function forget.hindrance(self, row)
  local what = first[row.is_over == 1 and "in_doubt" or row.state]
  if what then return row.key .. " " .. what end
  local rival, message = rival_of(self, row)
  if not rival then return message end
  return ("%s is dropped, and %s, the same person's, is in doubt; settle that first")
    :format(row.key, rival)
end

-- ---- rows ----

--- Columns of the rows that are to be forgotten, as `c`.
forget.columns = "c.key, c.state, c.campaign, c.external_id, c.credential_id, c.person,"
  .. " CASE WHEN c.state = 'sending' AND c.lease < {now} THEN 1 ELSE 0 END AS is_over"

-- A rejected key may be sent again by a later run, and a queued one was not sent yet: of these
-- nothing is kept.
local is_kept = { issued = true, dropped = true }

local function keep(self, rows)
  local some = {}
  for _, row in ipairs(rows) do
    if is_kept[row.state] then some[#some + 1] = row end
  end
  return forgotten.add(self, some)
end

local remove_sql = {
  "DELETE FROM decision WHERE key IN (SELECT column1 FROM {list}) RETURNING key",
  "DELETE FROM write_back WHERE key IN (SELECT column1 FROM {list}) RETURNING key, record_id",
}

local remove_rows_sql = "DELETE FROM credential WHERE key IN (SELECT column1 FROM {list})"
  .. " RETURNING key"

--- Removes all that there is of some keys. Their rows are given, locked, and may go; of the other
-- keys another program may be making rows just now, and those stay.
-- @return what was removed, each with `key` and where it has one `record_id`; or nil, message
function forget.rows(self, keys, rows)
  local ok, message = keep(self, rows)
  if not ok then return nil, message end
  local all, why = list.over(self, remove_rows_sql, rows, 1, list.put_key_of)
  if not all then return nil, why end
  for _, text in ipairs(remove_sql) do
    local removed, problem = list.over(self, text, keys, 1, list.put_key)
    if not removed then return nil, problem end
    for _, row in ipairs(removed) do all[#all + 1] = row end
  end
  return all
end

-- ---- by name ----

local by_key_sql = "SELECT " .. forget.columns .. " FROM credential AS c"
  .. " WHERE c.key IN (SELECT column1 FROM {list}) {lock}"

--- The rows of some keys, locked, if all of them may go.
local function take(self, keys)
  local rows, message = list.over(self, by_key_sql, keys, 1, list.put_key)
  if not rows then return nil, message end
  for _, row in ipairs(rows) do
    local problem = forget.hindrance(self, row)
    if problem then return nil, problem end
  end
  return rows
end

--- Notes the words of a text: one of them may be the Id of a record.
local function note_words(words, text, key)
  for word in (text or ""):gmatch "%w+" do words[word] = key end
end

--- word -> key, of all that may be the Id of a key's record.
local function words_of(keys, rows, removed)
  local words = {}
  for _, key in ipairs(keys) do note_words(words, key:match "/(.*)", key) end
  for _, row in ipairs(rows) do note_words(words, row.external_id, row.key) end
  for _, row in ipairs(removed) do note_words(words, row.record_id, row.key) end
  return words
end

--- One that is written wrongly is not to seem forgotten.
local function check_known(self, keys, removed, words, remembered)
  local known, message = forgotten.keys(self, keys)
  if not known then return nil, message end
  for _, row in ipairs(removed) do known[row.key] = true end
  for word in pairs(remembered) do known[words[word]] = true end
  for _, key in ipairs(keys) do
    if not known[key] then return nil, key .. " is not in it; nothing was forgotten" end
  end
  return true
end

--- How many rows there are of each state.
function forget.count(rows)
  local counts = {}
  for _, row in ipairs(rows) do counts[row.state] = (counts[row.state] or 0) + 1 end
  return counts
end

local function by_key(self, keys)
  local rows, message = take(self, keys)
  if not rows then return nil, message end
  local removed, why = forget.rows(self, keys, rows)
  if not removed then return nil, why end
  local words = words_of(keys, rows, removed)
  local remembered, problem = memories.forget(self, words)
  if not remembered then return nil, problem end
  local ok, fault = check_known(self, keys, removed, words, remembered)
  return ok and forget.count(rows), fault
end

--- Ends what has forgotten something.
-- @return the counts; or nil, message, "ledger"
function forget.clean(self, counts)
  local ok, message = self.engine.clean(self)
  if ok then return counts end
  return sql.fail(self, "forgotten, but until it is said again bytes of it may be in the file: "
    .. message:gsub("^.*: ", ""))
end

--- Forgets keys: what says whose they were is removed, also from the ledger's file. Those that are
-- issued or dropped are never sent again all the same; those that are rejected or queued are as if
-- they had never been there. All of them are forgotten, or where one may not be, none.
-- @tparam {string,...} keys
-- @treturn table how many were in each state; or nil, message, "ledger"
function forget.forget(self, keys)
  local counts, message, code = sql.change(self, function() return by_key(self, keys) end)
  if not counts then return nil, message, code end
  return forget.clean(self, counts)
end

return forget
