--- Faults in nginx's error log: one JSON object each, without a person's data.

local json = require "sertifier.json"

local journal = {}

local form = json.form "handler status request_id message"

--- Notes a fault.
-- @tparam string handler
-- @tparam string message
-- @tparam[opt] number status of the answer; nil where nobody asked
function journal.note(handler, message, status)
  ngx.log(ngx.ERR, json.object(form, { handler = handler, status = status, message = message,
    request_id = status and ngx.var.request_id }))
end

return journal
