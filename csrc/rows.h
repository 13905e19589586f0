/* rows.h: the records of a CSV export: its rows but for the header, headers of
** further pages, and a report's footer. */
#ifndef ROWS_H
#define ROWS_H

#include "buffer.h"
#include "columns.h"
#include "csv.h"
#include "footer.h"
#include "source.h"

#pragma GCC visibility push(hidden)

typedef struct rows {
  csv *csv;
  source *source;
  columns *columns;
  char delimiter;
  int has_footer;    /* set it before the first row is read */
  buffer header;     /* as it stands */
  uint64_t header_line; /* 0: there is none */
  footer footer;
  int is_waiting;    /* the csv's row was not given yet, as `waiting` says */
  csv_result waiting;
  footer_row held;   /* the row at hand, where it was held back */
  slice *cells;      /* its cells; they point into it */
  uint64_t footer_rows, headers; /* left out so far */
  uint64_t count;    /* records so far */
  buffer scratch;    /* for the values of a row's cells */
} rows;

/* Takes the source over, whatever comes of it; what is wrong, or NULL. The
** source's first line has the number `line`. */
const char *rows_open(rows *r, source *s, char delimiter, uint64_t line);
void rows_close(rows *r);

csv_result rows_next(rows *r);

/* Of the row at hand: */
uint64_t rows_line(const rows *r);
slice rows_text(const rows *r);    /* after CSV_ROW */
const csv_row *rows_cut(const rows *r); /* how it was taken apart, or NULL */
int rows_problem(const rows *r, char *text, size_t size); /* after CSV_FAULT */

/* Where its text is not UTF-8: the offset in the source, and the byte. */
int rows_bad_byte(const rows *r, uint64_t *offset, unsigned char *byte);

/* How a cell is read, beyond its text: dates in an order (date.h); numbers
** whose decimals stand behind a ',' or a '.' (decimal.h); Ids of 15 characters
** made 18. */
#define ROWS_ID 'i'
#define ROWS_NUMBER 'n'

/* A value that no column has: it is left as it is. */
#define ROWS_NO_COLUMN ((size_t)-1)

/* The values of columns; `forms` (may be NULL) has a form or 0 for each; 0
** without memory. They live until the next row is read. */
int rows_cells(rows *r, const size_t *wanted, const char *forms, size_t count,
               slice *values);

/* Reads rows until each of these columns, wanted as a date (form 0), a number
** or an Id, has proved its form: `forms` becomes 'd' or 'm' for dates that need
** an order, ',' or '.' for numbers that need a mark, '?' where nothing proves
** it, 0 for others; ROWS_ID where some Id of 15
** characters has both cases, so that no spreadsheet folded them. */
int rows_prove(rows *r, const size_t *wanted, char *forms, size_t count);

#pragma GCC visibility pop

#endif
