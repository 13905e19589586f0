--- What the README and the pages in docs/ show: taken out of their text, and run.

local files = require "spec.support.files"

local pages = { campaign = "7d1f0c52-demo-4b3a-course-completion", key = "key-of-the-pages" }

local lua = os.getenv "SPEC_LUA" or "lua5.4"

--- The fenced blocks of a page, in order: `kind`, what stands behind the fence, and `text`.
function pages.blocks(text)
  local found, open = {}, nil
  for line in text:gmatch "([^\n]*)\n" do
    local fence = line:match "^```(.*)$"
    if fence and open then
      found[#found + 1], open = { kind = open.kind, text = table.concat(open, "\n") }, nil
    elseif fence then
      open = { kind = fence }
    elseif open then
      open[#open + 1] = line
    end
  end
  assert(not open, "a block that nothing ends")
  return found
end

--- The texts of the blocks of one kind, in order.
function pages.blocks_of(text, kind)
  local texts = {}
  for _, block in ipairs(pages.blocks(text)) do
    if block.kind == kind then texts[#texts + 1] = block.text end
  end
  return texts
end

local function output_of(command)
  local pipe = io.popen(command)
  local output = pipe:read "*a"
  pipe:close()
  return output
end

--- A place where commands find what they name, and leave what they make.
-- @treturn string its path
-- @treturn string what goes before a command that is run in it
function pages.place(url)
  local place, here = files.path(), output_of("pwd"):gsub("%s+$", "")
  os.execute(("mkdir -p %s/bin && ln -s %s/examples %s/examples"):format(place, here, place))
  local command = assert(io.open(place .. "/bin/sertifier", "w"))
  command:write(("#!/bin/sh\nexec %s %s/bin/sertifier \"$@\"\n"):format(lua, here))
  command:close()
  os.execute("chmod +x " .. place .. "/bin/sertifier")
  return place, ("cd %s && PATH=$PWD/bin:$PATH LUA_PATH='%s/lua/?.lua;%s/lua/?/init.lua;;' "
    .. "LUA_CPATH='%s/%s;;' SERTIFIER_URL=%s SERTIFIER_SECRET_KEY=%s"):format(place, here, here,
    here, os.getenv("LUA_CPATH"):match "^[^;]+", url, pages.key)
end

--- What follows a message is where Lua was, which means nothing to a reader; the program's name in
-- front of it, and how long it took, are those of this run.
local function without_place(printed)
  printed = printed:gsub("\nstack traceback:.*$", "\n"):gsub(" in %d+%.%d%d s", " in 0.01 s")
  if printed:sub(1, #lua + 2) == lua .. ": " then printed = "lua5.4" .. printed:sub(#lua + 1) end
  return printed
end

--- Runs a command as a reader would.
-- @treturn string what it printed
-- @treturn number its exit status
function pages.run(environment, command)
  local quoted = command:gsub("lua5%.4", lua):gsub("'", "'\\''")
  local output = output_of(("%s sh -c '%s' 2>&1; echo \"|$?\""):format(environment, quoted))
  local printed, status = output:match "^(.*)|(%d+)%s*$"
  return without_place(printed), tonumber(status)
end

--- The commands of a block, each with what it is said to print.
function pages.dialogue(block)
  local list = {}
  for line in (block .. "\n"):gmatch "([^\n]*)\n" do
    if line:sub(1, 2) == "$ " then
      list[#list + 1] = { line:sub(3), "" }
    else
      list[#list][2] = list[#list][2] .. line .. "\n"
    end
  end
  return list
end

return pages
