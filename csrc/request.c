/* request.c: one request: what is asked of libcurl, and what comes back. */
#include "request.h"

#include <stdio.h>
#include <stdlib.h>

#define MOST_BELIEVED (1 << 20) /* bytes of what an answer says of its length */
#define MOST_AT_ONCE (1 << 18)  /* bytes of a body that libcurl takes in one go */

/* ---- what libcurl calls; no Lua here ---- */

static size_t give_body(char *to, size_t size, size_t count, void *user) {
  request *r = user;
  const buffer *text = &r->body->text;
  size_t room = size * count, left = text->length - r->taken;
  if (room > left) room = left;
  memcpy(to, text->bytes + r->taken, room);
  r->taken += room;
  if (room) r->result->sent = 1;
  return room;
}

static int refuse_rewind(void *user, curl_off_t offset, int origin) {
  (void)user, (void)offset, (void)origin;
  return CURL_SEEKFUNC_FAIL;
}

/* An answer that says how long it is gets a buffer of that size: one that grows
** would be up to twice as large, and there are as many as requests at once. */
static void make_room(request *r) {
  curl_off_t length = -1;
  curl_easy_getinfo(r->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
  if (length > 0 && length <= MOST_BELIEVED)
    (void)buffer_expect(&r->result->body, (size_t)length);
}

static size_t take_body(char *bytes, size_t size, size_t count, void *user) {
  request *r = user;
  size_t length = size * count;
  if (!r->result->body.bytes) make_room(r);
  if (buffer_add(&r->result->body, bytes, length)) return length;
  r->result->error = "too_large";
  return 0;
}

/* Keeps the value of the header `name`, if the line is one. */
static void keep_header(const char *line, size_t length, const char *name,
                        char *to, size_t size) {
  size_t n = strlen(name);
  if (length <= n || line[n] != ':') return;
  if (!curl_strnequal(line, name, n)) return;
  line += n + 1;
  length -= n + 1;
  while (length && (*line == ' ' || *line == '\t')) line++, length--;
  while (length && (unsigned char)line[length - 1] <= ' ') length--;
  snprintf(to, size, "%.*s", (int)(length < size ? length : size - 1), line);
}

static size_t take_header(char *line, size_t size, size_t count, void *user) {
  http_result *result = ((request *)user)->result;
  size_t length = size * count;
  keep_header(line, length, "Retry-After", result->retry_after,
              sizeof result->retry_after);
  keep_header(line, length, "Date", result->date, sizeof result->date);
  keep_header(line, length, "Content-Type", result->content_type,
              sizeof result->content_type);
  keep_header(line, length, "Sforce-Limit-Info", result->limit_info,
              sizeof result->limit_info);
  keep_header(line, length, "Sforce-Locator", result->locator,
              sizeof result->locator);
  return length;
}

/* ---- asking ---- */

void request_free(request *r) {
  if (!r) return;
  curl_easy_cleanup(r->easy);
  http_free(r->result);
  body_release(r->body);
  free(r);
}

request *request_new(void) {
  request *r = calloc(1, sizeof *r);
  if (r) r->easy = curl_easy_init();
  if (r && r->easy) return r;
  request_free(r);
  return NULL;
}

/* Its buffer for sending is as large as the body: one that is smaller takes a
** poll for each part, one that is larger takes memory for each request. */
static void set_body(request *r, body *sent) {
  size_t length = sent->text.length;
  r->body = body_hold(sent);
  curl_easy_setopt(r->easy, CURLOPT_POST, 1L);
  curl_easy_setopt(r->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
  curl_easy_setopt(r->easy, CURLOPT_READFUNCTION, give_body);
  curl_easy_setopt(r->easy, CURLOPT_READDATA, r);
  curl_easy_setopt(r->easy, CURLOPT_SEEKFUNCTION, refuse_rewind);
  curl_easy_setopt(r->easy, CURLOPT_UPLOAD_BUFFERSIZE,
                   (long)(length < MOST_AT_ONCE ? length + 1 : MOST_AT_ONCE));
}

/* A text that libcurl copies; 0 without memory: it would do without the text. */
static int set_text(CURL *easy, CURLoption option, const char *text) {
  return curl_easy_setopt(easy, option, text) != CURLE_OUT_OF_MEMORY;
}

static int set_url(CURL *easy, const char *base, const char *path) {
  size_t length = strlen(base) + strlen(path) + 1;
  char *url = malloc(length);
  int ok;
  if (!url) return 0;
  snprintf(url, length, "%s%s", base, path);
  ok = set_text(easy, CURLOPT_URL, url);
  free(url);
  return ok;
}

static int set_safety(CURL *easy, const request_options *o) {
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS,
                   (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
  return (!o->is_plain || set_text(easy, CURLOPT_PROXY, "")) &&
         (!o->ca_file || set_text(easy, CURLOPT_CAINFO, o->ca_file)) &&
         set_text(easy, CURLOPT_USERAGENT, o->agent);
}

static void set_transfer(request *r, const request_options *o) {
  CURL *easy = r->easy;
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, o->headers);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, o->timeout);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, o->connect_timeout);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, r);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, r);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, r->error);
  curl_easy_setopt(easy, CURLOPT_PRIVATE, r);
}

int request_prepare(request *r, const request_options *options,
                    const char *method, const char *path, body *sent) {
  curl_easy_reset(r->easy);
  r->taken = 0;
  r->error[0] = '\0';
  r->result = calloc(1, sizeof *r->result);
  if (!r->result) return 0;
  buffer_open(&r->result->body, options->most);
  set_transfer(r, options);
  if (sent) set_body(r, sent);
  return set_safety(r->easy, options) &&
         set_url(r->easy, options->base, path) &&
         set_text(r->easy, CURLOPT_CUSTOMREQUEST, method);
}

/* ---- the end ---- */

static const char *error_word(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY: return "resolve";
    case CURLE_SSL_CONNECT_ERROR: /* a handshake that was cut, too */
    case CURLE_COULDNT_CONNECT: return "connect";
    case CURLE_OPERATION_TIMEDOUT: return "timeout";
    case CURLE_SEND_FAIL_REWIND: return "rewind";
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE: return "tls";
    default: return "cut";
  }
}

/* A request without a body has no first byte of one: what counts then is
** whether any of the request left. */
static void note_sent(request *r) {
  long bytes = 0;
  if (r->body) return;
  curl_easy_getinfo(r->easy, CURLINFO_REQUEST_SIZE, &bytes);
  r->result->sent = bytes > 0;
}

static void note_end(request *r, CURLcode code) {
  http_result *result = r->result;
  curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &result->status);
  note_sent(r);
  if (code == CURLE_OK) return;
  if (!result->error) result->error = error_word(code);
  snprintf(result->message, sizeof result->message, "%s",
           r->error[0] ? r->error : curl_easy_strerror(code));
}

http_result *request_end(request *r, CURLcode code) {
  http_result *result = r->result;
  note_end(r, code);
  r->result = NULL;
  body_release(r->body);
  r->body = NULL;
  return result;
}
