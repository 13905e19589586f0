--- A queue: what leaves its head moves none of the others, of which there may be many.

local queue = {}
queue.__index = queue

--- An empty queue. `count` is how many it holds.
function queue.new()
  return setmetatable({ first = 1, count = 0 }, queue)
end

--- Puts something behind all others.
function queue:put(one)
  self[self.first + self.count] = one
  self.count = self.count + 1
end

--- Puts something before all others.
function queue:put_first(one)
  self.first, self.count = self.first - 1, self.count + 1
  self[self.first] = one
end

--- The `i`-th from the head, nil where there are not as many.
function queue:at(i)
  return self[self.first + i - 1]
end

--- Takes the head.
-- @return it; nil where there is none
function queue:take()
  if self.count == 0 then return nil end
  local one = self[self.first]
  self[self.first] = nil
  self.first, self.count = self.first + 1, self.count - 1
  return one
end

--- Takes all there is.
-- @treturn table a list, the head first
function queue:take_all()
  local list = {}
  for i = 1, self.count do list[i] = self:take() end
  return list
end

return queue
