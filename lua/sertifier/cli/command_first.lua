--- Options stand anywhere: those before the command's name go behind it, where argparse reads them.

--- Whether an option, of whichever command, takes the argument behind it.
local function takes_value(parser, name)
  for _, command in ipairs(parser._commands) do
    for _, option in ipairs(command._options) do
      for _, alias in ipairs(option._aliases) do
        if alias == name then return option._maxargs > 0 end
      end
    end
  end
  return false
end

--- Whether it is an option of the parser itself, such as --version.
local function is_own(parser, name)
  for _, option in ipairs(parser._options) do
    for _, alias in ipairs(option._aliases) do
      if alias == name then return true end
    end
  end
  return false
end

--- Puts the command's name first.
-- @param parser of argparse, with its commands
-- @tparam {string,...} arguments as the shell gave them
-- @treturn {string,...}
return function(parser, arguments)
  local at = 1
  while (arguments[at] or ""):find "^%-." do
    if is_own(parser, arguments[at]) then return arguments end
    at = at + (takes_value(parser, arguments[at]) and 2 or 1)
  end
  if not arguments[at] then return arguments end
  local moved = { arguments[at] }
  for i, argument in ipairs(arguments) do
    if i ~= at then moved[#moved + 1] = argument end
  end
  return moved
end
