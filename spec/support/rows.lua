--- What a statement gives on a connection of its own.

local rows = {}

--- Its rows, by their columns' names; the connection is closed.
function rows.of(connection, text)
  connection:autocommit(true)
  local statement = assert(connection:prepare(text))
  assert(statement:execute())
  local list = {}
  for row in statement:rows(true) do list[#list + 1] = row end
  statement:close()
  connection:close()
  return list
end

return rows
