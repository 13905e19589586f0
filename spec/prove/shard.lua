--- Tries one share of a part, and prints the sums as JSON: lua5.4 spec/prove/shard.lua PART I OF [N]

local cjson = require "cjson"
local convicts = require "spec.prove.convicts"
local parts = require "spec.prove.parts"
local prove = require "spec.prove.prove"

print(cjson.encode(prove.try(assert(parts[arg[1]] or convicts[arg[1]], "no such part"),
  { share = tonumber(arg[2]), of = tonumber(arg[3]), wanted = tonumber(arg[4]) })))
