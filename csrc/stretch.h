/* stretch.h: where the cells and rows of a stretch of CSV text end. */
#ifndef STRETCH_H
#define STRETCH_H

#include <stddef.h>
#include <stdint.h>

#include "scan.h"

#pragma GCC visibility push(hidden)

#define STRETCH_PIECE (32 * 1024) /* marked at once: fits the fastest cache */
#define STRETCH_STOPS (STRETCH_PIECE + SCAN_BLOCK)

typedef struct row_end {
  uint32_t stop;  /* index of the row's last stop */
  uint32_t lines; /* line breaks in the stretch, up to and with this one */
  int doubled;    /* the row may have doubled quotes */
} row_end;

typedef struct stretch {
  size_t length; /* bytes marked; fewer than asked where `bad` or `full` */
  int bad;       /* marking ended at a misplaced quote */
  int full;      /* marking ended for want of room for stops */
  int open;      /* the marked bytes end inside quotes */
  size_t stop_count, end_count;
  uint32_t stops[STRETCH_STOPS]; /* offsets of what ends each cell */
  row_end ends[STRETCH_STOPS];
  scan_marks marks[STRETCH_PIECE / SCAN_BLOCK];
} stretch;

/* Marks the text, which starts at a row's start and is followed by SCAN_BLOCK
** readable bytes. The marks of bytes past the text do not count, but for the
** one after it, which says whether a CR belongs to a line break. */
void stretch_mark(stretch *s, const char *text, size_t length, char delimiter);

/* Forgets the marks, not the stops: a row that was taken stays readable. */
void stretch_clear(stretch *s);

/* The offset behind the last whole row, and its line breaks. */
size_t stretch_rows_end(const stretch *s);
uint32_t stretch_rows_lines(const stretch *s);

#pragma GCC visibility pop

#endif
