/* http.h: requests to one host over libcurl; what they carry is not its
** business.
**
** A body is sent once. libcurl would post again by itself where a kept
** connection dies before the first byte of an answer; it is given a body that
** cannot be rewound, and then fails with CURLE_SEND_FAIL_REWIND instead. */
#ifndef HTTP_H
#define HTTP_H

#include <stddef.h>

#include "body.h"
#include "http_result.h"
#include "key.h"

#pragma GCC visibility push(hidden)

/* What a request sends and wants. */
typedef enum http_form {
  HTTP_JSON,
  HTTP_CSV_SENT, /* where the settings have headers for it */
  HTTP_CSV_WANTED,
  HTTP_FORMS
} http_form;

typedef struct http_settings {
  const char *url;     /* https://host[:port][/path], or http:// to loopback */
  const char *service; /* whose address it is, for people */
  char *const *headers[HTTP_FORMS]; /* besides the key's: at most 3, and NULL */
  const char *ca_file; /* NULL: the system's certificates */
  const char *user_agent;
  double timeout;         /* seconds, of a whole request */
  double connect_timeout; /* seconds */
  size_t most;            /* bytes of an answer */
} http_settings;

typedef struct http http;

/* Opens; takes the key over, which may be closed: then none is sent. NULL and the problem where it cannot. */
http *http_open(const http_settings *settings, key *k, char *problem,
                size_t size);
void http_close(http *h); /* requests in flight are given up */

/* Starts a request, which holds what it sends (NULL: it has no body) until it
** ends; its id, or 0 without memory. `path` starts with '/'. */
long http_submit(http *h, http_form form, const char *method, const char *path,
                 body *sent);

/* Waits until a request ends, `seconds` at the most. */
void http_poll(http *h, double seconds);

http_result *http_take(http *h); /* one that ended, or NULL */
size_t http_pending(const http *h); /* not ended yet */

const char *http_library(void); /* libcurl's version, and of what it uses */

#pragma GCC visibility pop

#endif
