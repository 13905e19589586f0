/* commits.h: the writers of one file in this process: one at a time, and one
** flush to the disk for all who wait for theirs.
**
** A thread enters, writes, leaves, and flushes before it relies on what it
** wrote. While one flush runs, others write; the next flush is for all of
** them. Whoever names the same path shares the same. */
#ifndef COMMITS_H
#define COMMITS_H

#pragma GCC visibility push(hidden)

typedef struct commits commits;

commits *commits_open(const char *path); /* NULL without memory */
void commits_close(commits *c);

void commits_enter(commits *c); /* waits until nobody else is inside */
void commits_leave(commits *c);

/* 0 when all that was written before the call is on the disk, else an errno.
** `number` counts the calls.
** A flush that failed once is never tried again: the system may have thrown
** away what it could not write. */
int commits_flush(commits *c, unsigned long *number);

#pragma GCC visibility pop

#endif
