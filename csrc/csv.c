/* csv.c: the scanner of RFC 4180 text, row by row, in constant memory.
**
** A window holds the bytes read (lane.h). A stretch of it, from a row's start
** on, is marked (stretch.h), and rows are taken from the marks until they run out.
** Where the source allows it the next stretch is meanwhile made in a thread
** (ahead.h); a row at fault, or one that fills a whole stretch, is always dealt
** with here. */
#include "csv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ahead.h"

#define WINDOW (256 * 1024)

struct csv {
  lane_read *read;
  void *source;
  char delimiter;
  size_t columns; /* 0: as many as come */
  lane now;
  int may_thread; /* another thread may read the source */
  ahead *ahead;   /* NULL while there is none */
  int begun;      /* the first bytes were looked at */
  uint64_t line;  /* of the stretch's first byte */
  uint64_t offset;
  int cut;        /* the last row has no line break behind it */
  int error;      /* errno of what failed: no row is given any more */
  size_t next_end; /* index of the next row's end in the marks */
  csv_row row;
  csv_fault fault;
};

csv *csv_open(lane_read *read, void *source) {
  csv *c = calloc(1, sizeof *c);
  if (!c) return NULL;
  c->read = read;
  c->source = source;
  c->delimiter = ',';
  c->line = 1;
  if (lane_open(&c->now, WINDOW)) return c;
  csv_close(c);
  return NULL;
}

void csv_close(csv *c) {
  if (!c) return;
  ahead_close(c->ahead);
  lane_close(&c->now);
  free(c);
}

void csv_thread(csv *c) {
  c->may_thread = 1;
}

void csv_delimiter(csv *c, char delimiter) {
  c->delimiter = delimiter;
}

void csv_line(csv *c, uint64_t line) {
  c->line = line;
}

void csv_columns(csv *c, size_t columns) {
  c->columns = columns;
}

/* ---- the window ---- */

/* Has `wanted` bytes from the stretch's start on, or all that are left; 0 where
** the source or memory failed. */
static int window_fill(csv *c, size_t wanted) {
  lane *l = &c->now;
  if (l->end - l->start >= wanted || l->ended) return 1;
  l->end -= l->start;
  memmove(l->window, l->window + l->start, l->end);
  l->start = 0;
  return lane_grow(l, wanted + WINDOW / 2) &&
         lane_fill(l, wanted, c->read, c->source);
}

/* The stretch gives way to what follows it. */
static void window_pass(csv *c, size_t bytes, uint64_t lines) {
  c->now.start += bytes;
  c->line += lines;
  c->offset += bytes;
  c->next_end = 0;
  stretch_clear(c->now.marks);
}

/* Passes the line that `offset` stands in; 0 where the source failed. */
static int window_pass_line(csv *c, size_t offset) {
  uint64_t lines = 0;
  for (;;) {
    const char *from = c->now.window + c->now.start, *at = from;
    const char *end = c->now.window + c->now.end;
    while ((at = memchr(at, '\n', (size_t)(end - at)))) {
      lines++;
      at++;
      if ((size_t)(at - from) <= offset) continue;
      window_pass(c, (size_t)(at - from), lines);
      return 1;
    }
    window_pass(c, (size_t)(end - from), lines);
    lines = offset = 0;
    if (c->now.ended) return 1;
    if (!window_fill(c, 1)) return 0;
  }
}

/* ---- rows ---- */

/* The row after the first `taken` ones has `cells` cells and ends at `end`. */
static void row_take(csv *c, size_t taken, size_t cells, size_t end) {
  const row_end *last = taken ? &c->now.marks->ends[taken - 1] : NULL;
  csv_row *row = &c->row;
  row->bytes = c->now.window + c->now.start;
  row->stops = c->now.marks->stops + (last ? last->stop + 1 : 0);
  row->start = last ? row->stops[-1] + 1 : 0;
  row->line = c->line + (last ? last->lines : 0);
  row->offset = c->offset + row->start;
  row->cells = cells;
  row->length = end - row->start;
  if (row->length && row->bytes[end - 1] == '\r') row->length--;
}

static void row_take_next(csv *c) {
  const stretch *m = c->now.marks;
  size_t stop = m->ends[c->next_end].stop;
  size_t first = c->next_end ? m->ends[c->next_end - 1].stop + 1 : 0;
  row_take(c, c->next_end, stop - first + 1, m->stops[stop]);
  c->row.doubled = m->ends[c->next_end].doubled;
  c->next_end++;
}

/* What stands behind the last whole row. */
static void row_take_rest(csv *c) {
  const stretch *m = c->now.marks;
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
  const stretch *m = c->now.marks;
  size_t cell = m->stop_count ? m->stops[m->stop_count - 1] + 1 : 0;
  row_take_rest(c);
  fault(c, c->row.cells, problem);
  return window_pass_line(c, cell) ? CSV_FAULT : CSV_FAILED;
}

/* The text ends without a line break. */
static csv_result row_last(csv *c) {
  c->cut = 1;
  if (c->now.marks->open)
    return row_give_up(c, "opens a quote that is never closed");
  row_take_rest(c);
  window_pass(c, c->now.marks->length, 0);
  if (!c->row.length) return c->cut = 0, CSV_END;
  return row_check(c);
}

/* ---- from stretch to stretch ---- */

static void skip_byte_order_mark(csv *c) {
  c->begun = 1;
  if (c->now.end >= 3 && !memcmp(c->now.window, "\xEF\xBB\xBF", 3))
    c->now.start = c->offset = 3;
}

/* Marks the stretch at hand: `length` bytes or what is left. */
static int stretch_mark_now(csv *c, size_t length) {
  if (!window_fill(c, length)) return 0;
  if (!c->begun) skip_byte_order_mark(c);
  if (length > c->now.end - c->now.start) length = c->now.end - c->now.start;
  stretch_mark(c->now.marks, c->now.window + c->now.start, length, c->delimiter);
  return 1;
}

/* What follows the rows at hand can be marked while they are taken. */
static void stretch_look_ahead(csv *c) {
  const lane *l = &c->now;
  size_t taken = l->start + stretch_rows_end(l->marks);
  if (!c->may_thread || l->ended || l->marks->bad || !l->marks->end_count)
    return;
  if (!c->ahead) c->ahead = ahead_open(c->read, c->source);
  c->may_thread = c->ahead != NULL;
  if (!c->ahead) return;
  ahead_begin(c->ahead, l->window + taken, l->end - taken, c->delimiter);
}

/* The rows at hand were taken: on to what follows them, `length` bytes of it
** where it is to be marked now. */
static int stretch_next(csv *c, size_t length) {
  const stretch *m = c->now.marks;
  if (c->ahead && ahead_is_begun(c->ahead)) {
    c->line += stretch_rows_lines(m);
    c->offset += stretch_rows_end(m);
    c->next_end = 0;
    if (!ahead_take(c->ahead, &c->now)) return 0;
  } else {
    if (m->end_count)
      window_pass(c, stretch_rows_end(m), stretch_rows_lines(m));
    if (!stretch_mark_now(c, length)) return 0;
  }
  stretch_look_ahead(c);
  return 1;
}

/* The marks hold no whole row any more: 1 where `result` tells what the rest
** is, 0 where more was marked. */
static int rows_exhausted(csv *c, csv_result *result) {
  const stretch *m = c->now.marks;
  size_t length = STRETCH_PIECE;
  *result = CSV_FAILED;
  if (m->bad)
    *result = row_give_up(c, "has a quote in the wrong place");
  else if (m->length && m->length == c->now.end - c->now.start && c->now.ended)
    *result = row_last(c);
  else if (m->full && !m->end_count)
    *result = row_give_up(c, "has more columns than any export");
  else if (m->length >= CSV_MAX_ROW && !m->end_count)
    *result = row_give_up(c, "is longer than 4 MiB");
  else {
    if (!m->end_count && m->length) length = 2 * m->length;
    if (length > CSV_MAX_ROW) length = CSV_MAX_ROW;
    return !stretch_next(c, length);
  }
  return 1;
}

csv_result csv_next(csv *c) {
  csv_result result;
  if (c->error) return errno = c->error, CSV_FAILED;
  c->row.blanks = 0;
  do {
    while (c->next_end < c->now.marks->end_count) {
      row_take_next(c);
      if (c->row.length || c->row.cells > 1) return row_check(c);
      c->row.blanks++;
    }
    if (c->now.ended && c->now.start == c->now.end) return CSV_END;
  } while (!rows_exhausted(c, &result));
  if (result == CSV_FAILED) c->error = errno;
  return result;
}

int csv_is_whole(const csv *c) {
  return !c->cut;
}

const csv_row *csv_at(const csv *c) {
  return &c->row;
}

const csv_fault *csv_problem(const csv *c) {
  return &c->fault;
}
