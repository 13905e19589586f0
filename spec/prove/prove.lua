--- Tries the points of a part and sums up the verdicts.

local prove = {}

local sums = { "points", "duplicates", "lost", "untrue", "doubted", "settled", "held" }

--- `wanted` of the points, spread evenly.
local function spread(points, wanted)
  if not wanted or wanted >= #points then return points end
  local some, step = {}, #points / wanted
  for i = 1, wanted do some[i] = points[math.floor((i - 0.5) * step) + 1] end
  return some
end

function prove.nothing()
  local total = { faults = {} }
  for _, name in ipairs(sums) do total[name] = 0 end
  return total
end

--- Adds one verdict, or one total, to a total.
function prove.add(total, one)
  for _, name in ipairs(sums) do total[name] = total[name] + (one[name] or 0) end
  for _, words in ipairs(one.faults or {}) do table.insert(total.faults, words) end
end

local function add_verdict(total, point, verdict)
  prove.add(total, verdict)
  total.points = total.points + 1
  if #verdict.words > 0 then
    table.insert(total.faults, point.name .. ": " .. table.concat(verdict.words, "; "))
  end
end

--- Tries a part.
-- @tparam table part
-- @tparam[opt] table options `wanted`: so many points, spread over all; `share` and `of`: only
--   every `of`-th of them, from the `share`-th; `until_caught`: none after the first that convicts
-- @treturn table `points`, `duplicates`, `lost`, `untrue`, `doubted`, `settled`, `held`, and `faults`
--   in words
function prove.try(part, options)
  options = options or {}
  local state, total = part.open(), prove.nothing()
  local ok, message = xpcall(function()
    local points = spread(part.points(state), options.wanted)
    for i = options.share or 1, #points, options.of or 1 do
      local verdict = part.try(state, points[i])
      if verdict then add_verdict(total, points[i], verdict) end
      if options.until_caught and total[part.by] > 0 then break end
    end
  end, debug.traceback)
  part.close(state)
  if not ok then error(message, 0) end
  return total
end

return prove
