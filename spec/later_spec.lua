--- Modules that are loaded when they are used.

local files = require "spec.support.files"
local later = require "sertifier.later"

--- The names that the code gives to `later`.
local function names()
  local pipe = io.popen "grep -rhoE 'later \"[a-z_.]+\"' lua"
  local list = {}
  for line in pipe:lines() do list[#list + 1] = line:match '"(.*)"' end
  pipe:close()
  return list
end

describe("a module that is loaded later", function()
  local name = "spec.of_later"

  before_each(function()
    package.preload[name] = function()
      return setmetatable({ answer = 42 }, { __call = function(_, a, b) return b, a end })
    end
  end)

  after_each(function() package.preload[name], package.loaded[name] = nil, nil end)

  it("is loaded when something of it is used, and stands for it", function()
    local one = later(name)
    assert.is_nil(package.loaded[name])
    assert.equal(42, one.answer)
    assert.is_nil(one.question)
    assert.same({ 2, 1 }, { one(1, 2) })
    assert.truthy(package.loaded[name])
  end)

  it("is there, each of them", function()
    assert.is_true(#names() > 10)
    for _, one in ipairs(names()) do assert.truthy(require(one)) end
  end)

  it("has each of the ledger's methods", function()
    local ledger = require "sertifier.ledger"
    for called in files.read("lua/sertifier/ledger.lua"):gmatch '([%w_]+) = "%w+ [%w_]+"' do
      assert.equal("function", type(ledger[called]), called)
    end
    assert.is_nil(ledger.no_such_method)
  end)
end)
