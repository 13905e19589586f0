--- Stands for a module that most programs never use, and loads it when something of it is used.

--- @tparam string name the module's
-- @treturn table what can be indexed and called as the module can
return function(name)
  return setmetatable({}, {
    __index = function(_, key) return require(name)[key] end,
    __call = function(_, ...) return require(name)(...) end,
  })
end
