/* ahead.h: reads and marks the next stretch of an export in a thread of its
** own, while the rows of this one are taken.
**
** Used for regular files only: nothing else can keep a read from ending. The
** thread calls the source and nothing else that is not its own. */
#ifndef AHEAD_H
#define AHEAD_H

#include "lane.h"

#pragma GCC visibility push(hidden)

typedef struct ahead ahead;

ahead *ahead_open(lane_read *read, void *source); /* NULL where it cannot be */
void ahead_close(ahead *a);

/* Starts on what follows: first the `length` bytes at `rest`, which must stay
** as they are until ahead_take. */
void ahead_begin(ahead *a, const char *rest, size_t length, char delimiter);

/* Whether it was begun, and not taken yet. */
int ahead_is_begun(const ahead *a);

/* Waits, and exchanges the lane for the one that was made; 0 where the source
** failed (errno) or memory. */
int ahead_take(ahead *a, lane *now);

#pragma GCC visibility pop

#endif
