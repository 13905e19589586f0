--- What the grammars share: tokens, names, and messages that point into the text.

local lpeg = require "lpeg"
local P, R, S, C, Cc = lpeg.P, lpeg.R, lpeg.S, lpeg.C, lpeg.Cc

local syntax = {}

local space = S " \t\r\n" ^ 0

--- Notes in the state of this parse what would fit at the farthest place that it reached.
local function note(what)
  return lpeg.Cmt(lpeg.Carg(1), function(_, at, state)
    if at > state.farthest then state.farthest, state.expected = at, {} end
    if at == state.farthest and not state.expected[what] then
      state.expected[what] = true
      table.insert(state.expected, what)
    end
    return true
  end)
end

--- A pattern behind blanks; `what` tells a person what is expected there, if that is worth a word.
function syntax.token(pattern, what)
  return what and space * note(what) * pattern or space * pattern
end

-- Letters of any script, as in a label.
local letter = R("az", "AZ", "\128\255") + "_"
local word = letter * (letter + R "09") ^ 0
local word_end = -(letter + R "09")

--- A word of the language, whatever its case.
function syntax.keyword(text)
  local pattern = P(true)
  for one in text:gmatch "." do pattern = pattern * S(one:lower() .. one:upper()) end
  return pattern * word_end
end

--- The same behind blanks, told as what is expected.
function syntax.word(name)
  return syntax.token(syntax.keyword(name), name)
end

-- Salesforce's escapes in quoted text.
local escapes = { n = "\n", r = "\r", t = "\t", b = "\b", f = "\f" }
local escaped = P "\\" * C(S "nrtbfNRTBF\"'\\") / function(c) return escapes[c:lower()] or c end

--- Text between these quotes. An escape that Salesforce has not stays as it is.
-- @tparam string quote
-- @param[opt] special pattern of further escapes, which is asked first
function syntax.quoted(quote, special)
  local one = escaped + (1 - S(quote .. "\\")) + P "\\" * (1 - S(quote))
  if special then one = special + one end
  return quote * lpeg.Cs(one ^ 0) * quote
end

--- `'Label'#2`: the second column that has this label; `'Label'#1` the first of several.
local numbered = P "#" * C(R "19" * R "09" ^ 0)
syntax.label = syntax.quoted "'" * numbered / function(label, n)
  return ("'%s'#%s"):format(label, n)
end

--- A field's name, with its parents in front.
syntax.path = C(word * (P "." * word) ^ 0)
syntax.name = C(word)

local digit = R "09"
local date = digit ^ 4 * "-" * digit * digit * "-" * digit * digit
local clock = S "Tt" * digit * digit * ":" * digit * digit * ":" * digit * digit
  * ("." * digit ^ 1) ^ -1 * (S "Zz" + S "+-" * digit * digit * P ":" ^ -1 * digit * digit)
syntax.date = C(date * clock ^ -1) * word_end
syntax.number = C((digit ^ 1 * ("." * digit ^ 0) ^ -1 + "." * digit ^ 1)
  * (S "eE" * S "+-" ^ -1 * digit ^ 1) ^ -1) * word_end

--- The field's name without the flow's object in front.
function syntax.field(path, object)
  local head, rest = path:match "^([^.]+)%.(.+)$"
  if object and head and head:lower() == object:lower() then return rest end
  return path
end

--- Points into a text of one or several lines.
function syntax.caret(text, at, what)
  local before = text:sub(1, at - 1):gsub("%s", " ")
  local _, continued = before:gsub("[\128-\191]", "")
  return ("\n    %s\n    %s^ %s"):format(text:gsub("%s", " "), (" "):rep(at - 1 - continued), what)
end

local function listed(words)
  if #words < 2 then return words[1] or "something else" end
  return table.concat(words, ", ", 1, #words - 1) .. " or " .. words[#words]
end

--- Matches a whole text.
-- @return what the grammar captures; or nil and a message that points at the mistake
function syntax.match(grammar, text, ...)
  local state = { farthest = 1, expected = {} }
  local ok, result = pcall(grammar.match, grammar, text, 1, state, ...)
  if not ok then return nil, "is nested too deeply" end
  if result ~= nil then return result end
  return nil, "cannot be read" .. syntax.caret(text, state.farthest,
    listed(state.expected) .. " is expected here")
end

--- An operator's name as a capture.
function syntax.operator(text, name)
  return P(text) * Cc(name or text)
end

return syntax
