--- Entry conditions in all their forms: which records they want, and how mistakes are told.

local checked = require "spec.support.checked"
local compile = require "sertifier.condition"
local dates = require "sertifier.condition.dates"

local id = "0035g000006BKP7AAO"

--- The outcome of one record whose X__c has this cell.
local function outcome(declaration, cell)
  local row = ('%s,Ann,Lee,ann@example.com,"%s",0015g00000037ijAAA\n'):format(id,
    (cell:gsub('"', '""')))
  local header = "Id,FirstName,LastName,Email,X__c,AccountId\n"
  return assert(checked(declaration, header .. row))[1][2]
end

local function expect(declaration, cell, holds)
  local wanted = holds == nil and "invalid" or holds and "would_issue" or "skipped"
  assert.equal(wanted, outcome(declaration, cell))
end

local function mistake(when)
  local tree, message = compile.compile(when)
  assert.is_nil(tree)
  return message
end

describe("SOQL's WHERE", function()
  local cases = {
    { "X__c LIKE 'appl%'", "Apple", true }, { "X__c LIKE 'appl_%'", "Appl", false },
    { "X__c LIKE 'appl_%'", "APPLETON", true }, { "X__c LIKE '%É'", "café", true },
    { "X__c LIKE '%a%b%c'", "xxaaabbbc", true }, { "X__c LIKE '%a%b%c'", "xxaaabbb", false },
    { "X__c LIKE '5\\%'", "5%", true }, { "X__c LIKE '5\\%'", "50", false },
    { "X__c LIKE '_\\_'", "é_", true }, { "X__c LIKE '%'", "x", true },
    { "X__c LIKE '%'", "", false }, { "NOT X__c LIKE 'a%'", "", true },
    { "X__c LIKE 'a'", "\255" },
    { "X__c IN ('a', 'B')", "b", true }, { "X__c IN ('a', 'b')", "c", false },
    { "X__c IN ('a', NULL)", "", true }, { "X__c IN (1, 2)", "2.0", true },
    { "X__c NOT IN ('a', 'b')", "c", true }, { "X__c NOT IN ('a', 'b')", "A", false },
    { "X__c not in ('a')", "", true }, { "X__c IN (1, 2)", "two" },
    { "X__c INCLUDES ('fr;de', 'en')", "de;it;FR", true },
    { "X__c INCLUDES ('fr;de', 'en')", "de; it", false },
    { "X__c INCLUDES ('fr;de', 'en')", "it; en", true },
    { "X__c INCLUDES ('fr')", "", false }, { "X__c EXCLUDES ('fr')", "", true },
    { "X__c EXCLUDES ('fr')", "it;fr", false }, { "X__c EXCLUDES ('fr')", "french", true },
    { "X__c = 'ÉCOLE'", "école", true }, { "X__c = 'ΣΊΣΥΦΟΣ'", "σίσυφοσ", true },
    { "X__c < 'é'", "È", true }, { "X__c <= 'é'", "É", true }, { "X__c <= 'e'", "F", false },
    { "X__c <= 80", "80.0", true }, { "X__c <= 80", "80.01", false },
    { "X__c <= 2024-02-29", "2024-03-01", false },
    { "'X__c' = 'a'", "a", true }, { "$Record.X__c = 'a'", "a", true },
    { "X__c = 'it\\'s'", "it's", true }, { "Contact.X__c = 'a'", "a", true },
    { "AccountId = '0015g00000037ij'", "", true }, { "AccountId = '0015g00000037iJ'", "", false },
    { "not(X__c = 'a' or X__c = 'b') AND x__C != null", "c", true },
    { "X__c = ''", "", true }, { "X__c = ''", "a", false }, { "X__c != ''", "", false },
    { "X__c <> ''", "a", true }, { "X__c IN ('', 'a')", "", true }, { "X__c NOT IN ('')", "", false },
    { "X__c > ''", "a", true }, { "Id != ''", "", true },
    { "X__c LIKE 'a\\\\%'", "a\\b", true }, { "X__c LIKE 'a\\\\%'", "a%", false },
    { "X__c LIKE 'a\\\\b'", "ab", false }, { "X__c = 'a\\\\b'", "a\\b", true },
    { "X__c = '\\u00e9\\uD83D\\ude00'", "É😀", true }, { "X__c LIKE '\\u00e9%'", "école", true },
    { "X__c = '\\\\u00e9'", "é", false }, { "X__c = '\\ud83d'", "x", false },
  }
  for _, case in ipairs(cases) do
    it(("%s with %q"):format(case[1], case[2]), function()
      expect({ when = case[1], object = "Contact" }, case[2], case[3])
    end)
  end

  local mistakes = {
    { "", "^ NOT, ( or a field's name is expected here" },
    { "X__c", "    X__c\n        ^ = != < <= > >=, LIKE, IN, NOT, INCLUDES or EXCLUDES is expected here" },
    { "X__c = 'a' AMD Y = 1",
      "    X__c = 'a' AMD Y = 1\n               ^ AND, OR or the end is expected here" },
    { "X__c IN ('a' 'b')", "                 ^ , or ) is expected here" },
    { "X__c LIKE 5", "              ^ 'text' is expected here" },
    { "(X__c = 1", "             ^ " },
    { "X__c = LAST_N_DAYS", "^ a value" }, { "X__c = TODAYS", "^ a value" },
    { "Größe = ", "    Größe = \n            ^ a value" },
    { ("("):rep(1000), "is nested too deeply" },
  }
  for _, case in ipairs(mistakes) do
    it("points at the mistake in " .. case[1]:sub(1, 30), function()
      local message = mistake(case[1])
      assert.truthy(message:find(case[2], 1, true), message)
    end)
  end

  it("takes many values and many conditions", function()
    local values = {}
    for i = 1, 2000 do values[i] = ("'v%d'"):format(i) end
    expect({ when = "X__c IN (" .. table.concat(values, ",") .. ")" }, "v2000", true)
    expect({ when = ("X__c = 'a' AND "):rep(500) .. "X__c = 'a'" }, "a", true)
  end)
end)

describe("date literals", function()
  local now = dates.moment(1735732800) -- Wednesday, 2025-01-01T12:00:00Z
  local spans = {
    TODAY = { "2025-01-01", "2025-01-02" }, YESTERDAY = { "2024-12-31", "2025-01-01" },
    TOMORROW = { "2025-01-02", "2025-01-03" }, THIS_WEEK = { "2024-12-29", "2025-01-05" },
    LAST_WEEK = { "2024-12-22", "2024-12-29" }, NEXT_WEEK = { "2025-01-05", "2025-01-12" },
    THIS_MONTH = { "2025-01-01", "2025-02-01" }, LAST_MONTH = { "2024-12-01", "2025-01-01" },
    NEXT_MONTH = { "2025-02-01", "2025-03-01" }, THIS_QUARTER = { "2025-01-01", "2025-04-01" },
    LAST_QUARTER = { "2024-10-01", "2025-01-01" }, NEXT_QUARTER = { "2025-04-01", "2025-07-01" },
    THIS_YEAR = { "2025-01-01", "2026-01-01" }, LAST_YEAR = { "2024-01-01", "2025-01-01" },
    NEXT_YEAR = { "2026-01-01", "2027-01-01" }, LAST_90_DAYS = { "2024-10-03", "2025-01-02" },
    NEXT_90_DAYS = { "2025-01-02", "2025-04-02" },
    ["LAST_N_DAYS:1"] = { "2024-12-31", "2025-01-02" },
    ["NEXT_N_DAYS:2"] = { "2025-01-02", "2025-01-04" },
    ["N_DAYS_AGO:307"] = { "2024-02-29", "2024-03-01" },
    ["LAST_N_WEEKS:2"] = { "2024-12-15", "2024-12-29" },
    ["LAST_N_MONTHS:11"] = { "2024-02-01", "2025-01-01" },
    ["NEXT_N_MONTHS:2"] = { "2025-02-01", "2025-04-01" },
    ["N_MONTHS_AGO:13"] = { "2023-12-01", "2024-01-01" },
    ["LAST_N_QUARTERS:5"] = { "2023-10-01", "2025-01-01" },
    ["NEXT_N_YEARS:1"] = { "2026-01-01", "2027-01-01" },
    ["N_YEARS_AGO:25"] = { "2000-01-01", "2001-01-01" },
  }
  for literal, span in pairs(spans) do
    it(literal, function()
      local name, n = literal:match "^([%w_]+):?(%d*)$"
      assert.same(span, { dates.span(name, n ~= "" and n or nil, now) })
    end)
  end

  it("are ranges: = is in one, < before it, > behind it", function()
    local function holds(op, cell)
      return outcome({ when = "X__c " .. op .. " N_DAYS_AGO:1" }, cell) == "would_issue"
    end
    local today = os.time()
    local function day(offset, clock)
      return os.date("!%Y-%m-%d", today + offset * 86400) .. (clock or "")
    end
    local truths = {}
    for _, op in ipairs { "=", "!=", "<", "<=", ">", ">=" } do
      truths[op] = {}
      for i, cell in ipairs { day(-2), day(-1), day(-1, "T23:59:59.000Z"), day(0), "" } do
        truths[op][i] = holds(op, cell)
      end
    end
    assert.same({
      ["="] = { false, true, true, false, false }, ["!="] = { true, false, false, true, true },
      ["<"] = { true, false, false, false, false }, ["<="] = { true, true, true, false, false },
      [">"] = { false, false, false, true, false }, [">="] = { false, true, true, true, false },
    }, truths)
  end)
end)

describe("Flow's filters", function()
  local certified, score = { "X__c", "EqualTo", "Certified" }, { "LastName", "EqualTo", "Lee" }
  local never = { "LastName", "EqualTo", "Ray" }
  local cases = {
    { { certified, score }, "certified", true }, { { certified, score }, "x", false },
    { { certified, score, logic = "or" }, "x", true },
    { { certified, never, score, logic = "1 AND (2 or 3)" }, "Certified", true },
    { { certified, never, score, logic = "(1 AND 2) OR NOT 3" }, "Certified", false },
    { { { "X__c", "NotEqualTo", "a" } }, "", true },
    { { { "X__c", "GreaterThan", 80 } }, "9", false },
    { { { "X__c", "GreaterThanOrEqualTo", 80 } }, "80", true },
    { { { "X__c", "LessThan", "2024-05-01" } }, "2024-04-30T23:00:00.000Z", true },
    { { { "X__c", "LessThanOrEqualTo", 80 } }, "n/a" },
    { { { "X__c", "StartsWith", "5%" } }, "5% off", true },
    { { { "X__c", "StartsWith", "5%" } }, "50% off", false },
    { { { "X__c", "EndsWith", "OFF" } }, "50 off", true },
    { { { "X__c", "Contains", "_b" } }, "a_B", true },
    { { { "X__c", "Contains", "_b" } }, "ab", false },
    { { { "X__c", "IsNull", true } }, "", true }, { { { "X__c", "IsNull", false } }, "", false },
    { { { "X__c", "EqualTo", 1234567890123.45 } }, "1234567890123.45", true },
    { { { "X__c", "EqualTo", true } }, "1", true },
    { { { "{!$Record.X__c}", "EqualTo", "{!$GlobalConstant.True}" } }, "true", true },
    { { { "X__c", "EqualTo", "{!$GlobalConstant.true}" } }, "true", true },
    { { X__c = "{!$GlobalConstant.False}" }, "0", true },
    { { X__c = "{!$GlobalConstant.EmptyString}" }, "", true },
    { { { "X__c", "EqualTo", "" } }, "", true },
  }
  for n, case in ipairs(cases) do
    it(("number %d with %q"):format(n, case[2]), function()
      expect({ when = case[1] }, case[2], case[3])
    end)
  end

  for text, when in pairs {
    ["condition 1: the Start element has no operator EqualsTo; did you mean EqualTo?"] =
      { { "X", "EqualsTo", 1 } },
    ["condition 2: { field, operator, value } is expected"] = { certified, { "X" } },
    ["condition 1: Contains: a text is expected"] = { { "X", "Contains", 3 } },
    ["condition 1: IsNull: true or false is expected"] = { { "X", "IsNull", 3 } },
    ["condition 1: EqualTo: a text, a number or a boolean is expected"] = { { "X", "EqualTo" } },
    ["condition 1: EqualTo: a text, a number or a boolean is expected, got {!$Record.Y}"] =
      { { "X", "EqualTo", "{!$Record.Y}" } },
    ["condition 1: LessThan: a text, a number or a boolean is expected, got {!$Flow.CurrentDate}"] =
      { { "X", "LessThan", "{!$Flow.CurrentDate}" } },
    ["condition 1: Contains: a text is expected, got {!Y}"] = { { "X", "Contains", "{!Y}" } },
    ["X: a text, a number or a boolean is expected, got {!$Record.Y}"] = { X = "{!$Record.Y}" },
    ["X: a text, a number or a boolean is expected, got table"] = { X = {} },
    ["true is no field's name"] = { [true] = 1 },
    ["logic: condition 2 is not in it"] = { certified, score, logic = "1" },
    ["logic: there is no condition 3"] = { certified, score, logic = "1 and 2 or 3" },
    ["logic: cannot be read\n    1 2\n      ^ AND, OR or the end is expected here"] =
      { certified, score, logic = "1 2" },
  } do
    it("tells: " .. text:gsub("\n.*", ""), function()
      local message = mistake(when)
      assert.truthy(message:find(text, 1, true), message)
    end)
  end
end)

describe("a condition that is a function", function()
  it("gets the record, and takes or leaves it", function()
    local function when(record) return record.x__c == "a" and record.LastName == "Lee" end
    expect({ when = when }, "a", true)
    expect({ when = when }, "b", false)
  end)
end)
