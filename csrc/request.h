/* request.h: one request: what is asked of libcurl, and what comes back. */
#ifndef REQUEST_H
#define REQUEST_H

#include <curl/curl.h>

#include "body.h"
#include "http_result.h"

#pragma GCC visibility push(hidden)

/* What all requests of a client have in common. */
typedef struct request_options {
  char *base, *ca_file;
  char agent[128];
  int is_plain; /* http to loopback: then no proxy may come between */
  long timeout, connect_timeout; /* milliseconds */
  size_t most;                   /* bytes of an answer */
  struct curl_slist *headers;    /* of the next request */
} request_options;

typedef struct request {
  struct request *next, *before; /* of those in flight, or of the idle ones */
  CURL *easy;
  http_result *result;
  body *body;   /* NULL: it has none */
  size_t taken; /* bytes of it */
  char error[CURL_ERROR_SIZE];
} request;

request *request_new(void); /* NULL without memory */
void request_free(request *r);

/* Makes a request ready to start, one that ended before too; 0 without
** memory. */
int request_prepare(request *r, const request_options *options,
                    const char *method, const char *path, body *sent);

/* Gives up the result of a request that ended with `code`. */
http_result *request_end(request *r, CURLcode code);

#pragma GCC visibility pop

#endif
