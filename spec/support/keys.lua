--- Items, keys and outcomes for the specs of the ledger.

local keys = {}

function keys.key(n)
  return "campaign-1/" .. n
end

--- What a run claims.
function keys.item(n)
  return { key = keys.key(n), campaign = "campaign-1", once_per = tostring(n),
    external_id = "003-" .. n, name = "Ann " .. n, email = n .. "@example.com",
    line = tonumber(n), content = "content-" .. n }
end

function keys.items(first, last)
  local list = {}
  for n = first, last do list[#list + 1] = keys.item(n) end
  return list
end

--- The keys of some numbers.
function keys.of(...)
  local list = {}
  for i, n in ipairs { ... } do list[i] = keys.key(n) end
  return list
end

function keys.issued(n)
  return { key = keys.key(n), state = "issued", credential = { id = "credential-" .. n,
    verificationLink = "link-" .. n } }
end

--- Any other outcome.
function keys.outcome(n, state, reason)
  return { key = keys.key(n), state = state, reason = reason }
end

--- A set of keys, or a list of rows with `key`: the numbers, sorted and joined.
function keys.names(set)
  local list = {}
  for name, row in pairs(set) do
    list[#list + 1] = (row == true and name or row.key):match "/(.*)"
  end
  table.sort(list)
  return table.concat(list, " ")
end

return keys
