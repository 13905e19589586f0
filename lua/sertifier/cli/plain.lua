--- Reads a command line that is written plainly: the command's name, and behind it its arguments
-- and options, each option apart from its value.
--
-- Most are, and argparse takes longer to load than a small export to be read. All others it reads,
-- and it says what is wrong with one: here only what it would take is taken, as it takes it.

local commands = require "sertifier.cli.commands"

local plain = {}

-- ---- a command as it is declared, by the names of argparse's methods ----

-- What is said of an argument or an option.
local element = { __index = function(_, property)
  return function(self, value)
    self.said[property] = value
    return self
  end
end }

local function new_element(target, takes_value)
  return setmetatable({ target = target, takes_value = takes_value, said = {} }, element)
end

local command = {}
command.__index = command

local function add(self, names, takes_value)
  local option = new_element(names:match("%-%-(%S+)"):gsub("-", "_"), takes_value)
  for name in names:gmatch "%S+" do self.options[name] = option end
  return option
end

function command:option(names) return add(self, names, true) end
function command:flag(names) return add(self, names, false) end

function command:argument(name)
  self.given = new_element(name, true)
  return self.given
end

function command:action(act) self.act = act end
function command.epilog() end

--- @return the command; nil where there is none of this name
local function declared(name)
  local noted = setmetatable({ options = {} }, command)
  return commands.declare(name, noted) and noted
end

-- ---- values: a line with one that cannot be taken is argparse's, which says what is wrong ----

local function is_choice(choices, text)
  for _, choice in ipairs(choices) do
    if choice == text then return true end
  end
  return false
end

local function value_of(said, text)
  if said.choices and not is_choice(said.choices, text) then return nil end
  if said.convert then return (said.convert(text)) end
  return text
end

local function is_many(one)
  return one.said.count == "*" or one.said.args == "*"
end

local function put(args, one, text)
  local value = value_of(one.said, text)
  if value == nil then return false end
  if is_many(one) then
    table.insert(args[one.target], value)
  elseif args[one.target] == nil then
    args[one.target] = value
  else
    return false
  end
  return true
end

-- ---- the line ----

local function looks_like_option(text)
  return text:find "^%-." ~= nil
end

--- Takes what stands at a place of the line.
-- @return the next place; nil where it is not plain
local function take(self, args, line, at)
  local text = line[at]
  if not looks_like_option(text) then
    return self.given and put(args, self.given, text) and at + 1
  end
  local option, value = self.options[text], line[at + 1]
  if not option then return nil end
  if not option.takes_value then
    args[option.target] = true
    return at + 1
  end
  return value and not looks_like_option(value) and put(args, option, value) and at + 2
end

--- Lists are there where nothing is in them.
local function begin(self)
  local args = {}
  for _, option in pairs(self.options) do
    if is_many(option) then args[option.target] = {} end
  end
  if self.given and is_many(self.given) then args[self.given.target] = {} end
  return args
end

local function add_defaults(self, args)
  for _, option in pairs(self.options) do
    local said = option.said
    if said.default and args[option.target] == nil then
      args[option.target] = value_of(said, said.default)
    end
  end
end

local function misses_argument(self, args)
  return self.given and not self.given.said.args and args[self.given.target] == nil
end

--- Reads a line.
-- @tparam {string,...} line as the shell gave it
-- @treturn ?table what argparse would make of it; nil where it is to do so
function plain.read(line)
  local self = declared(line[1])
  if not self then return nil end
  local args, at = begin(self), 2
  while at and line[at] do at = take(self, args, line, at) end
  if not at or misses_argument(self, args) then return nil end
  add_defaults(self, args)
  self.act(args)
  return args
end

return plain
