-- Makes examples/contacts.csv: a Data Loader export (v63 or later, on Linux) of invented contacts.
--
--     lua examples/make_contacts.lua examples/contacts.csv
--
-- Every Lua makes the same bytes. Without a path they go to standard output.
local here = debug.getinfo(1, "S").source:match "^@(.-)[^/]*$"
local invented = dofile(here .. "invented.lua")

local last_row = 360

-- By the number of the row, counted from 1 after the header: names and cells worth meeting.
local oddities = {
  [4] = { FirstName = 'Wilhelmina "Billie"', LastName = "Ashcombe", Email = "billie@example.com" },
  [9] = { FirstName = "Everard", LastName = "Thistlewood, Jr.", Email = "e.t.jr@example.org" },
  [15] = { FirstName = "", LastName = "Sulastriani", -- a mononym
           Email = "sulastriani@example.net" },
  [28] = { FirstName = "Ẹniọlá", LastName = "Àṣàkẹ́-Orí", Email = "eniola@example.org" },
  [52] = { FirstName = "Ö", LastName = "von und zu Hinterwäldlerbach-Schnurrenbergertal",
           Email = "oe.von-und-zu+courses@example.net" },
  [77] = { MailingStreet = 'Haus "Abendrot"\nHinterhof, 3. Stock\nAhornweg 7' },
  [103] = { Description = ("He said \"yes\", then \"no\",\nand went home. "):rep(60) },
  [104] = { Description = ("長い説明です。"):rep(300) },
  [131] = { Description = ",,,\n\n\"\"\"\n,\"," },
  [196] = { Title = "", Phone = "", MailingStreet = "", MailingCity = "", MailingPostalCode = "",
            MailingCountry = "", Description = "", Language__c = "" },
  [230] = { Description = "<p class=\"note\">Rich &amp; <b>bold</b></p>" },
  [288] = { Completed_On__c = "" }, -- qualifies without a date of issue
}

-- The rows that qualify, or cannot be told to, and are invalid.
local faults = {
  [41] = { Email = "" },                            -- no e-mail address
  [97] = { Email = "tigist.example.org" },          -- no @ in it
  [158] = { FirstName = "", LastName = "" },        -- nobody's name
  [212] = { Id = "0035g000006BMR2AA" },             -- 17 characters: the last was lost
  [265] = { Issue_Credential__c = "maybe" },        -- not a checkbox's value
  [317] = { Completed_On__c = "next spring" },      -- not a date
}

local function amend(contact, changes)
  for field, cell in pairs(changes) do
    contact[field] = cell
  end
end

local function spoil(contact, fault)
  amend(contact, { Issue_Credential__c = "true", Status__c = "Certified" })
  amend(contact, { Completed_On__c = "2025-03-14", Sertifier_Verification_Link__c = "" })
  amend(contact, fault)
end

local function row_of(contact)
  local cells = {}
  for place, column in ipairs(invented.columns) do
    cells[place] = invented.quoted(contact and contact[column] or column)
  end
  return table.concat(cells, ",") .. "\n"
end

local function export()
  local draw = invented.contacts(20250131)
  local rows = { "\239\187\191" .. row_of(nil) } -- a byte order mark, then the header
  for n = 1, last_row do
    local contact = draw(n)
    if oddities[n] then amend(contact, oddities[n]) end
    if faults[n] then spoil(contact, faults[n]) end
    rows[n + 1] = row_of(contact)
  end
  return table.concat(rows)
end

local path = ...
local file = path and assert(io.open(path, "wb")) or io.stdout
assert(file:write(export()))
if path then assert(file:close()) end
