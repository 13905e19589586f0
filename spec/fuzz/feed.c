/* fuzz: JSON taken apart: the same records whatever the reads, and nothing that
** stood in the text is lost. */
#include "feed.h"
#include "target.h"

/* All that is given, one behind the other, with its line. */
typedef struct list {
  char *bytes;
  size_t length, faults;
} list;

static void add(list *l, const char *bytes, size_t length) {
  l->bytes = realloc(l->bytes, l->length + length + 1);
  memcpy(l->bytes + l->length, bytes, length);
  l->length += length;
}

static list read_all(const uint8_t *data, size_t size, size_t step, int lines) {
  input in = {data, data + size, step};
  feed *f = feed_open(give, &in);
  list l = {NULL, 0, 0};
  feed_result result;
  if (lines) feed_lines(f);
  while ((result = feed_next(f)) != FEED_END) {
    uint64_t line = feed_line(f);
    slice text = feed_text(f);
    must(result != FEED_FAILED);
    if (result == FEED_FAULT) {
      must(feed_problem(f) != NULL);
      l.faults++;
      text = text_slice(feed_problem(f), strlen(feed_problem(f)));
    } else if (result == FEED_RECORD) {
      must(text.length >= 2 && strchr("{[", text.bytes[0]) != NULL);
    }
    add(&l, (const char *)&line, sizeof line);
    add(&l, text.bytes, text.length);
  }
  must(feed_next(f) == FEED_END);
  feed_close(f);
  return l;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  int lines = size && data[size - 1] & 1;
  list whole = read_all(data, size, size + 1, lines);
  list pieces = read_all(data, size, 1 + size % 7, lines);
  must(whole.faults == pieces.faults);
  must(whole.length == pieces.length);
  must(!whole.length || !memcmp(whole.bytes, pieces.bytes, whole.length));
  free(whole.bytes);
  free(pieces.bytes);
  return 0;
}
