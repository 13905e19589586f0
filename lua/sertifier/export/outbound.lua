--- An outbound message: the SOAP that a workflow or a flow sends, read through Expat.

local core = require "sertifier.core"
local tables = require "sertifier.export.tables"

local outbound = {}

local messages = "http://soap.sforce.com/2005/09/outbound|"
local is_nil = "http://www.w3.org/2001/XMLSchema-instance|nil"

local function local_name(name)
  return name:match "([^|]*)$"
end

--- What the parser calls. `state.rows` gets a row for each notification; what stands outside of
-- them is passed over, the session's id first of all.
local function callbacks(state)
  local path, text = {}, {}
  return {
    StartDoctypeDecl = function() error("declares a document type, as no message does", 0) end,
    StartElement = function(parser, name, attributes)
      path[#path + 1] = local_name(name)
      text = {}
      if name == messages .. "Notification" then
        state.row, state.line, state.depth = {}, parser:pos(), #path
      end
      state.is_nil = attributes[is_nil] == "true"
    end,
    CharacterData = function(_, some)
      if state.row then text[#text + 1] = some end
    end,
    EndElement = function(_, name)
      local inside = state.row and #path - state.depth
      if inside == 1 and path[#path] == "Id" then state.row.notification = table.concat(text) end
      if inside == 2 and path[#path - 1] == "sObject" and not state.is_nil then
        state.row[path[#path]] = table.concat(text)
      end
      if name == messages .. "Notification" then
        table.insert(state.rows, { state.row, state.line })
        state.row = nil
      end
      path[#path] = nil
      text = {}
    end,
  }
end

--- Parses some more; false at the end; or nil and what is wrong.
local function parse(state)
  local bytes, message = state.source:read()
  if not bytes and message then return nil, message end
  local called, ok, problem, line = pcall(state.parser.parse, state.parser, bytes)
  if not called then return nil, tostring(ok) end
  if not ok then return nil, ("line %d is not XML: %s"):format(line or 0, tostring(problem)) end
  if bytes then return true end
  state.parser:close()
  state.ended = true
  return false
end

--- The next notification's record. One that was sent again is left out.
local function next_row(state)
  while #state.rows == 0 and not state.ended do
    local ok, message = parse(state)
    if ok == nil then return nil, message, "export" end
  end
  local item = table.remove(state.rows, 1)
  if not item then return nil end
  local row, line = item[1], item[2]
  local is_known = row.notification and state.seen[row.notification]
  if is_known then return false, line end
  if row.notification then state.seen[row.notification] = true end
  if row.Id then row.Id = core.widen_id(row.Id) end
  return row, line
end

--- Opens it; as `json.open`. A field that is null is absent, so it lacks none.
function outbound.open(source, found, options, needs)
  local lxp = require "lxp"
  local state = { source = source, rows = {}, seen = {} }
  state.parser = lxp.new(callbacks(state), "|")
  -- What was decoded already is not in the encoding that it declares any more.
  if options.encoding or found.encoding ~= "UTF-8" then state.parser:setencoding "UTF-8" end
  return tables.open { name = found.name, source = source, columns = needs,
    next = function() return next_row(state) end, can_reread = found.reopen ~= nil,
    description = "outbound message XML, " .. found.encoding_title }
end

return outbound
