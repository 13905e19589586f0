/* feed.c: takes JSON apart into records. */
#include <stdlib.h>
#include <string.h>

#include "feed_parts.h"

feed *feed_open(feed_read *read, void *source) {
  feed *f = malloc(sizeof *f);
  if (!f) return NULL;
  memset(f, 0, sizeof *f);
  f->read = read;
  f->source = source;
  f->line = 1;
  buffer_open(&f->around, FEED_MOST);
  buffer_open(&f->record, FEED_MOST);
  return f;
}

void feed_close(feed *f) {
  if (!f) return;
  buffer_close(&f->around);
  buffer_close(&f->record);
  free(f);
}

void feed_lines(feed *f) {
  f->lines = 1;
}

/* Reads on; the first time enough to see a byte order mark, which is passed. */
static int fill(feed *f) {
  size_t wanted = f->begun ? 1 : 3;
  ssize_t got = 1;
  f->at = f->end = 0;
  while (f->end < wanted && got > 0) {
    got = f->read(f->source, f->room + f->end, FEED_ROOM - f->end);
    if (got > 0) f->end += (size_t)got;
  }
  f->ended = got == 0;
  if (!f->begun && f->end >= 3 && !memcmp(f->room, "\xEF\xBB\xBF", 3))
    f->at = 3;
  f->begun = 1;
  return got >= 0;
}

feed_result feed_next(feed *f) {
  feed_result result = FEED_RECORD;
  if (f->in_record && f->depth == f->list) f->in_record = 0;
  while (!feed_scan(f, &result) && !f->is_out) {
    if (f->ended) return feed_end(f);
    if (!fill(f)) return FEED_FAILED;
  }
  return f->is_out ? FEED_FAILED : result;
}

slice feed_text(const feed *f) {
  const buffer *b = f->in_record ? &f->record : &f->around;
  return text_slice(b->bytes ? b->bytes : "", b->length);
}

uint64_t feed_line(const feed *f) {
  return f->start;
}

const char *feed_problem(const feed *f) {
  return f->problem;
}

int feed_is_whole(const feed *f) {
  return !f->cut;
}
