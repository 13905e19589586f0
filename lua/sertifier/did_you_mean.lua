--- What a message about a wrong name ends with: the right one that is nearest.

local later = require "sertifier.later"
local nearest = later "sertifier.nearest"

--- Asks whether another name was meant.
-- @param name what was written
-- @tparam {string,...} names the right ones
-- @tparam[opt=""] string otherwise what stands there where none is near
-- @treturn string such as "; did you mean campaign?"
return function(name, names, otherwise)
  local near = nearest(tostring(name), names)
  return near and ("; did you mean %s?"):format(near) or otherwise or ""
end
