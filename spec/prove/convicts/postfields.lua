--- A bad client: it notes before it posts, and never posts again what it noted; but it gives libcurl
-- the body through CURLOPT_POSTFIELDS on a kept connection, and libcurl itself posts twice.
-- Run by LuaJIT.

local ffi = require "ffi"
local shared = require "spec.prove.convicts.shared"

ffi.cdef [[
void *curl_easy_init(void);
int curl_easy_setopt(void *easy, int option, ...);
int curl_easy_perform(void *easy);
struct curl_slist *curl_slist_append(struct curl_slist *list, const char *text);
]]

local curl = ffi.load "libcurl.so.4"
local url, postfields, headers, write_data = 10002, 10015, 10023, 10001

local function key()
  local file = assert(io.open(os.getenv "SERTIFIER_SECRET_KEY_FILE"))
  local text = file:read "*l"
  file:close()
  return text
end

local list
for _, text in ipairs { "secretKey: " .. key(), "api-version: 3.3",
  "Content-Type: application/json" } do
  list = curl.curl_slist_append(list, text)
end
local easy = curl.curl_easy_init()
curl.curl_easy_setopt(easy, url, os.getenv "SERTIFIER_URL" .. "/campaign/addCredentials")
curl.curl_easy_setopt(easy, headers, list)
-- Answers go to a file that nobody reads.
ffi.cdef "struct _IO_FILE *fopen(const char *path, const char *mode);"
curl.curl_easy_setopt(easy, write_data, ffi.C.fopen("/dev/null", "w"))

local notes = shared.notes()
local issued, failed = 0, 0
for _, record in ipairs(shared.records()) do
  local word = notes[record.id]
  if not word then
    shared.note("sending", record.id)
    curl.curl_easy_setopt(easy, postfields, record.body)
    word = curl.curl_easy_perform(easy) == 0 and "issued" or "failed"
    shared.note(word, record.id)
  end
  if word == "issued" then issued = issued + 1 else failed = failed + 1 end
end
shared.tell(issued, failed)
