--- A file that is always whole: written beside its place, and moved there when it is complete.

local core = require "sertifier.core"

local whole_file = {}
whole_file.__index = whole_file

--- Of a path that is no directory nothing is found behind its slash, nor is it opened.
local function is_directory(path)
  local file = io.open(path .. "/.", "rb")
  if file then file:close() end
  return file ~= nil
end

local function fail(self, message)
  return nil, ("%s: cannot write %s: %s"):format(self.path, self.what, tostring(message)), "io"
end

--- Starts one.
-- @tparam string path where it will stand; "-" is standard output
-- @tparam string what it holds, in words
-- @return the file; or nil, message, "io"
function whole_file.open(path, what)
  local self = setmetatable({ path = path, what = what }, whole_file)
  if path == "-" then
    self.file = io.stdout
    return self
  end
  if path == "" or is_directory(path) then
    return fail(self, path == "" and "name a file" or "it is a directory; name a file")
  end
  self.place = ("%s.%d.part"):format(path, core.pid())
  local message
  self.file, message = io.open(self.place, "wb")
  if not self.file then return fail(self, message:sub(#self.place + 3)) end
  return self
end

--- Writes some more. Where that failed, it is not known what is missing: the file is whole no more.
-- @return the file; or nil, message, "io"
function whole_file:write(text)
  local ok, message = self.file:write(text)
  if ok then return self end
  self.failed = message
  return fail(self, message)
end

--- Ends the file: all of it is on the disk, and then it stands in its place.
-- @return true; or nil, message, "io"
function whole_file:close()
  local ok, message = core.sync(self.file)
  if self.failed then ok, message = nil, self.failed end
  if not self.place then return ok or fail(self, message) end
  local closed, why = self.file:close()
  if ok and closed then ok, why = os.rename(self.place, self.path) end
  if not ok then return fail(self, why or message) end
  return true
end

--- Gives it up: nothing is left behind.
function whole_file:discard()
  if not self.place then return end
  self.file:close()
  os.remove(self.place)
end

return whole_file
