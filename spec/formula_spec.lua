--- Formulas in templates and conditions: what they give, and how mistakes are told.

local checked = require "spec.support.checked"
local template = require "sertifier.template"

local id = "0035g000006BKP7AAO"

local function row(cells)
  local quoted = {}
  for i, cell in ipairs(cells) do quoted[i] = '"' .. cell:gsub('"', '""') .. '"' end
  return "Id,Email,A,B,C\n" .. id .. ",ann@example.com," .. table.concat(quoted, ",") .. "\n"
end

--- What a template gives as the name, where A, B and C have these cells.
local function name_of(text, a, b, c)
  local result = assert(checked({ map = { name = "x{!" .. text .. "}", email = "{!Email}" } },
    row { a or "", b or "", c or "" }))[1]
  return result[2] == "would_issue" and result[3].name:sub(2) or result[3]
end

--- A character of two to four bytes.
local function character(c)
  local function tail(by) return string.char(128 + math.floor(c / by) % 64) end
  if c < 0x800 then return string.char(192 + math.floor(c / 64)) .. tail(1) end
  if c < 0x10000 then return string.char(224 + math.floor(c / 4096)) .. tail(64) .. tail(1) end
  return string.char(240) .. tail(4096) .. tail(64) .. tail(1)
end

--- Sixty-four characters from this one on, and none where these are no characters.
local function characters(first)
  local list = {}
  for c = first, first + 63 do list[#list + 1] = character(c) end
  return first >= 0xd800 and first < 0xe000 and "" or table.concat(list)
end

describe("a formula", function()
  local cases = {
    { "UPPER(A)", "zoë ÿ дом", "ZOË Ÿ ДОМ" }, { "UPPER(A)", "σίσυφος", "ΣΊΣΥΦΟΣ" },
    { "LOWER(A)", "ZOË Ÿ ДОМ İ", "zoë ÿ дом İ" }, { "upper(A)", "a", "A" },
    { "PROPER(A)", "ANN o'HARA-lee ÉCOLE", "Ann O'hara-Lee École" },
    { "TRIM(A)&'.'", "  a b\t", "a b." },
    { "LEFT(A, 2)", "éàü", "éà" }, { "LEFT(A, 9)", "ab", "ab" }, { "LEFT(A, -1)&'.'", "ab", "." },
    { "RIGHT(A, 2)", "éàü", "àü" }, { "RIGHT(A, 9)", "ab", "ab" }, { "RIGHT(A,0)&'.'", "ab", "." },
    { "MID(A, 2, 2)", "éàüx", "àü" }, { "MID(A, 0, 1)", "ab", "a" },
    { "MID(A,5,1)&'.'", "ab", "." },
    { "LEN(A)", "éàü", "3" }, { "LEN(A)", "", "0" },
    { "SUBSTITUTE(A, 'a', 'bb')", "banana", "bbbnbbnbb" }, { "SUBSTITUTE(A, '', 'x')", "ab", "ab" },
    { "SUBSTITUTE(A, 'ab', '')&'.'", "abab", "." }, { "SUBSTITUTE(A, 'x', 'y')", "", "" },
    { "A & '-' & A", "a", "a-a" }, { "A + '!'", "a", "a!" }, { "1 + 2 * 3 - 4 / 2", "", "5" },
    { "(1 + 2) * -3", "", "-9" }, { "VALUE(A) / 4", "10", "2.5" }, { "A * 2", "1.5E2", "300" },
    { "0.1 + 0.2", "", "0.3" }, { "1 / 3", "", "0.333333333333333" },
    { "10000000000 * 10000000000", "", "100000000000000000000" },
    { "1 / 10000000", "", "0.0000001" },
    { "ROUND(A, 2)", "1.005", "1.01" }, { "ROUND(A, 0)", "-1.5", "-2" },
    { "ROUND(A, -2)", "1250", "1300" }, { "ROUND(2.5, 0)", "", "3" },
    { "ROUND(A, 0)", "1234567890123456", "1234567890123456" },
    { "ROUND(A, 2)", "1234567890123456", "1234567890123456" },
    { "ROUND(A, 0)", "-0.4", "0" }, { "-A", "0", "0" }, { "TEXT(VALUE(A))", "-1e-20", "0" },
    { "TEXT(A)", "x", "x" }, { "TEXT(80.50)", "", "80.5" },
    { "TEXT(DATE(2024, 2, 29))", "", "2024-02-29" },
    { "IF(A > 80, 'high', 'low')", "81", "high" }, { "IF(A > 80, 'high', 'low')", "", "low" },
    { "IF(ISBLANK(A), 'none', A)", "", "none" }, { "IF(A, 'y', 'n')", "true", "y" },
    { "IF(A, 'y', 'n')", "", "n" }, { "IF(TRUE, 1, A)", "x", "1" },
    { "IF(A = 1 && IF(A > 0, TRUE, 1 / 0 = 1), IF(A = 2, 'x', 'y'), 'z')", "1", "y" },
    { "IF(A = 1 && IF(A > 0, TRUE, 1 / 0 = 1), IF(A = 2, 'x', 'y'), 'z')", "-1", "z" },
    { "IF(A = 1 || (1 / 0 = 1 && A = 2), 'x', IF(A = 3, 'y', 'z'))", "3", "y" },
    { "CASE(A, 'a', 'one', 'b', 'two', 'else')", "b", "two" },
    { "CASE(A, 'a', 'one', 'b', 'two', 'else')", "B", "else" },
    { "CASE(MONTH(A), 1, 'Jan', 2, 'Feb', 'later')", "2024-02-29", "Feb" },
    { "CASE(A, 1, 'one', 1, 'again', 'else')", "1.0", "one" },
    { "CASE(A, 1, 10, 20)", "2", "20" },
    { "BLANKVALUE(A, 'none')", "", "none" }, { "BLANKVALUE(A, 'none')", "a", "a" },
    { "BLANKVALUE(A, 5) + 1", "", "6" }, { "BLANKVALUE(A, 'none') & '.'", " ", " ." },
    { "ISBLANK(A)", " ", "false" }, { "ISBLANK(A & ' ')", "", "false" }, { "ISBLANK(A & '')", "", "true" },
    { "ISBLANK(TRIM(A))", " ", "true" },
    { "TEXT(BLANKVALUE(A, TODAY()))", "2024-01-31", "2024-01-31" },
    { "ISPICKVAL(A, 'a')", "a", "true" }, { "ISPICKVAL(A, 'a')", "A", "false" },
    { "CONTAINS(A, 'b')", "abc", "true" }, { "CONTAINS(A, 'B')", "abc", "false" },
    { "CONTAINS(A, '')", "abc", "true" }, { "CONTAINS(A, 'x')", "", "false" },
    { "BEGINS(A, 'ab')", "abc", "true" }, { "BEGINS(A, 'bc')", "abc", "false" },
    { "INCLUDES(A, 'de')", "fr;de", "true" }, { "INCLUDES(A, 'de')", "fr", "false" },
    { "A = 'a'", "A", "false" }, { "A == 'a'", "a", "true" }, { "A <> 'a'", "", "true" },
    { "A != NULL", "x", "true" }, { "A = NULL", "", "true" }, { "A = 5", "5.0", "true" },
    { "A >= 5", "", "false" }, { "A <= 5", "5", "true" }, { "A < 5", "5", "false" },
    { "NULL = A", "", "true" }, { "VALUE('4') + 1 = A", "5.0", "true" },
    { "A = VALUE('6') - 1", "5.0", "true" }, { "A - 1 = 4", "5.0", "true" },
    { "A <> A + 0", "5.0", "false" }, { "A = A - 0", "5.0", "true" },
    { "VALUE(A) - 1 < VALUE('4') + 1", "5", "true" }, { "CASE(A, 2 + 3, 'x', 'y')", "5.0", "x" },
    { "1 = 1 && NOT(2 = 3)", "", "true" }, { "1 = 2 || !(2 = 3)", "", "true" },
    { "AND(TRUE, A, 1 = 1)", "true", "true" }, { "OR(FALSE, A)", "0", "false" },
    { "A = TRUE", "1", "true" },
    { "ADDMONTHS(A, 24)", "2024-02-29", "2026-02-28" },
    { "ADDMONTHS(A, 12)", "2023-02-28", "2024-02-29" },
    { "ADDMONTHS(A, 1)", "2024-01-30", "2024-02-29" },
    { "ADDMONTHS(A, -2)", "2024-01-15", "2023-11-15" },
    { "ADDMONTHS(A, 1)", "2024-01-30T23:30:00-02:00", "2024-02-29" }, { "ADDMONTHS(A, 1)", "", "" },
    { "DATEVALUE(A) + 30", "2024-02-01", "2024-03-02" },
    { "DATEVALUE(A) - 1", "2024-03-01", "2024-02-29" },
    { "DATE(2024, 3, 1) - A > 59", "2024-01-01", "true" },
    { "DATE(2024, 3, 1) - A > 60", "2024-01-01", "false" },
    { "60 = DATE(2024, 3, 1) - A", "2024-01-01T12:00:00Z", "true" },
    { "(DATE(2024, 3, 1) - A) / 2", "2024-01-01", "30" },
    { "DATETIMEVALUE('2024-03-01 12:00:00') - A <> 0.5", "2024-03-01T00:00:00Z", "false" },
    { "DATE(2024, 3, 1) - A > 5", "", "false" },
    { "DATE(2024, 3, 1) - A > DATE(2024, 2, 1)", "5", "true" },
    { "DATEVALUE(A) - DATE(2024, 1, 1)", "2024-03-01", "60" }, { "YEAR(A)", "2024-03-01", "2024" },
    { "MONTH(A) & '/' & DAY(A)", "2024-03-01", "3/1" },
    { "TEXT(DATETIMEVALUE(A) + 0.5)", "2024-03-01T13:00:00Z", "2024-03-02 01:00:00Z" },
    { "TEXT(DATETIMEVALUE(LEFT(A, 10) & ' 08:30:00'))", "2024-03-01T13:00:00Z",
      "2024-03-01 08:30:00Z" },
    { "TEXT(DATETIMEVALUE(DATEVALUE(A)))", "2024-03-01T13:00:00Z", "2024-03-01 00:00:00Z" },
    { "ISBLANK(DATETIMEVALUE(TRIM(A)))", " ", "true" },
    { "A > DATE(2024, 1, 1)", "2024-01-02", "true" }, { "A <= DATE(2024, 1, 1)", "", "false" },
    { "DATEVALUE('2024-05-30')", "", "2024-05-30" }, { "'A'#1", "x", "x" }, { "'A'", "x", "x" },
    { '"A"', "x", "x" }, { "'it\\'s'&A", "x", "it'sx" },
    { "DATEVALUE(A) = DATE(2024, 1, 1)", "2024-01-01", "true" },
    { "DATEVALUE(A) = DATE(2024, 1, 1)", "2024-01-02", "false" },
    { "DATEVALUE(A) <> DATE(2024, 1, 1)", "2024-01-01", "false" },
    { "DATEVALUE(A) = DATE(2024, 1, 1)", "", "false" },
    { "A <= DATE(2024, 1, 1)", "2024-01-01", "true" }, { "A >= DATE(2024, 1, 2)", "2024-01-01", "false" },
    { "DATETIMEVALUE(A) = DATETIMEVALUE(A) + 0", "2024-03-01T13:00:00+02:00", "true" },
    { "ISBLANK(VALUE(A))", "", "true" }, { "ISBLANK(VALUE(A))", "0", "false" },
    { "ISBLANK(DATEVALUE(A))", "", "true" }, { "ISBLANK(DATEVALUE(A))", "2024-01-01", "false" },
  }
  for _, case in ipairs(cases) do
    it(("%s with %q"):format(case[1], case[2]), function()
      assert.equal(case[3], name_of(case[1], case[2]))
    end)
  end

  local faults = {
    { "VALUE(A)", "x", "VALUE(A) is not a number" }, { "A * 2", "x", "A is not a number" },
    { "YEAR(A)", "x", "A is not a date (YYYY-MM-DD)" },
    { "1 / A", "0", "1 / A divides by zero in a formula" },
    { "DATE(2024, 2, A)", "30", "DATE(2024, 2, A) makes a date that no calendar has" },
    { "ADDMONTHS(A, 120000)", "2024-01-01",
      "ADDMONTHS(A, 120000) makes a date that no calendar has" },
    { "DATEVALUE(A) + 1E300", "2024-01-01",
      "DATEVALUE(A) + 1E300 makes a date that no calendar has" },
    { "A * 1E300", "1E300", "A * 1E300 makes too large a number in a formula" },
    { "UPPER(A)", "\255", "A holds bytes that are not valid UTF-8" },
    { "IF(A > 1, 'x', 'y')", "z", "A is not a number" },
    { "CASE(A, 1, 'x', 'y')", "z", "A is not a number" },
    { "DATEVALUE(5)", "", "DATEVALUE(5) is not a date (YYYY-MM-DD)" },
    { "DATETIMEVALUE('' & A)", "z",
      "DATETIMEVALUE('' & A) is not a date-time (YYYY-MM-DDThh:mm:ssZ)" },
    { "DATETIMEVALUE(A)", "z", "A is not a date-time (YYYY-MM-DDThh:mm:ssZ)" },
    { "SUBSTITUTE(SUBSTITUTE(SUBSTITUTE(SUBSTITUTE(A,'a',A),'a',A),'a',A),'a',A)", ("a"):rep(200),
      "makes too long a text in a formula" },
  }
  for _, case in ipairs(faults) do
    it(("%s makes a record with %s invalid"):format(case[1]:sub(1, 40), case[2]:sub(1, 9)), function()
      local problems = name_of(case[1], case[2])
      assert.equal(case[2] == "\255" and 2 or 1, #problems) -- the second tells the byte
      assert.truthy(problems[1]:find(case[3], 1, true), problems[1])
    end)
  end

  it("finds the capital of each small letter", function()
    local rows, missed = { "Id,Email,A" }, {}
    for first = 0x80, 0x1ffff, 64 do
      rows[#rows + 1] = ('%s,ann@example.com,"%s"'):format(id, characters(first))
    end
    local name = "{!IF(UPPER(LOWER(UPPER(A))) = UPPER(A), 'found', A)}"
    local results = assert(checked({ map = { name = name, email = "{!Email}" } },
      table.concat(rows, "\n") .. "\n"))
    for _, result in ipairs(results) do
      if result[3].name ~= "found" then missed[#missed + 1] = result[3].name end
    end
    assert.same({ 2046, {} }, { #results, missed })
  end)

  it("is a condition", function()
    local function outcome(text, a)
      return assert(checked({ formula = text, map = { name = "x{!Id}", email = "{!Email}" } },
        row { a, "", "" }))[1][2]
    end
    assert.equal("would_issue", outcome("AND(ISPICKVAL(A, 'Certified'), TODAY() > DATE(2020,1,1))",
      "Certified"))
    assert.equal("skipped", outcome("NOT(ISBLANK(A))", ""))
    assert.equal("invalid", outcome("A > 5", "x"))
    assert.equal("would_issue", outcome("A > 5 || TRUE", "x"))
    assert.equal("skipped", outcome("A > 5 && FALSE", "x"))
  end)

  it("reads a field in VALUE as the export writes numbers", function()
    local function name(text, a)
      return assert(checked({ map = { name = "x{!" .. text .. "}", email = "{!Email}" } },
        row { a, "", "" }, { decimal = "," }))[1][3].name
    end
    assert.equal("x1234", name("VALUE(A)", "1.234"))
    assert.equal("x1235", name("VALUE(A) + 1", "1.234"))
    assert.equal("x85.5", name("VALUE(A)", "85,5"))
    assert.equal("x2", name("VALUE(LEFT(A, 1))", "2,5"))
    assert.equal("x85,5", name("A", "85,5"))
  end)

  it("takes the moment from the run, and Ids in their long form", function()
    assert.truthy(name_of("$Flow.CurrentDate"):find "^%d%d%d%d%-%d%d%-%d%d$")
    assert.truthy(name_of("NOW()"):find "^%d%d%d%d%-%d%d%-%d%d %d%d:%d%d:%d%dZ$")
    assert.equal(id, name_of("'' & Id"))
    assert.equal("0035g000006BKP7", name_of("LEFT(Id, 15)"))
  end)

  it("makes dates of what is read as one", function()
    local result = assert(checked({ map = { name = "x{!Id}", email = "{!Email}", issueDate = "{!A}",
      expireDate = "{!A + 365}" } }, row { "2024-01-31T10:00:00.000Z", "", "" }))[1][3]
    assert.same({ "2024-01-31", "2025-01-30" }, { result.issueDate, result.expireDate })
  end)

  it("refuses an expiry that is not after the issue", function()
    local map = { name = "x{!Id}", email = "{!Email}", issueDate = "{!A}", expireDate = "{!B}" }
    for _, day in ipairs { "2024-01-31", "2024-01-30" } do
      assert.same({ "expireDate is not after issueDate" },
        assert(checked({ map = map }, row { "2024-01-31", day, "" }))[1][3])
    end
    assert.equal("would_issue",
      assert(checked({ map = map }, row { "2024-01-31", "2024-02-01", "" }))[1][2])
  end)

  it("refuses a name that is none", function()
    local map = { name = "{!A}", email = "{!Email}" }
    assert.same({ "name (from A) is too long" },
      assert(checked({ map = map }, row { ("é"):rep(256), "", "" }))[1][3])
    assert.equal("would_issue",
      assert(checked({ map = map }, row { ("é"):rep(255), "", "" }))[1][2])
  end)
end)

describe("a formula's mistake", function()
  local cases = {
    { "YEER(A)", "there is no function YEER( ) here; did you mean YEAR( )?" },
    { "VLOOKUP(A)", "there is no function VLOOKUP( ) here" },
    { "LEFT(A)", "LEFT( ) takes 2 values, not 1" },
    { "AND()", "AND( ) takes at least 1 value, not 0" },
    { "CASE(A, 1, 2, 3, 4)", "CASE( ) takes a value, pairs of a choice and a result" },
    { "YEAR('x' & A)", "a date is expected here, and this is a text" },
    { "A < B", "whether these are numbers or dates cannot be told" },
    { "'a' < 'b'", "numbers and dates have an order, and this is a text" },
    { "IF(1, 2, 3)", "true or false is expected here, and this is a number" },
    { "$Api.Session_ID", "there is no $Api.Session_ID here" },
    { "ISCHANGED('a')", "ISCHANGED( ) takes a field" },
    { "ISBLANK(A = 'x')", "ISBLANK( ) takes no true or false" },
    { "BLANKVALUE(A, TRUE)", "BLANKVALUE( ) takes no true or false" },
    { "IF(BLANKVALUE(A, B), 1, 2)", "BLANKVALUE( ) takes no true or false" },
    { "1 + TRUE = 2", "a number is expected here, and this is true or false" },
    { "TRUE - TRUE", "a number is expected here, and this is true or false" },
    { "TODAY() = 5", "a number is expected here, and this is a date" },
    { "ADDMONTHS(5, 1)", "a date is expected here, and this is a number" },
    { ("("):rep(500), "is nested too deeply" },
    { "A = 'b", "^ a field, a value or a function is expected here" },
  }
  for _, case in ipairs(cases) do
    it("in " .. case[1]:sub(1, 30), function()
      local parts, message = template.parse("{!" .. case[1] .. "}")
      assert.is_nil(parts)
      assert.truthy(message:find(case[2], 1, true), message)
    end)
  end
end)
