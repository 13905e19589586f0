-- Reads what a coverage run left and prints the figures, in the copy that was run:
-- luajit spec/coverage/figures.lua PLACE
--
-- Fails where a figure is below what it has to be, or where a public function was never called. Which lines
-- did not run stands in PLACE/not-run then.
local cjson = require "cjson"
local jutil = require "jit.util"

local place = ...
local wanted = { C = 90, Lua = 95 }

-- ---- the core: what gcov says ----

local function add_source(files, source)
  if not source.file:find "^csrc/" then return end
  local file = files[source.file] or { lines = {}, functions = {} }
  files[source.file] = file
  for _, line in ipairs(source.lines) do
    file.lines[line.line_number] = file.lines[line.line_number] or line.count > 0
  end
  for _, one in ipairs(source.functions) do
    file.functions[one.name] = file.functions[one.name] or one.execution_count > 0
  end
end

local function core()
  local files = {}
  for text in io.lines(place .. "/core") do
    for _, source in ipairs(cjson.decode(text).files) do add_source(files, source) end
  end
  return files
end

-- ---- the modules: what the hook wrote ----

local function reached()
  local lines = {}
  for line in io.lines(place .. "/lines") do lines[line] = true end
  return lines
end

--- Calls `tell` with each line that holds code of this function, or of one within it.
local function each_line(code, tell)
  local pc, info = 1, jutil.funcinfo(code, 1)
  while info.currentline do
    tell(info.currentline)
    pc = pc + 1
    info = pc < info.bytecodes and jutil.funcinfo(code, pc) or {}
  end
  if not jutil.funcinfo(code).children then return end
  local n = -1
  local child = jutil.funck(code, n)
  while child do
    if type(child) == "proto" then each_line(child, tell) end
    n = n - 1
    child = jutil.funck(code, n)
  end
end

local function modules(lines)
  local files = {}
  local pipe = io.popen "find lua -name '*.lua' | sort"
  for path in pipe:lines() do
    local file = { lines = {}, functions = {} }
    each_line(assert(loadfile(path)), function(line)
      -- In the first stands what a coverage run put there.
      if line > 1 then file.lines[line] = lines[path .. ":" .. line] or false end
    end)
    files[path] = file
  end
  pipe:close()
  return files
end

-- ---- the public functions: those that LDoc finds ----

local function source_lines(path)
  local lines = {}
  for line in io.lines(path) do lines[#lines + 1] = line end
  return lines
end

--- Whether a line of the function that begins here ran. Its last line is of no use: there stands what
-- makes the function.
local function is_called(text, file, first)
  local last = first
  while text[last] ~= "end" do last = last + 1 end
  for n = first + 1, last - 1 do
    if file.lines[n] then return true end
  end
  return false
end

local function public_functions(files)
  local env = {}
  setfenv(assert(loadfile "config.ld"), env)()
  local called, missed = 0, {}
  for _, path in ipairs(env.file) do
    local text, documented = source_lines(path), false
    for n, line in ipairs(text) do
      local name = line:match "^function ([%w_.:]+)"
      if line:find "^%-%-%-" then documented = true end
      if name and documented then
        if is_called(text, files[path], n) then called = called + 1
        else missed[#missed + 1] = ("%s:%d: %s"):format(path, n, name) end
      end
      if not line:find "^%-%-" then documented = false end
    end
  end
  return called, missed
end

-- ---- figures ----

local function count(set)
  local ran, all = 0, 0
  for _, is_run in pairs(set) do
    all = all + 1
    if is_run then ran = ran + 1 end
  end
  return ran, all
end

--- Writes down what did not run; the lines that ran, and all of them.
local function add_up(files, out)
  local ran, all, names = 0, 0, {}
  for path in pairs(files) do names[#names + 1] = path end
  table.sort(names)
  for _, path in ipairs(names) do
    local here, of = count(files[path].lines)
    ran, all = ran + here, all + of
    out:write(("%s: %d of %d lines\n"):format(path, here, of))
    for n, line in ipairs(source_lines(path)) do
      if files[path].lines[n] == false then out:write(("%s:%d: %s\n"):format(path, n, line)) end
    end
  end
  return ran, all
end

local function functions_of(files)
  local ran, all = 0, 0
  for _, file in pairs(files) do
    local here, of = count(file.functions)
    ran, all = ran + here, all + of
  end
  return ran, all
end

local status = 0
local function tell(language, ran, all, more)
  local share = 100 * ran / all
  print(("%s: %.1f %% of %d lines%s"):format(language, share, all, more))
  if share < wanted[language] then
    print(("%s: at least %d %% are wanted; see %s/not-run"):format(language, wanted[language], place))
    status = 1
  end
end

local out = assert(io.open(place .. "/not-run", "w"))
local c = core()
local ran, all = add_up(c, out)
tell("C", ran, all, (", %d of %d functions"):format(functions_of(c)))
local lua = modules(reached())
ran, all = add_up(lua, out)
tell("Lua", ran, all, "")
out:close()

local called, missed = public_functions(lua)
print(("public functions: %d of %d are called"):format(called, called + #missed))
for _, one in ipairs(missed) do print("never called: " .. one) end
os.exit(#missed > 0 and 1 or status)
