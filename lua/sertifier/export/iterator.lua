--- A script's iterator: where it fails, the run ends as after a hook's error: once what is in
-- flight has come back.

local function is_line(value)
  return type(value) == "number" and value % 1 == 0
end

--- @tparam function source gives a row a call; or nil; or nil, message, code
-- @treturn function the same, that raises nothing
return function(source)
  return function()
    local ok, row, line, problem = pcall(source)
    if not ok then return nil, "the iterator failed: " .. tostring(row), "hook" end
    -- What else an iterator gives beside a row is its own.
    if row and not is_line(line) then return row end
    return row, line, problem
  end
end
