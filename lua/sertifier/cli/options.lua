--- What the options of commands are made of: numbers, and options that several commands have.

local kinds = require "sertifier.export.kinds"

local options = {}

-- ---- numbers, as argparse converts them; what is wrong with one names its option ----

function options.above_0(option)
  return function(text)
    local number = tonumber(text)
    if number and number > 0 and number < math.huge then return number end
    return nil, ("%s %s: a number above 0 is expected"):format(option, text)
  end
end

--- A whole number, 1 or more if `least` is not said.
function options.whole(option, least)
  least = least or 1
  return function(text)
    local number = tonumber(text)
    if number and number >= least and number % 1 == 0 then return number end
    return nil, ("%s %s: a whole number, %d or more, is expected"):format(option, text, least)
  end
end

--- A number of seconds, 0 among them.
function options.seconds(option)
  return function(text)
    local number = tonumber(text)
    if number and number >= 0 and number < math.huge then return number end
    return nil, ("%s %s: a number is expected"):format(option, text)
  end
end

local function delimiter(text)
  if #kinds.delimiter_of(text) == 1 then return text end
  return nil, ("--delimiter %s: one character, or its name, is expected"):format(text)
end

--- Reads an age such as 400d, as seconds.
function options.age(option)
  return function(text)
    local days = tonumber(text:match "^(%d+)d$")
    if days and days > 0 then return days * 86400 end
    return nil, ("%s %s: a number of days, such as 400d, is expected"):format(option, text)
  end
end

-- ---- options that several commands have ----

--- A whole number, 1 or more.
function options.count(command, name, help)
  command:option(name, help):argname "N":convert(options.whole(name))
end

function options.ledger(command)
  command:option("--ledger", "sertifier.db if not said"):argname "FILE"
end

function options.mapping(command)
  command:option("--map", "a credential field and its template"):argname "FIELD=TEMPLATE"
    :count "*"
  command:option("--once-per", "what is issued once per, {!Id} if not said"):argname "TEMPLATE"
end

function options.org(command)
  command:option("--salesforce", "the org's My Domain, SALESFORCE_URL if not said"):argname "URL"
  command:option("--target-org", "the org as the Salesforce CLI knows it"):argname "NAME"
end

--- For what is found out about an export, where that is wrong.
function options.export(command)
  command:option("--format", "which tool wrote the export, where the guess is wrong")
    :choices(require("sertifier.export").formats)
  command:option("--encoding", "of the export, such as windows-1252"):argname "NAME"
  command:option("--delimiter", "of a CSV export, or its name, such as tab"):argname "CHARACTER"
    :convert(delimiter)
  command:option("--date-order", "of dates such as 07/08/2026"):choices { "dmy", "mdy", "ymd" }
  command:option("--decimal", "the decimal mark of numbers such as 1.234"):choices { ",", "." }
end

function options.flow(command)
  command:argument("files", "[FLOW.lua] EXPORT..."):args "*"
  command:option("--campaign", "the campaign's ID, or a template"):argname "ID"
  command:option("--when", "entry conditions, as in SOQL's WHERE"):argname "COND"
  options.mapping(command)
  command:option("--now", "what TODAY and its kin start from, YYYY-MM-DD[Thh:mm:ssZ]")
    :argname "TIME"
  command:option("--first-run", "records of which nothing is known: issue, or only remember")
    :argname "WHAT":choices { "issue", "remember" }
  command:option("--previous", "an older export, for what records were before"):argname "EXPORT"
  command:flag("--two-phase", "add drafts, look at them, then publish them")
  options.count(command, "--batch-size", "credentials a request, 20 if not said")
  command:flag("--json", "the counts as one JSON object on standard output")
  options.export(command)
  command:flag("--strict", "nothing is sent unless every record is valid and the export whole")
end

return options
