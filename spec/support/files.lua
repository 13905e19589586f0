--- Temporary files for the specs.

local files = { made = {} }

--- A path that nothing stands at yet.
function files.path(ending)
  local name = os.tmpname()
  os.remove(name)
  name = name .. (ending or "")
  files.made[#files.made + 1] = name
  return name
end

--- A file with this text.
function files.write(text, ending)
  local name = files.path(ending)
  local file = assert(io.open(name, "wb"))
  file:write(text)
  file:close()
  return name
end

--- A pipe that gives a file's bytes: read without a thread, and in odd pieces.
function files.piped(path)
  local pipe = files.path()
  os.execute(("mkfifo %s && (cat %s >%s &)"):format(pipe, path, pipe))
  return pipe
end

--- The whole text of a file, nil where there is none.
function files.read(name)
  local file = io.open(name, "rb")
  if not file then return nil end
  local text = file:read "*a"
  file:close()
  return text
end

--- Removes all that was made here, and what a ledger adds to it.
function files.remove()
  for _, name in ipairs(files.made) do
    for _, ending in ipairs { "", "-wal", "-shm" } do os.remove(name .. ending) end
  end
  files.made = {}
end

return files
