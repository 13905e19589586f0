/* http_result.c: what became of a request: its answer, or why there is none. */
#include "http_result.h"

#include <stdlib.h>

void http_free(http_result *result) {
  if (!result) return;
  buffer_close(&result->body);
  free(result);
}
