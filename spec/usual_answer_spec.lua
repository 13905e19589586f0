--- The usual answer of addCredentials, read by the core: as cjson and answer/row.lua read it, or not
-- at all.

local cjson = require "cjson"
local core = require "sertifier.core"
local read_row = require("sertifier.answer.row").read

local function row_of(n, more)
  local fields = { '"id":"65f0c0ff-ee00-%d"', '"name":"Ann \\u00c9 \\"%d\\""',
    '"email":"ann%d@example.com"', '"status":%d', '"certificateNo":"00%d"',
    '"issueDate":"2025-01-0%dT00:00:00"', '"externalId":"0035g%d"',
    '"certificateImageLink":"https://cdn.example.com/%d.png"', '"badgeImageLink":null',
    '"verificationLink":"http://verify.example.com/%d"' }
  return ("{" .. table.concat(fields, ",") .. (more or "") .. "}"):gsub("%%d", ("%d"):format(n))
end

local function answer_of(rows, around)
  return ('{"message":"Added.","hasError":false,"validationErrors":[],"data":{"campaign-1":[%s]},'
    .. '"content":null%s}'):format(rows, around or "")
end

local usual = answer_of(row_of(1) .. " ,\n" .. row_of(2))

--- What cjson and row.lua make of a body; nil where it is not one campaign's rows, or says more.
local function decoded(body)
  local value = cjson.decode(body)
  local campaign, list = next(value.data)
  local rows = {}
  for i, raw in ipairs(list) do rows[i] = assert(read_row(raw)) end
  assert(next(value.data, campaign) == nil and value.hasError ~= true and #rows > 0)
  return { campaign, rows }
end

describe("the usual answer", function()
  it("is read", function()
    local campaign, rows = core.answer(usual)
    assert.equal("campaign-1", campaign)
    assert.equal('Ann É "2"', rows[2].name)
    assert.same(decoded(usual), { campaign, rows })
    assert.same(decoded(usual), { core.answer(" " .. usual:gsub('":', '"\t:\n'):gsub(',"', ' , "')) })
  end)

  it("is read with its members in any order", function()
    local body = '{"data":{"c":[{"externalId":"","verificationLink":"https://a.example","id":'
      .. '"12345678"}]},"validationErrors":null}'
    assert.same({ "c", { { id = "12345678", verificationLink = "https://a.example" } } },
      { core.answer(body) })
  end)

  it("is not read where anything is missing", function()
    for n = 0, #usual - 1 do assert.is_nil(core.answer(usual:sub(1, n)), n) end
  end)

  it("is read as cjson does, whatever one byte is changed to, or not at all", function()
    for at = 1, #usual do
      for byte in (' "\\{}[],:0n-\0\200ué'):gmatch "." do
        local body = usual:sub(1, at - 1) .. byte .. usual:sub(at + 1)
        local campaign, rows = core.answer(body)
        if campaign then assert.same(decoded(body), { campaign, rows }) end
      end
    end
  end)

  it("is not read where it says anything else", function()
    for _, body in ipairs { "", "null", "[]", "{}", '{"data":null}', usual .. "x", usual .. "\0",
      answer_of "", answer_of(row_of(1), ',"showPurchaseSheet":true'),
      answer_of(row_of(1), ',"message":"twice"'), answer_of(row_of(1, ',"name":"twice"')),
      answer_of(row_of(1, ',"createDate":"2025-01-01T00:00:00"')), (usual:gsub("false", "true")),
      (usual:gsub("%]},", '],"other":[]},')), (usual:gsub("%[%],", '["no"],')),
      (usual:gsub("65f0c0ff", "65f0 c0ff")), (usual:gsub("https:", "ftp:")),
      (usual:gsub("u00c9", "ud83d")), (usual:gsub("u00c9", "u0000")), (usual:gsub(":1,", ":10,")),
      (usual:gsub("Ann ", ("n"):rep(2000))) } do
      assert.is_nil(core.answer(body), body)
    end
  end)
end)
