--- Reads a file.

--- @return its whole text; or nil, message
return function(path)
  local file, message = io.open(path, "rb")
  if not file then return nil, message end
  local text, why = file:read "*a"
  file:close()
  if text then return text end
  return nil, path .. ": " .. tostring(why)
end
