--- Loads libcurl, and SQLite, in a thread, beside the command's own modules: that takes as long as
-- to load all of these.
--
-- The system loads one library at a time; who wants another waits meanwhile.

local core = require "sertifier.core"

--- LuaJIT looks for each module in the libraries that are loaded, for which it would wait, before
-- it looks for a file; here the file comes first.
local function find_files_first()
  local loaders = package.loaders -- from Lua 5.2 on they are called otherwise, and need not this
  if loaders then table.insert(loaders, 1, loaders[2]) end
end

--- Begins. A PUC Lua 5.1 cannot say where a library is: there it is loaded when it is asked for.
return function()
  local http = package.searchpath and package.searchpath("sertifier.http", package.cpath)
  if not http then return end
  require "cjson" -- the libraries that are wanted meanwhile
  require "lpeg"
  local sqlite = package.searchpath("dbd.sqlite3", package.cpath)
  core.load_ahead(http .. "\0" .. (sqlite or "") .. "\0")
  find_files_first()
end
