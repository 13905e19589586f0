--- What a statement gives on a connection of its own.

local statement = {}

--- Its rows, by their columns' names; the connection is closed.
function statement.rows(connection, text)
  connection:autocommit(true)
  local prepared = assert(connection:prepare(text))
  assert(prepared:execute())
  local list = {}
  for row in prepared:rows(true) do list[#list + 1] = row end
  prepared:close()
  connection:close()
  return list
end

return statement
