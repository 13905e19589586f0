/* csv.h: the scanner of RFC 4180 text, row by row, in constant memory.
**
** Strict about quotes: a quoted cell ends at its closing quote, an unquoted
** one holds none. A row at fault is reported with its line and reading goes on
** at the first line break after the cell at fault began, so that an unclosed
** quote costs one row and no record after it goes unread. */
#ifndef CSV_H
#define CSV_H

#include <stddef.h>
#include <stdint.h>

#include "lane.h"
#include "text.h"

#pragma GCC visibility push(hidden)

#define CSV_MAX_COLUMNS 2000          /* Salesforce allows 800 custom fields */
#define CSV_MAX_ROW (4 * 1024 * 1024) /* bytes; a Bulk record has 400,000 characters */

typedef enum csv_result {
  CSV_ROW,    /* a row is at hand */
  CSV_FAULT,  /* this row cannot be used; see `fault`; reading can go on */
  CSV_END,
  CSV_FAILED  /* the source or memory failed; errno says why */
} csv_result;

typedef struct csv_fault {
  char problem[128];
  size_t column; /* the cell's number, from 1; 0 where it is the whole row */
} csv_fault;

/* The row at hand; what it points to lives until the next csv_next. */
typedef struct csv_row {
  uint64_t line;   /* that it starts on, from 1 */
  uint64_t offset; /* of its first byte in the source */
  size_t blanks;   /* empty lines before it */
  const char *bytes; /* what the stops count from */
  const uint32_t *stops;
  size_t start, length, cells;
  int doubled; /* a quoted cell may hold doubled quotes */
} csv_row;

typedef struct csv csv;

csv *csv_open(lane_read *read, void *source); /* NULL without memory */
void csv_close(csv *c);

/* Before the first row: what separates cells. A comma otherwise. */
void csv_delimiter(csv *c, char delimiter);

/* Before the first row: the number of its line, where that is not 1. */
void csv_line(csv *c, uint64_t line);

/* Before the first row: another thread may read the source, ahead of need. For
** sources whose reads always end soon. */
void csv_thread(csv *c);

/* After the header: how many cells each row must have. */
void csv_columns(csv *c, size_t columns);

/* Reads the next row; empty lines are passed over. */
csv_result csv_next(csv *c);

/* Whether the source ended behind a line break, once it has. */
int csv_is_whole(const csv *c);

/* After CSV_ROW, or a CSV_FAULT of the whole row; else only its line. */
const csv_row *csv_at(const csv *c);
const csv_fault *csv_problem(const csv *c);

/* A cell as it stands, quotes and all. */
static inline slice csv_cell(const csv_row *row, size_t index) {
  size_t from = index ? row->stops[index - 1] + 1 : row->start;
  size_t to = index + 1 < row->cells ? row->stops[index]
                                     : row->start + row->length;
  return text_slice(row->bytes + from, to - from);
}

/* The whole row as it stands, without its line break. */
static inline slice csv_text(const csv_row *row) {
  return text_slice(row->bytes + row->start, row->length);
}

#pragma GCC visibility pop

#endif
