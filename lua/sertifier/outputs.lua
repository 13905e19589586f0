--- What is written must not stand where something is read or kept: it would write over it.

local core = require "sertifier.core"

local outputs = {}

--- A file by its device and inode, whatever it is called; one that is not there by its place.
local function identity(path)
  if path == "-" then path = "/dev/stdin" end
  local id = core.file_id(path)
  if id then return id end
  local place, name = path:match "^(.*/)(.*)$"
  return ("%s/%s"):format(core.file_id(place or ".") or place, name or path)
end

local function is_same(path, output)
  return type(path) == "string" and identity(path) == identity(output)
end

--- Looks whether an output is one of the exports, the flow, or the ledger.
-- @tparam ?string output its path; "-" is standard output
-- @tparam string what it holds, in words
-- @tparam table exports their paths, and the flow's; what is no path is passed over
-- @tparam ?string|table ledger its path, or the ledger itself
-- @treturn ?string what is wrong and what to do, or nil
function outputs.fault(output, what, exports, ledger)
  if type(output) ~= "string" or output == "-" then return nil end
  local form = "%s: is %s; name another file for " .. what
  for _, path in ipairs(exports) do
    if is_same(path, output) then
      return form:format(output, path:find "%.lua$" and "the flow itself" or "the export itself")
    end
  end
  if type(ledger) == "table" then ledger = ledger.name end
  for _, ending in ipairs(ledger and { "", "-wal", "-shm" } or {}) do -- SQLite's own are part of it
    if is_same(ledger .. ending, output) then return form:format(output, "the ledger") end
  end
end

--- The same for the options of a run.
function outputs.fault_of_run(options)
  local exports, kept = { options.export, options.previous }, options.ledger or "sertifier.db"
  local links, rejects = options.write_back, options.rejects
  if links and rejects and links ~= "-" and is_same(links, rejects) then
    return ("%s: is where the links go; name another file for the rejects"):format(rejects)
  end
  return outputs.fault(links, "the links", exports, kept)
    or outputs.fault(rejects, "the rejects", exports, kept)
    or outputs.fault(kept, "the ledger", exports)
end

return outputs
