--- How the columns of a CSV export are to be read: by what their values prove, or as its user says.

local core = require "sertifier.core"

local settling = {}

local looked_at = 64 * 1024 - 3 -- what can be seen beforehand of a source, but for its mark

--- Whether it is a stream that goes on behind what was seen of it.
local function goes_on(self)
  return not self.reopen and #self.head >= looked_at
end

--- A stream's first rows. The last one may be cut, and with it a value: 1.23 may be 1.234.
local function first_rows(self)
  return goes_on(self) and self.head:match "^.*\n" or self.head
end

--- What the values prove: of a file all of them, of a stream its first ones.
local function prove(self, wanted, kinds_of_wanted)
  local source = self.reopen and self.reopen() or core.source_of(first_rows(self))
  local reader, message = core.reader(source, self.delimiter)
  if not reader then return nil, message end
  if self.kind.has_footer then reader:footer() end
  local forms, problem = reader:prove(wanted, kinds_of_wanted)
  reader:close()
  return forms, problem
end

local undecided = {
  d = "%s: no date in %s tells whether the day or the month comes first; "
    .. "say --date-order dmy or mdy",
  n = "%s: no number in %s tells whether its mark is that of decimals or of thousands; "
    .. "say --decimal , or --decimal .",
}

local orders = { dmy = "d", mdy = "m", ymd = "y" }

--- The form of one cell, from what its column proves and what the user said. What nothing proved
-- of a stream's numbers may yet come.
local function form_of(self, kind, proved)
  if kind == "n" then return self.decimal or (proved == "-" and goes_on(self) and "n") or proved end
  if proved == "?" or (proved == "d" or proved == "m") and self.date_order then
    return orders[self.date_order] or proved
  end
  return proved
end

--- Whether its numbers may be as their user's country writes them: in all other exports they are as
-- the API writes them, and a point is that of decimals.
local function has_marks(self)
  return self.kind.has_footer or self.decimal ~= nil
end

--- Settles how dates, numbers and Ids of a plan are to be read, before the first row is.
-- @tparam table reads `columns` of the plan's cells, and for each in `kinds` a "d" for a date, an
--   "n" for a number, an "i" for an Id, or "-"
-- @return true; or nil, message, code
function settling.settle(self, reads)
  local wanted, letters, places = {}, {}, {}
  for i, kind in ipairs(reads.kinds) do
    if kind ~= "-" and reads.columns[i] > 0 and (kind ~= "n" or has_marks(self)) then
      wanted[#wanted + 1], letters[#letters + 1] = reads.columns[i], kind
      places[#places + 1] = i
    end
  end
  if #wanted == 0 then return true end
  local proved, message = prove(self, wanted, table.concat(letters))
  if not proved then return nil, ("%s: %s"):format(self.name, message), "io" end
  local forms = {}
  for i in ipairs(reads.kinds) do forms[i] = "-" end
  for k, i in ipairs(places) do
    forms[i] = form_of(self, letters[k], proved:sub(k, k))
    if forms[i] == "?" then
      return nil, undecided[letters[k]]:format(self.name, self.columns[wanted[k]]), "export"
    end
  end
  forms = table.concat(forms)
  if forms:find "[^-]" then self.reader:forms(forms) end
  return true
end

return settling
