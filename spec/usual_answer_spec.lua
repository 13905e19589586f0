--- The usual answer of addCredentials, read by the core: as cjson and answer/row.lua read it, or
-- not at all; and only where its rows are those of the credentials that were sent, one by one.

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
  return rows, campaign
end

--- Credentials to which these rows would be the answer.
local function sent_for(rows, campaign)
  local sent = {}
  for i, row in ipairs(rows) do
    sent[i] = { campaign = campaign, name = row.name or "", email = row.email or "",
      externalId = row.externalId or "" }
  end
  return sent
end

local function sent()
  return sent_for(decoded(usual))
end

--- The rows of a body whose credentials are made from it; of what is no answer, the usual ones.
local function read(body)
  local ok, rows, campaign = pcall(decoded, body)
  return core.answer(body, ok and sent_for(rows, campaign) or sent()), ok and rows
end

describe("the usual answer", function()
  it("is read", function()
    local rows = core.answer(usual, sent())
    assert.equal('Ann É "2"', rows[2].name)
    assert.same(decoded(usual), rows)
    local spaced = " " .. usual:gsub('":', '"\t:\n'):gsub(',"', ' , "')
    assert.same(rows, core.answer(spaced, sent()))
  end)

  it("is read with its members in any order", function()
    local body = '{"data":{"c":[{"externalId":"","verificationLink":"https://a.example","id":'
      .. '"12345678"}]},"validationErrors":null}'
    assert.same({ { id = "12345678", verificationLink = "https://a.example" } },
      core.answer(body, { { campaign = "c", name = "", email = "" } }))
  end)

  it("is read for its ids and links alone", function()
    assert.same({ { id = "65f0c0ff-ee00-1", verificationLink = "http://verify.example.com/1" },
      { id = "65f0c0ff-ee00-2", verificationLink = "http://verify.example.com/2" } },
      core.answer(usual, sent(), true))
    local body = usual:gsub('"verificationLink":"[^"]*1"', '"verificationLink":null')
    assert.same({ id = "65f0c0ff-ee00-1" }, core.answer(body, sent(), true)[1])
  end)

  it("is not read where anything is missing", function()
    for n = 0, #usual - 1 do assert.is_nil(core.answer(usual:sub(1, n), sent()), n) end
  end)

  it("is read as cjson does, whatever one byte is changed to, or not at all", function()
    local count = 0
    for at = 1, #usual do
      for byte in (' "\\{}[],:0n-\0\200ué'):gmatch "." do
        local body = usual:sub(1, at - 1) .. byte .. usual:sub(at + 1)
        local rows, expected = read(body)
        if rows then
          count = count + 1
          assert.same(expected, rows)
        end
      end
    end
    assert.truthy(count > 1000, count)
  end)

  it("is not read where it says anything else", function()
    for _, body in ipairs { "", "null", "[]", "{}", '{"data":null}', usual .. "x", usual .. "\0",
      answer_of "", answer_of(row_of(1), ',"showPurchaseSheet":true'),
      answer_of(row_of(1), ',"message":"twice"'), answer_of(row_of(1, ',"name":"twice"')),
      answer_of(row_of(1, ',"createDate":"2025-01-01T00:00:00"')), (usual:gsub("false", "true")),
      (usual:gsub("%]},", '],"other":[]},')), (usual:gsub("%[%],", '["no"],')),
      (usual:gsub("65f0c0ff", "65f0 c0ff")), (usual:gsub("https:", "ftp:")),
      (usual:gsub("u00c9", "ud83d")), (usual:gsub("u00c9", "u0000")), (usual:gsub(":1,", ":10,")),
      (usual:gsub('"001"', '"\\"' .. ("n"):rep(2000) .. '"')) } do
      assert.is_nil((read(body)), body)
      assert.is_nil((core.answer(body, sent())), body)
    end
  end)

  it("is read with a name of any length", function()
    local body = usual:gsub("Ann ", ("n"):rep(2000))
    assert.same(decoded(body), (read(body)))
  end)
end)

describe("the rows of the usual answer", function()
  local function refuses(credentials, body)
    assert.is_nil((core.answer(body or usual, credentials)))
    assert.is_nil((core.answer(body or usual, credentials, true)))
  end

  it("are those of the credentials, letter for letter", function()
    for _, field in ipairs { "campaign", "name", "email", "externalId" } do
      for _, value in ipairs { "", "Ann", 'Ann É "1" ', 'ann É "1"', "ann1@example.comm",
        "Ann1@example.com", "0035g", "0035G1", "0035g\\u0031", "campaign-2", "campaign-1\0", 1,
        false } do
        local credentials = sent()
        credentials[1][field] = value
        refuses(credentials)
      end
      local credentials = sent()
      credentials[2][field] = nil
      refuses(credentials)
    end
  end)

  it("have no more escapes than JSON's own", function()
    for written, name in pairs { ["a\\u0041\\n\\/\\u20ac"] = "aA\n/€", ["\\\\u0041"] = "\\u0041",
      ["\\\\"] = "\\" } do
      local body = answer_of((row_of(1):gsub('Ann[^,]*,', function() return written .. '",' end)))
      local credentials = sent_for(decoded(body))
      assert.equal(name, core.answer(body, credentials)[1].name)
      for _, other in ipairs { written, name .. "x", name:sub(1, -2), name .. "\0" } do
        credentials[1].name = other
        if other ~= name then refuses(credentials, body) end
      end
    end
  end)

  it("stand in their order, and there is one for each", function()
    local credentials = sent()
    refuses { credentials[2], credentials[1] }
    refuses { credentials[1] }
    refuses { credentials[1], credentials[2], credentials[1] }
    refuses {}
  end)

  it("have an id each", function()
    refuses(sent(), (usual:gsub("ee00%-2", "ee00-1")))
    local rows, credentials = {}, {}
    for i = 1, 10000 do
      rows[i] = ('{"id":"65f0c0ff-%d","name":"Ann"}'):format(i * 7919 % 10007)
      credentials[i] = { campaign = "campaign-1", name = "Ann" }
    end
    assert.equal(10000, #core.answer(answer_of(table.concat(rows, ",")), credentials))
    rows[9999] = rows[3]
    refuses(credentials, answer_of(table.concat(rows, ",")))
  end)

  it("give nothing but rows where the credentials are none", function()
    assert.has_error(function() core.answer(usual) end)
    assert.has_error(function() core.answer(usual, { 1, 2 }) end)
  end)
end)
