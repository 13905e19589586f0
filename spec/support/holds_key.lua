--- Opens a client with the key of the environment, tells how, and closes it, a step for each line of
-- its standard input: so that a spec can look into this process in between.

local sertifier = require "sertifier"

local client = assert(sertifier.client { url = "http://127.0.0.1:9" })
require("sertifier.http").hide_key()
print(client.key_from)
io.stdout:flush()
io.read()
client:close()
print "closed"
io.stdout:flush()
io.read()
