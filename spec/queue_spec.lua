--- A queue keeps its order, whatever is put at its ends and taken from its head.

local queue = require "sertifier.queue"

local function list_of(one)
  local list = {}
  for i = 1, one.count do list[i] = one:at(i) end
  return list
end

describe("a queue", function()
  it("gives what was put in first, and at its head before that", function()
    local one = queue.new()
    one:put "a"
    one:put "b"
    one:put_first "c"
    one:put_first "d"
    assert.same({ "d", "c", "a", "b" }, list_of(one))
    assert.same({ "d", "c", 2 }, { one:take(), one:take(), one.count })
    one:put_first "e"
    assert.same({ "e", "a", "b" }, list_of(one))
  end)

  it("is empty, and nothing more, where all was taken", function()
    local one = queue.new()
    assert.is_nil(one:take())
    one:put "a"
    assert.same({ "a", 0 }, { one:take(), one.count })
    assert.same({}, { one:take(), one:at(1) })
    assert.equal(0, one.count)
    one:put "b"
    assert.same({ "b" }, one:take_all())
    assert.same({}, one:take_all())
    assert.equal(0, one.count)
  end)

  it("goes as a list does", function()
    local one, list, state = queue.new(), {}, 1
    for n = 1, 20000 do
      state = (state * 16807) % 2147483647
      local what = state % 7
      if what < 3 then
        one:put(n)
        list[#list + 1] = n
      elseif what == 3 then
        one:put_first(n)
        table.insert(list, 1, n)
      elseif #list > 0 then
        assert.equal(table.remove(list, 1), one:take())
      end
      assert.same({ #list, list[1], list[#list] }, { one.count, one:at(1), one:at(one.count) })
    end
    assert.same(list, one:take_all())
  end)
end)
