/* http_result.h: what became of a request: its answer, or why there is none. */
#ifndef HTTP_RESULT_H
#define HTTP_RESULT_H

#include "buffer.h"

#pragma GCC visibility push(hidden)

typedef struct http_result {
  struct http_result *next;
  long id;
  long status;       /* 0 where no answer began */
  const char *error; /* a word, NULL where the answer is whole */
  int sent;          /* a byte of the request's body may have left */
  buffer body;
  char message[256];
  char retry_after[64], date[64], content_type[96], limit_info[128],
    locator[256];
} http_result;

void http_free(http_result *result);

#pragma GCC visibility pop

#endif
