/* http.c: requests to one host over libcurl. */
#include "http.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "url.h"

typedef struct request {
  struct request *next; /* of those in flight, or of the idle ones */
  struct request *before;
  CURL *easy;
  http *owner;
  http_result *result;
  char *body;
  size_t length, taken;
  char error[CURL_ERROR_SIZE];
} request;

struct http {
  CURLM *multi;
  key key;
  char *base, *ca_file;
  char agent[128];
  int is_plain; /* http to loopback: then no proxy may come between */
  long timeout, connect_timeout; /* milliseconds */
  size_t most, pending;
  long last_id;
  struct curl_slist headers[4];
  request *flying, *idle;
  http_result *first, **last; /* ended, oldest first */
};

/* ---- what libcurl calls; no Lua here ---- */

static size_t give_body(char *to, size_t size, size_t count, void *user) {
  request *r = user;
  size_t room = size * count, left = r->length - r->taken;
  if (room > left) room = left;
  memcpy(to, r->body + r->taken, room);
  r->taken += room;
  if (room) r->result->sent = 1;
  return room;
}

static int refuse_rewind(void *user, curl_off_t offset, int origin) {
  (void)user, (void)offset, (void)origin;
  return CURL_SEEKFUNC_FAIL;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *user) {
  request *r = user;
  size_t length = size * count;
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
  return length;
}

/* ---- opening ---- */

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void init_curl(void) {
  curl_global_init(CURL_GLOBAL_DEFAULT); /* never cleaned up: see curl's docs */
}

static void set_headers(http *h) {
  static char version[] = "api-version: 3.3", expect[] = "Expect:",
              json[] = "Content-Type: application/json";
  int i;
  /* Our own list, not curl_slist_append's: that would copy the key. What
  ** libcurl still copies is the request that it writes out. */
  h->headers[0].data = h->key.header;
  h->headers[1].data = version;
  h->headers[2].data = json;
  h->headers[3].data = expect; /* no wait for "100 Continue" */
  for (i = 0; i < 3; i++) h->headers[i].next = &h->headers[i + 1];
}

static char *copy(const char *text) {
  char *to = malloc(strlen(text) + 1);
  return to ? strcpy(to, text) : NULL;
}

http *http_open(const http_settings *settings, key *k, char *problem,
                size_t size) {
  http *h = calloc(1, sizeof *h);
  snprintf(problem, size, "out of memory");
  pthread_once(&once, init_curl);
  if (!h) return key_close(k), NULL;
  h->key = *k;
  k->header = NULL;
  h->last = &h->first;
  h->timeout = (long)(settings->timeout * 1000);
  h->connect_timeout = (long)(settings->connect_timeout * 1000);
  h->most = settings->most;
  snprintf(h->agent, sizeof h->agent, "%s", settings->user_agent);
  set_headers(h);
  h->base = url_base(settings->url, &h->is_plain, problem, size);
  if (h->base) h->multi = curl_multi_init();
  if (h->multi && settings->ca_file) h->ca_file = copy(settings->ca_file);
  if (h->multi && (h->ca_file || !settings->ca_file)) return h;
  http_close(h);
  return NULL;
}

/* ---- a request's life ---- */

static void request_free(request *r) {
  if (!r) return;
  curl_easy_cleanup(r->easy);
  http_free(r->result);
  free(r->body);
  free(r);
}

/* A request that may use the handle of an earlier one. */
static request *request_new(http *h) {
  request *r = h->idle;
  if (r) {
    h->idle = r->next;
    curl_easy_reset(r->easy);
  } else {
    r = calloc(1, sizeof *r);
    if (r) r->easy = curl_easy_init();
    if (!r || !r->easy) return request_free(r), NULL;
  }
  r->taken = 0;
  r->owner = h;
  r->result = calloc(1, sizeof *r->result);
  if (!r->result) return request_free(r), NULL;
  buffer_open(&r->result->body, h->most);
  return r;
}

static int set_body(request *r, const char *body, size_t length) {
  r->body = malloc(length + 1);
  r->length = length;
  if (!r->body) return 0;
  memcpy(r->body, body, length);
  curl_easy_setopt(r->easy, CURLOPT_POST, 1L);
  curl_easy_setopt(r->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
  curl_easy_setopt(r->easy, CURLOPT_READFUNCTION, give_body);
  curl_easy_setopt(r->easy, CURLOPT_READDATA, r);
  curl_easy_setopt(r->easy, CURLOPT_SEEKFUNCTION, refuse_rewind);
  return 1;
}

static int set_url(request *r, const char *path) {
  const char *base = r->owner->base;
  size_t length = strlen(base) + strlen(path) + 1;
  char *url = malloc(length);
  if (!url) return 0;
  snprintf(url, length, "%s%s", base, path);
  curl_easy_setopt(r->easy, CURLOPT_URL, url); /* copied */
  free(url);
  return 1;
}

static void set_safety(CURL *easy, const http *h) {
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  if (h->is_plain) curl_easy_setopt(easy, CURLOPT_PROXY, "");
  if (h->ca_file) curl_easy_setopt(easy, CURLOPT_CAINFO, h->ca_file);
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS,
                   (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

static void set_transfer(request *r) {
  CURL *easy = r->easy;
  http *h = r->owner;
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, h->headers);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, h->agent);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, h->timeout);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, h->connect_timeout);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, r);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, r);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, r->error);
  curl_easy_setopt(easy, CURLOPT_PRIVATE, r);
}

static void request_link(http *h, request *r) {
  r->before = NULL;
  r->next = h->flying;
  if (r->next) r->next->before = r;
  h->flying = r;
  h->pending++;
}

static void request_unlink(http *h, request *r) {
  if (r->before) r->before->next = r->next;
  else h->flying = r->next;
  if (r->next) r->next->before = r->before;
  h->pending--;
}

long http_submit(http *h, const char *method, const char *path,
                 const char *body, size_t length) {
  request *r = request_new(h);
  if (!r) return 0;
  set_safety(r->easy, h);
  set_transfer(r);
  if (!set_url(r, path) || (body && !set_body(r, body, length)))
    return request_free(r), 0;
  curl_easy_setopt(r->easy, CURLOPT_CUSTOMREQUEST, method);
  r->error[0] = '\0';
  r->result->id = ++h->last_id;
  if (curl_multi_add_handle(h->multi, r->easy) != CURLM_OK)
    return request_free(r), 0;
  request_link(h, r);
  return r->result->id;
}

/* ---- ends ---- */

static const char *error_word(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY: return "resolve";
    case CURLE_COULDNT_CONNECT: return "connect";
    case CURLE_OPERATION_TIMEDOUT: return "timeout";
    case CURLE_SEND_FAIL_REWIND: return "rewind";
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
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

static void request_end(http *h, request *r, CURLcode code) {
  note_end(r, code);
  curl_multi_remove_handle(h->multi, r->easy);
  request_unlink(h, r);
  *h->last = r->result;
  h->last = &r->result->next;
  r->result = NULL;
  free(r->body);
  r->body = NULL;
  r->next = h->idle;
  h->idle = r;
}

static void collect(http *h) {
  CURLMsg *message;
  int left;
  while ((message = curl_multi_info_read(h->multi, &left))) {
    char *owner = NULL;
    if (message->msg != CURLMSG_DONE) continue;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &owner);
    request_end(h, (request *)(void *)owner, message->data.result);
  }
}

static double seconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void http_poll(http *h, double seconds) {
  double until = seconds_now() + seconds, left = seconds;
  int running;
  for (;;) {
    curl_multi_perform(h->multi, &running);
    collect(h);
    if (h->first || left <= 0) return;
    curl_multi_poll(h->multi, NULL, 0, left < 60 ? (int)(left * 1000) + 1
                                                 : 60000, NULL);
    left = until - seconds_now();
  }
}

http_result *http_take(http *h) {
  http_result *result = h->first;
  if (!result) return NULL;
  h->first = result->next;
  if (!h->first) h->last = &h->first;
  return result;
}

void http_free(http_result *result) {
  if (!result) return;
  buffer_close(&result->body);
  free(result);
}

size_t http_pending(const http *h) {
  return h->pending;
}

static void free_all(request *r, CURLM *multi) {
  while (r) {
    request *next = r->next;
    if (multi) curl_multi_remove_handle(multi, r->easy);
    request_free(r);
    r = next;
  }
}

void http_close(http *h) {
  http_result *result;
  free_all(h->flying, h->multi);
  free_all(h->idle, NULL);
  while ((result = http_take(h))) http_free(result);
  if (h->multi) curl_multi_cleanup(h->multi);
  key_close(&h->key);
  free(h->base);
  free(h->ca_file);
  free(h);
}
