--- Gathers tasks: lists of items that go in one request, each with its kind, and for a kind that
-- issues the body of that request, which holds the items' JSON outside of Lua.

local core = require "sertifier.core"

local gathering = {}

--- A task without items.
-- @tparam table kind as sending.lua has it
function gathering.new(kind)
  return { kind = kind, body = kind.issues and core.body() or nil }
end

--- Puts an item behind the others.
-- @param batch where its credential is, under the number `i`
function gathering.add(task, item, batch, i)
  task[#task + 1] = item
  if task.body then task.body:add(batch, i) end
end

--- A new task of some of the items, to be sent as this one was.
-- @tparam table task
-- @tparam {number,...} numbers of the items
function gathering.part(task, numbers)
  local part = { kind = task.kind, resends = task.resends,
    body = task.body and task.body:part(numbers) }
  for n, i in ipairs(numbers) do part[n] = task[i] end
  return part
end

--- The body is not sent again: its memory is free at once.
function gathering.close(task)
  if task.body then task.body:close() end
  task.body = nil
end

--- Leaves only some of the items in a task.
-- @tparam table task
-- @tparam {number,...} numbers of those
function gathering.keep(task, numbers)
  local part = gathering.part(task, numbers)
  gathering.close(task)
  task.body = part.body
  for i = 1, #task do task[i] = part[i] end
end

return gathering
