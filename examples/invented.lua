-- Draws invented contacts from a seed, the same ones under every Lua.
local here = debug.getinfo(1, "S").source:match "^@(.-)[^/]*$"

local courses = {
  "Data Protection Basics", "Food Safety, Level 2", "First Aid at Work",
  "Forklift & Warehouse Safety", 'Leadership: The "First 90 Days"', "Project Management Essentials",
}
local titles = {
  "", "", "Nurse", "Project Manager", "Director, Learning & Development", "Apprentice",
  "R&D Engineer", 'Team Lead "Night Shift"', "Volunteer", "Head of Operations, EMEA",
}
local accounts = {
  "Alder & Finch Training, Inc.", "Kestrelmoor Health Trust", 'Bäckerei "Zur Aumühle" GmbH',
  "Прибережний центр", "Lumenwick Cooperative", "青空坂物流", "Sociedad Olivarera Luz, S.A.",
  "Quillmarsh College",
}
local notes = {
  "", "", "",
  "Prefers to be called in the afternoon; has moved house since the course, so check the address.",
  'Asked for the certificate "as soon as possible", by e-mail, not by post.',
  "Attended:\n- module 1\n- module 2, second part\n- final exam",
  "Called on Monday, no answer.\r\nCalled on Tuesday: will send the signed form.",
  'Wrote: "the badge matters more than the ""paper""", then thanked everyone.',
}
local domains = { "example.com", "example.org", "example.net" }
local areas = { "206", "312", "415", "617", "808" }
local day = 24 * 60 * 60
local year_2024 = 1704067200 -- 2024-01-01T00:00:00Z in seconds

-- A Lehmer generator: draws 1..n, and no product leaves the whole numbers that a double holds.
local function generator(seed)
  local state = seed
  return function(n)
    state = state * 48271 % 2147483647
    return math.floor(state / 2147483647 * n) + 1
  end
end

local function pick(draw, list)
  return list[draw(#list)]
end

local function pairs_of(text)
  local list = {}
  for written, plain in (text .. ", "):gmatch "(.-)=(.-), " do
    list[#list + 1] = { written = written, plain = plain }
  end
  return list
end

local function read_cultures()
  local cultures = dofile(here .. "invented_names.lua")
  for _, culture in ipairs(cultures) do
    for _, field in ipairs { "towns", "first", "last" } do
      culture[field] = pairs_of(culture[field])
    end
  end
  return cultures
end

-- Five characters of an Id as the one that tells which of them are upper case.
local function check_character(block)
  local sum = 0
  for place = 1, 5 do
    if block:sub(place, place):match "%u" then sum = sum + 2 ^ (place - 1) end
  end
  return ("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"):sub(sum + 1, sum + 1)
end

--- The 18-character form of a 15-character record Id.
local function id18(id)
  return id .. id:gsub(".....", check_character)
end

--- The Id of record `n` of an object, by the object's prefix.
local function record_id(prefix, n)
  local digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
  local tail = ""
  for _ = 1, 5 do
    tail = digits:sub(n % 62 + 1, n % 62 + 1) .. tail
    n = math.floor(n / 62)
  end
  return id18(prefix .. "5g00000" .. tail)
end

local function add_person(contact, draw, culture, n)
  local first, last = pick(draw, culture.first), pick(draw, culture.last)
  contact.FirstName, contact.LastName = first.written, last.written
  contact.Email = ("%s.%s%d@%s"):format(first.plain, last.plain, n, pick(draw, domains))
  contact.Title = pick(draw, titles)
  contact.Phone = draw(6) > 1 and ("(%s) 555-01%02d"):format(pick(draw, areas), draw(100) - 1) or ""
  contact.Language__c = culture.language
end

local function add_address(contact, draw, culture)
  local town = pick(draw, culture.towns)
  local street = culture.street:format(draw(180))
  if draw(4) == 1 then street = street .. "\nApt. " .. draw(40) .. ", 2nd floor" end
  contact.MailingStreet = draw(9) == 1 and "" or street
  contact.MailingCity, contact.MailingPostalCode = town.written, town.plain
  contact.MailingCountry = culture.country
end

local function add_account(contact, draw)
  local number = draw(#accounts + 1)
  contact["Account.Name"] = accounts[number] or ""
  contact.AccountId = accounts[number] and record_id("001", 734511 + 5077 * number) or ""
end

local function stamp(seconds)
  return os.date("!%Y-%m-%dT%H:%M:%S.000Z", seconds)
end

local function add_course(contact, draw, completed)
  local fate = draw(100)
  contact.Course__c = pick(draw, courses)
  contact.Status__c = (fate <= 68 or fate > 96) and "Certified" or fate <= 80 and "In Progress"
    or fate <= 87 and "Failed" or ""
  contact.Issue_Credential__c = fate <= 76 and "true" or "false"
  local over = contact.Status__c == "Certified" or contact.Status__c == "Failed"
  local score = contact.Status__c == "Failed" and draw(59) or 60 + draw(81) / 2
  contact.Score__c = over and ("%.1f"):format(score) or ""
  contact.Completed_On__c = over and draw(15) > 1 and stamp(completed):sub(1, 10) or ""
  -- Unticked though certified: the credential was issued in an earlier year, and its link is here.
  contact.Sertifier_Verification_Link__c = fate > 96
    and ("https://verify.example.org/cd/%07d"):format(draw(9999999)) or ""
end

local function add_history(contact, draw, completed)
  local modified = completed + draw(20 * day)
  contact.CreatedDate = stamp(completed - draw(300 * day))
  contact.LastModifiedDate = stamp(modified)
  contact.SystemModstamp = stamp(modified + (draw(3) == 1 and draw(day) or 0))
end

--- Returns a function that draws contact `n` as a table of fields, every one of them text.
-- About two in three are ticked and certified.
local function contacts(seed)
  local draw, cultures = generator(seed), read_cultures()
  return function(n)
    local culture = pick(draw, cultures)
    local completed = year_2024 + draw(640 * day)
    local contact = { Id = record_id("003", 91358024 + 37 * n), Description = pick(draw, notes) }
    add_person(contact, draw, culture, n)
    add_address(contact, draw, culture)
    add_account(contact, draw)
    add_course(contact, draw, completed)
    add_history(contact, draw, completed)
    return contact
  end
end

--- A cell as Data Loader writes it: always quoted, with its quotes doubled.
local function quoted(cell)
  return '"' .. cell:gsub('"', '""') .. '"'
end

return {
  contacts = contacts, generator = generator, id18 = id18, record_id = record_id, quoted = quoted,
  columns = {
    "Id", "AccountId", "Account.Name", "FirstName", "LastName", "Email", "Title", "Phone",
    "MailingStreet", "MailingCity", "MailingPostalCode", "MailingCountry", "Description",
    "Issue_Credential__c", "Status__c", "Course__c", "Completed_On__c", "Score__c", "Language__c",
    "Sertifier_Verification_Link__c", "CreatedDate", "LastModifiedDate", "SystemModstamp",
  },
}
