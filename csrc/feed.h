/* feed.h: takes JSON apart into records, in memory for one of them.
**
** Records are the objects in an array at the top, or in one that `records`
** names there or in `result`; and the whole of each object that has none of
** these. Numbers become texts: what stands in the export stays as it stands,
** and numbers of 64 bits stay whole. Whether a record is JSON, the one who
** decodes it tells. */
#ifndef FEED_H
#define FEED_H

#include <stdint.h>
#include <sys/types.h>

#include "text.h"

#pragma GCC visibility push(hidden)

#define FEED_MOST (16 * 1024 * 1024) /* bytes of a record */

/* Like read(2): bytes read, 0 at the end, -1 with errno set. */
typedef ssize_t feed_read(void *source, char *bytes, size_t size);

typedef enum feed_result {
  FEED_RECORD,
  FEED_ENVELOPE, /* what stands around the records, without them */
  FEED_FAULT,    /* no record; the line and the problem tell; it goes on */
  FEED_END,
  FEED_FAILED    /* the source or memory failed */
} feed_result;

typedef struct feed feed;

feed *feed_open(feed_read *read, void *source); /* NULL without memory */
void feed_close(feed *f);

/* Before the first record: each line is one, and a broken one ends with it. */
void feed_lines(feed *f);

feed_result feed_next(feed *f);

/* Of what was given last; the text lives until the next feed_next. */
slice feed_text(const feed *f);
uint64_t feed_line(const feed *f);
const char *feed_problem(const feed *f);

/* Whether the source ended where a text may end. */
int feed_is_whole(const feed *f);

#pragma GCC visibility pop

#endif
