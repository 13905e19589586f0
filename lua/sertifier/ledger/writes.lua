--- What is written back to an org: known before its credential is sent, and settled row by row.
--
-- A row names a record and the fields that get a credential's link. It waits as long as it has no
-- link of its own; it can be written once its credential is issued. So whatever ends a run, what is
-- left is here, and a link that a look-up finds later is written, too.

local list = require "sertifier.ledger.list"
local sql = require "sertifier.ledger.sql"

local writes = {}

local expect_sql = "INSERT INTO write_back (key, record_id, object, fields)"
  .. " SELECT column1, column2, column3, column4 FROM {list} WHERE column1 IS NOT NULL"
  .. " ON CONFLICT (key, record_id) DO "

local again = "UPDATE SET object = excluded.object, fields = excluded.fields, link = NULL,"
  .. " run = NULL, reason = NULL"

local function put(values, n, row)
  values[n + 1], values[n + 2], values[n + 3], values[n + 4] =
    row.key, row.record_id, row.object, row.fields
end

--- Notes what is to be written once its credential is issued, or is to be written again.
-- @tparam {table,...} rows `key`, `record_id`, `object`, `fields` (JSON: templates by field), none
--   of them twice
-- @tparam[opt] boolean keep what is written already is not written again
-- @return true; or nil, message, "ledger"
function writes.expect(self, rows, keep)
  return sql.change(self, function()
    local done, message = list.over(self,
      expect_sql .. (keep and "NOTHING" or again) .. " RETURNING key", rows, 4, put)
    return done and true, message
  end)
end

local columns = "SELECT w.key, w.record_id, w.object, w.fields, c.credential_id, c.link"

local can_be = " JOIN credential AS c ON c.key = w.key"
  .. " WHERE w.link IS NULL AND c.state = 'issued' AND c.link IS NOT NULL"

local open = " FROM write_back AS w" .. can_be

local untried = open .. " AND (w.run IS NULL OR w.run <> {run})"

local unwritten_sql = columns .. untried .. " ORDER BY w.object, w.record_id, c.settled_at"
  .. " LIMIT CAST(? AS BIGINT)"

--- Rows that can be written, and were not tried in this run: in the order of their records, and of
-- one record the newest credential last.
-- @treturn {table,...} `key`, `record_id`, `object`, `fields`, `credential_id`, `link`; or nil,
--   message, "ledger"
function writes.unwritten(self, limit)
  return sql.told(self, sql.rows_of(self, unwritten_sql, ("%d"):format(limit)))
end

local of_records_sql = columns .. " FROM {list} JOIN write_back AS w ON w.object = item.column1"
  .. " AND w.record_id = item.column2" .. can_be

--- The rows of some records that can be written.
-- @tparam string object
-- @tparam {string,...} ids
-- @treturn {table,...} as `unwritten`, in no order; or nil, message, "ledger"
function writes.unwritten_of(self, object, ids)
  return sql.told(self, list.over(self, of_records_sql, ids, 2, function(values, n, id)
    values[n + 1], values[n + 2] = object, id
  end))
end

--- How many rows can be written, and were not tried in this run.
-- @treturn number|nil or nil, message, "ledger"
function writes.count_unwritten(self)
  local rows, message = sql.rows_of(self, "SELECT count(*) AS n" .. untried)
  if not rows then return sql.fail(self, message) end
  return tonumber(rows[1].n)
end

local settle_sql = "UPDATE write_back SET link = item.column3, reason = item.column4, run = {run}"
  .. " FROM {list} WHERE key = item.column1 AND record_id = item.column2 RETURNING key"

--- Settles rows that were tried in this run: durable when it returns.
-- @tparam {table,...} results `key`, `record_id`, and `link`, which the org has now, or `reason`
-- @return true; or nil, message, "ledger"
function writes.settle(self, results)
  return sql.change(self, function()
    local done, message = list.over(self, settle_sql, results, 4, function(values, n, row)
      values[n + 1], values[n + 2], values[n + 3] = row.key, row.record_id, row.link
      values[n + 4] = list.text(row.reason)
    end)
    return done and true, message
  end)
end

--- All rows that can be written and are not, however often they were tried.
-- @treturn {table,...} as `unwritten`, and `reason`; or nil, message, "ledger"
function writes.left(self)
  return sql.told(self, sql.rows_of(self, "SELECT w.record_id, w.object, w.fields, w.reason,"
    .. " c.credential_id, c.link" .. open .. " ORDER BY w.object, w.record_id, c.settled_at"))
end

-- ---- jobs that write many ----

--- Notes a job, before it has any rows.
-- @return true; or nil, message, "ledger"
function writes.note_job(self, id, object)
  return sql.change(self, function()
    return sql.rows_of(self, "INSERT INTO write_job (id, object) VALUES (?, ?)", id, object)
  end) and true
end

--- A job's rows are settled, or it has none.
-- @return true; or nil, message, "ledger"
function writes.forget_job(self, id)
  return sql.change(self, function()
    return sql.rows_of(self, "DELETE FROM write_job WHERE id = ?", id)
  end) and true
end

--- The jobs that were noted and not forgotten.
-- @treturn {table,...} `id`, `object`; or nil, message, "ledger"
function writes.jobs(self)
  return sql.told(self, sql.rows_of(self, "SELECT id, object FROM write_job ORDER BY id"))
end

return writes
