--- Records that are locked: some by somebody else, some by two transactions that update records of
-- one parent at the same time.
--
-- A transaction is a table: its `holds`, which those side by side share, says for each parent which
-- transaction has it locked; `until_`, when it ends. Salesforce waits ten seconds for a lock; this
-- org does not.

local locks = {}

--- The transaction of a call, which ends a little before its answer comes: no clock says whether
-- that was before the next call.
function locks.of_call(state)
  return { holds = state.holds, until_ = state.now() + 0.8 * state.behave.latency }
end

--- The transactions of a job, side by side.
-- @treturn function the transaction of its n-th row
function locks.of_job(state)
  local holds, transactions = {}, {}
  return function(n)
    local place = math.ceil(n / state.behave.job_rows)
    transactions[place] = transactions[place] or { holds = holds, until_ = math.huge }
    return transactions[place]
  end
end

--- Whether another transaction has a parent locked; else it is locked from now on.
local function is_held(state, parent, transaction)
  local holder = transaction.holds[parent]
  if holder and holder ~= transaction and holder.until_ > state.now() then return true end
  transaction.holds[parent] = transaction
  return false
end

local function is_somebodys(state, id, n)
  if n > state.behave.lock_rows then return false end
  state.locked[id] = (state.locked[id] or 0) + 1
  return state.locked[id] <= state.behave.lock_times
end

--- Whether a record cannot be updated now.
-- @tparam table state
-- @tparam table record of the org's own
-- @tparam number n which one it is of those that are updated together
-- @tparam table transaction
function locks.is_locked(state, record, n, transaction)
  if is_somebodys(state, record.Id, n) then return true end
  local parent = state.behave.lock_parents and record.AccountId
  if not parent or not is_held(state, parent, transaction) then return false end
  state:count "parent_locked"
  return true
end

local lock = "UNABLE_TO_LOCK_ROW"
local why = "unable to obtain exclusive access to this record"

--- What is told of such a record: a code and a message.
function locks.fault(state)
  if not state.behave.lock_in_trigger then return lock, why end
  return "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", ("ContactTrigger: execution of AfterUpdate caused "
    .. "by: System.DmlException: Update failed. First exception on row 0; first error: %s, %s: []")
    :format(lock, why)
end

return locks
