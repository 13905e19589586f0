--- What each formula function takes and gives, by the names of Salesforce.
--
-- Types are letters: t(ext), n(umber), b(oolean), d(ate), s(tamp: a date-time). `step` is the
-- native function (csrc/formula_*.c), where it has another name; `now` a constant of the run.
-- Source: "Formula Operators and Functions" of Salesforce's help.

local functions = {
  UPPER = { takes = "t", gives = "t" }, LOWER = { takes = "t", gives = "t" },
  PROPER = { takes = "t", gives = "t" }, TRIM = { takes = "t", gives = "t" },
  LEFT = { takes = "tn", gives = "t" }, RIGHT = { takes = "tn", gives = "t" },
  MID = { takes = "tnn", gives = "t" }, LEN = { takes = "t", gives = "n" },
  SUBSTITUTE = { takes = "ttt", gives = "t" },
  CONTAINS = { takes = "tt", gives = "b" }, BEGINS = { takes = "tt", gives = "b" },
  INCLUDES = { takes = "tt", gives = "b" },
  ISPICKVAL = { takes = "tt", gives = "b", step = "=t" },
  VALUE = { takes = "t", gives = "n" }, ROUND = { takes = "nn", gives = "n" },
  DATE = { takes = "nnn", gives = "d" },
  YEAR = { takes = "d", gives = "n" }, MONTH = { takes = "d", gives = "n" },
  DAY = { takes = "d", gives = "n" },
  TODAY = { takes = "", gives = "d", now = "date" },
  NOW = { takes = "", gives = "s", now = "time" },
}

--- How many arguments the functions take whose types depend on what they are given.
functions.special = {
  TEXT = { 1, 1 }, DATEVALUE = { 1, 1 }, DATETIMEVALUE = { 1, 1 }, ADDMONTHS = { 2, 2 },
  BLANKVALUE = { 2, 2 }, ISBLANK = { 1, 1 }, ISNULL = { 1, 1 }, IF = { 3, 3 },
  CASE = { 4, math.huge }, AND = { 1, math.huge }, OR = { 1, math.huge }, NOT = { 1, 1 },
  ISCHANGED = { 1, 1 }, PRIORVALUE = { 1, 1 }, ISNEW = { 0, 0 },
}

functions.words = { t = "a text", n = "a number", b = "true or false", d = "a date",
  s = "a date-time" }

return functions
