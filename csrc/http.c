/* http.c: requests to one host over libcurl. */
#include "http.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "request.h"
#include "sockets.h"
#include "url.h"

struct http {
  CURLM *multi;
  sockets sockets;
  key key;
  request_options options;
  struct curl_slist headers[HTTP_FORMS][5];
  size_t pending;
  long last_id;
  request *flying, *idle;
  http_result *first, **last; /* ended, oldest first */
};

/* ---- opening ---- */

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void init_curl(void) {
  curl_global_init(CURL_GLOBAL_DEFAULT); /* never cleaned up: see curl's docs */
}

/* Our own list, not curl_slist_append's: that would copy the key. What libcurl
** still copies is the request that it writes out. */
static void set_headers(const http *h, struct curl_slist *list,
                        char *const *more) {
  static char expect[] = "Expect:"; /* no wait for "100 Continue" */
  int i = 0, n;
  if (h->key.header) list[i++].data = h->key.header;
  for (; more && *more; more++) list[i++].data = *more;
  list[i].data = expect;
  for (n = 0; n < i; n++) list[n].next = &list[n + 1];
}

static int set_options(request_options *o, const http_settings *settings,
                       char *problem, size_t size) {
  o->timeout = (long)(settings->timeout * 1000);
  o->connect_timeout = (long)(settings->connect_timeout * 1000);
  o->most = settings->most;
  snprintf(o->agent, sizeof o->agent, "%s", settings->user_agent);
  if (settings->ca_file) o->ca_file = strdup(settings->ca_file);
  if (settings->ca_file && !o->ca_file) return 0;
  o->base = url_base(settings->url, settings->service, &o->is_plain, problem,
                     size);
  return o->base != NULL;
}

http *http_open(const http_settings *settings, key *k, char *problem,
                size_t size) {
  http *h = calloc(1, sizeof *h);
  int form;
  snprintf(problem, size, "out of memory");
  pthread_once(&once, init_curl);
  if (!h) return key_close(k), NULL;
  h->key = *k;
  k->header = NULL;
  h->last = &h->first;
  for (form = 0; form < HTTP_FORMS; form++)
    set_headers(h, h->headers[form], settings->headers[form]);
  if (set_options(&h->options, settings, problem, size))
    h->multi = curl_multi_init();
  if (!h->multi) return http_close(h), NULL;
  sockets_open(&h->sockets, h->multi);
  return h;
}

/* ---- requests in flight ---- */

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

/* One that ended before, with its handle, or a new one. */
static request *request_take(http *h) {
  request *r = h->idle;
  if (!r) return request_new();
  h->idle = r->next;
  return r;
}

long http_submit(http *h, http_form form, const char *method, const char *path,
                 body *sent) {
  request *r = sockets_expect(&h->sockets, h->pending + 1) ? request_take(h)
                                                           : NULL;
  if (!r) return 0;
  h->options.headers = h->headers[form];
  if (!request_prepare(r, &h->options, method, path, sent) ||
      curl_multi_add_handle(h->multi, r->easy) != CURLM_OK)
    return request_free(r), 0;
  r->result->id = ++h->last_id;
  request_link(h, r);
  return h->last_id;
}

static void request_land(http *h, request *r, CURLcode code) {
  http_result *result = request_end(r, code);
  key_cover(&h->key, result->body.bytes, result->body.length);
  curl_multi_remove_handle(h->multi, r->easy);
  request_unlink(h, r);
  *h->last = result;
  h->last = &result->next;
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
    request_land(h, (request *)(void *)owner, message->data.result);
  }
}

void http_poll(http *h, double seconds) {
  double until = sockets_now() + seconds, left = seconds;
  for (;;) {
    sockets_go_on(&h->sockets, h->multi, left);
    collect(h);
    left = until - sockets_now();
    if (h->first || left <= 0) return;
  }
}

http_result *http_take(http *h) {
  http_result *result = h->first;
  if (!result) return NULL;
  h->first = result->next;
  if (!h->first) h->last = &h->first;
  return result;
}

size_t http_pending(const http *h) {
  return h->pending;
}

const char *http_library(void) {
  return curl_version();
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
  sockets_close(&h->sockets);
  key_close(&h->key);
  free(h->options.base);
  free(h->options.ca_file);
  free(h);
}
