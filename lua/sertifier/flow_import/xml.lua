--- XML as a tree: elements with `name`, `line`, `content` and `children`.

local lxp = require "lxp"

local xml = {}

local element = {}
element.__index = element

--- The first child of a name.
function element:child(name)
  for _, one in ipairs(self.children) do
    if one.name == name then return one end
  end
end

--- All children of a name.
function element:all(name)
  local list = {}
  for _, one in ipairs(self.children) do
    if one.name == name then list[#list + 1] = one end
  end
  return list
end

--- The text of the first child of a name.
function element:text(name)
  local one = self:child(name)
  return one and one.content
end

local function callbacks(open)
  return {
    StartDoctypeDecl = function() error("declares a document type, as no Flow does", 0) end,
    StartElement = function(parser, name)
      local one = setmetatable({ name = name, line = parser:pos(), content = "", children = {} },
        element)
      table.insert(open[#open].children, one)
      open[#open + 1] = one
      if #open > 100 then error("is nested too deeply", 0) end
    end,
    CharacterData = function(_, some) open[#open].content = open[#open].content .. some end,
    EndElement = function() open[#open] = nil end,
  }
end

--- Reads a document.
-- @return its outermost element; or nil and what is wrong
function xml.read(text)
  local top = { children = {}, content = "" }
  local parser = lxp.new(callbacks { top })
  local called, ok, problem, line = pcall(function()
    local parsed, message, at = parser:parse(text)
    if not parsed then return parsed, message, at end
    return parser:parse()
  end)
  pcall(parser.close, parser)
  if not called then return nil, tostring(ok) end
  if not ok then return nil, ("line %d is not XML: %s"):format(line or 0, tostring(problem)) end
  return top.children[1]
end

return xml
