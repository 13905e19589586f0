/* lane.h: bytes of an export, from a row's start on, and the marks of where
** its cells and rows end. */
#ifndef LANE_H
#define LANE_H

#include <sys/types.h>

#include "stretch.h"

#pragma GCC visibility push(hidden)

/* Like read(2): bytes read, 0 at the end, -1 with errno set. */
typedef ssize_t lane_read(void *source, char *bytes, size_t size);

typedef struct lane {
  char *window;
  size_t capacity; /* SCAN_BLOCK more can be read */
  size_t start;    /* of the stretch that is marked */
  size_t end;      /* of the bytes read */
  int ended;       /* the source has no more */
  stretch *marks;
} lane;

int lane_open(lane *l, size_t capacity); /* 0 without memory; close it then too */
void lane_close(lane *l);

/* Has room for so many bytes; 0 without memory (errno). */
int lane_grow(lane *l, size_t capacity);

/* Reads until the bytes end at `wanted` or later, or the source has no more,
** and puts zeros behind them; 0 where the source failed (errno). */
int lane_fill(lane *l, size_t wanted, lane_read *read, void *source);

#pragma GCC visibility pop

#endif
