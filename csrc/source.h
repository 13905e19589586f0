/* source.h: the bytes of an export: a file or standard input at the bottom,
** and stages on it that unpack them or turn them into UTF-8.
**
** A stage is read like a file, by one thread at a time. */
#ifndef SOURCE_H
#define SOURCE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "text.h"

#pragma GCC visibility push(hidden)

#define SOURCE_HEAD (64 * 1024) /* bytes that can be looked at beforehand */

typedef struct source source;

struct source {
  source *below; /* closed with this one; NULL at the bottom */
  ssize_t (*read)(source *s, char *bytes, size_t size);
  void (*close)(source *s); /* frees what is the stage's own, and itself */
  char *head;    /* bytes that were looked at and not read yet */
  size_t head_start, head_end;
  char problem[128]; /* why a read failed; empty: errno says it */
};

/* A path, or "-" for standard input; NULL with errno. */
source *source_open(const char *path);

/* Bytes that are at hand, which are copied; NULL without memory. */
source *source_text(slice text);

void source_close(source *s);

/* A lane_read: bytes read, 0 at the end, -1 where it failed. */
ssize_t source_read(void *user, char *bytes, size_t size);

/* The next bytes, SOURCE_HEAD at the most, which stay to be read; NULL bytes
** where reading fails. */
slice source_peek(source *s);

/* Leaves out bytes that were looked at. */
void source_skip(source *s, size_t length);

/* Why the last read failed, here or below. */
const char *source_problem(const source *s);

/* The bottom's file, where it is a regular one; or -1. */
int source_file(const source *s);

/* Fails a read of this stage with a problem of its own. */
ssize_t source_fail(source *s, const char *format, ...)
  __attribute__((format(printf, 2, 3)));

#pragma GCC visibility pop

#endif
