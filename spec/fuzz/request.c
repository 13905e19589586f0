/* fuzz: an answer's head: whatever a server's lines hold, what is kept of them
** are short texts. */
#include <stdint.h>

#include "../../csrc/request.c" /* for what libcurl calls */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int holds) {
  if (!holds) abort();
}

/* A line as libcurl gives it: bytes with no NUL behind them. */
static void give(request *r, const uint8_t *bytes, size_t length) {
  char *line = malloc(length + !length);
  memcpy(line, bytes, length);
  must(take_header(line, 1, length, r) == length);
  free(line);
}

static void check(const char *text, size_t size) {
  must(memchr(text, '\0', size) != NULL);
  must(!*text || (*text != ' ' && *text != '\t'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  request r;
  http_result result;
  size_t from = 0, i;
  memset(&r, 0, sizeof r);
  memset(&result, 0, sizeof result);
  r.result = &result;
  for (i = 0; i < size; i++) {
    if (data[i] != '\n') continue;
    give(&r, data + from, i + 1 - from);
    from = i + 1;
  }
  check(result.retry_after, sizeof result.retry_after);
  check(result.date, sizeof result.date);
  check(result.content_type, sizeof result.content_type);
  check(result.limit_info, sizeof result.limit_info);
  check(result.locator, sizeof result.locator);
  return 0;
}
