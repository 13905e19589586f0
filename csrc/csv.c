/* csv.c: the scanner of RFC 4180 text, row by row, in constant memory.
**
** A window holds the bytes read. A stretch of it, from a row's start on, is
** marked (stretch.h), and rows are taken from the marks until they run out. */
#include "csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stretch.h"

#define WINDOW (256 * 1024)

struct csv {
  csv_read *read;
  void *source;
  char delimiter;
  size_t columns; /* 0: as many as come */
  char *window;
  size_t capacity;
  size_t start;  /* of the stretch */
  size_t end;    /* of the bytes read */
  int begun;     /* the first bytes were looked at */
  int ended;     /* the source has no more */
  uint64_t line; /* of the stretch's first byte */
  size_t next_end; /* index of the next row's end in the marks */
  stretch marks;
  csv_row row;
  csv_fault fault;
};

csv *csv_open(csv_read *read, void *source) {
  csv *c = calloc(1, sizeof *c);
  if (!c) return NULL;
  c->window = malloc(WINDOW + SCAN_BLOCK);
  c->capacity = WINDOW;
  c->read = read;
  c->source = source;
  c->delimiter = ',';
  c->line = 1;
  if (c->window) return c;
  csv_close(c);
  return NULL;
}

void csv_close(csv *c) {
  if (c) free(c->window);
  free(c);
}

void csv_delimiter(csv *c, char delimiter) {
  c->delimiter = delimiter;
}

void csv_columns(csv *c, size_t columns) {
  c->columns = columns;
}

/* ---- the window ---- */

static int window_grow(csv *c, size_t capacity) {
  char *window;
  if (capacity <= c->capacity) return 1;
  window = realloc(c->window, capacity + SCAN_BLOCK);
  if (!window) return 0;
  c->window = window;
  c->capacity = capacity;
  return 1;
}

/* One read into the window's free end; 0 where the source failed. */
static int window_read(csv *c) {
  ssize_t got = c->read(c->source, c->window + c->end, c->capacity - c->end);
  if (got < 0) return 0;
  if (got == 0) c->ended = 1;
  c->end += (size_t)got;
  return 1;
}

/* Has `wanted` bytes from the stretch's start on, or all that are left, and
** zeros behind them; 0 where the source or memory failed. */
static int window_fill(csv *c, size_t wanted) {
  if (c->end - c->start >= wanted || c->ended) return 1;
  memmove(c->window, c->window + c->start, c->end - c->start);
  c->end -= c->start;
  c->start = 0;
  if (!window_grow(c, wanted + WINDOW / 2)) return 0;
  while (c->end < wanted && !c->ended)
    if (!window_read(c)) return 0;
  memset(c->window + c->end, 0, SCAN_BLOCK);
  return 1;
}

/* The stretch gives way to what follows it. */
static void window_pass(csv *c, size_t bytes, uint64_t lines) {
  c->start += bytes;
  c->line += lines;
  c->next_end = 0;
  stretch_clear(&c->marks);
}

/* Passes the line that `offset` stands in; 0 where the source failed. */
static int window_pass_line(csv *c, size_t offset) {
  uint64_t lines = 0;
  for (;;) {
    const char *from = c->window + c->start, *end = c->window + c->end;
    const char *at = from;
    while ((at = memchr(at, '\n', (size_t)(end - at)))) {
      lines++;
      at++;
      if ((size_t)(at - from) <= offset) continue;
      window_pass(c, (size_t)(at - from), lines);
      return 1;
    }
    window_pass(c, (size_t)(end - from), lines);
    lines = offset = 0;
    if (c->ended) return 1;
    if (!window_fill(c, 1)) return 0;
  }
}

/* ---- rows ---- */

/* The row after the first `taken` ones has `cells` cells and ends at `end`. */
static void row_take(csv *c, size_t taken, size_t cells, size_t end) {
  const row_end *last = taken ? &c->marks.ends[taken - 1] : NULL;
  csv_row *row = &c->row;
  row->bytes = c->window + c->start;
  row->stops = c->marks.stops + (last ? last->stop + 1 : 0);
  row->start = last ? row->stops[-1] + 1 : 0;
  row->line = c->line + (last ? last->lines : 0);
  row->cells = cells;
  row->length = end - row->start;
  if (row->length && row->bytes[end - 1] == '\r') row->length--;
}

static void row_take_next(csv *c) {
  const stretch *m = &c->marks;
  size_t stop = m->ends[c->next_end].stop;
  size_t first = c->next_end ? m->ends[c->next_end - 1].stop + 1 : 0;
  row_take(c, c->next_end, stop - first + 1, m->stops[stop]);
  c->row.doubled = m->ends[c->next_end].doubled;
  c->next_end++;
}

/* What stands behind the last whole row. */
static void row_take_rest(csv *c) {
  const stretch *m = &c->marks;
  size_t first = m->end_count ? m->ends[m->end_count - 1].stop + 1 : 0;
  row_take(c, m->end_count, m->stop_count - first + 1, m->length);
  c->row.doubled = 1;
}

static csv_result fault(csv *c, size_t column, const char *problem) {
  snprintf(c->fault.problem, sizeof c->fault.problem, "%s", problem);
  c->fault.column = column;
  return CSV_FAULT;
}

static csv_result row_check(csv *c) {
  char problem[sizeof c->fault.problem];
  if (c->columns ? c->row.cells == c->columns
                 : c->row.cells <= CSV_MAX_COLUMNS)
    return CSV_ROW;
  if (!c->columns) return fault(c, 0, "has more columns than any export");
  snprintf(problem, sizeof problem, "has %zu cells where the header has %zu",
           c->row.cells, c->columns);
  return fault(c, 0, problem);
}

/* The row behind the last whole one is at fault in its last cell: passes the
** line in which that cell began. */
static csv_result row_give_up(csv *c, const char *problem) {
  const stretch *m = &c->marks;
  size_t cell = m->stop_count ? m->stops[m->stop_count - 1] + 1 : 0;
  row_take_rest(c);
  fault(c, c->row.cells, problem);
  return window_pass_line(c, cell) ? CSV_FAULT : CSV_FAILED;
}

/* The text ends without a line break. */
static csv_result row_last(csv *c) {
  if (c->marks.open)
    return row_give_up(c, "opens a quote that is never closed");
  row_take_rest(c);
  window_pass(c, c->marks.length, 0);
  if (!c->row.length) return CSV_END;
  return row_check(c);
}

/* ---- from stretch to stretch ---- */

static void skip_byte_order_mark(csv *c) {
  c->begun = 1;
  if (c->end >= 3 && !memcmp(c->window, "\xEF\xBB\xBF", 3)) c->start = 3;
}

/* Marks the next stretch: `length` bytes or what is left. */
static int stretch_next(csv *c, size_t length) {
  if (!window_fill(c, length)) return 0;
  if (!c->begun) skip_byte_order_mark(c);
  if (length > c->end - c->start) length = c->end - c->start;
  stretch_mark(&c->marks, c->window + c->start, length, c->delimiter);
  return 1;
}

/* The marks hold no whole row any more: 1 where `result` tells what the rest
** is, 0 where more was marked. */
static int rows_exhausted(csv *c, csv_result *result) {
  const stretch *m = &c->marks;
  size_t length = STRETCH_PIECE;
  *result = CSV_FAILED;
  if (m->bad)
    *result = row_give_up(c, "has a quote in the wrong place");
  else if (m->length && m->length == c->end - c->start && c->ended)
    *result = row_last(c);
  else if (m->full && !m->end_count)
    *result = row_give_up(c, "has more columns than any export");
  else if (m->length >= CSV_MAX_ROW && !m->end_count)
    *result = row_give_up(c, "is longer than 4 MiB");
  else {
    if (m->end_count)
      window_pass(c, stretch_rows_end(m), stretch_rows_lines(m));
    else if (m->length)
      length = 2 * m->length;
    return !stretch_next(c, length);
  }
  return 1;
}

csv_result csv_next(csv *c) {
  csv_result result;
  do {
    while (c->next_end < c->marks.end_count) {
      row_take_next(c);
      if (c->row.length || c->row.cells > 1) return row_check(c);
    }
    if (c->ended && c->start == c->end) return CSV_END;
  } while (!rows_exhausted(c, &result));
  return result;
}

const csv_row *csv_at(const csv *c) {
  return &c->row;
}

const csv_fault *csv_problem(const csv *c) {
  return &c->fault;
}
