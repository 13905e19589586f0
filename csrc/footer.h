/* footer.h: holds back the rows that may be a report's footer, until what
** follows them tells. */
#ifndef FOOTER_H
#define FOOTER_H

#include "csv.h"

#pragma GCC visibility push(hidden)

#define FOOTER_MOST 12 /* rows held at once; a footer has about 8 */

typedef struct footer_row {
  char *bytes; /* its own */
  size_t length;
  uint64_t line;
  size_t blanks;
  int is_fault; /* it has another number of cells than the header */
} footer_row;

typedef struct footer {
  footer_row rows[FOOTER_MOST];
  size_t count;
} footer;

/* Whether a row may be one of a footer: only its first cell is filled, or that
** one names a total, and none holds what only a record has. */
int footer_may_be(const csv_row *row);

/* Takes a copy; 0 where there is no room, -1 without memory. */
int footer_hold(footer *f, const csv_row *row, int is_fault);

/* At the export's end: leaves out the rows that are its footer; how many. */
size_t footer_drop(footer *f);

/* The oldest row; its bytes are to be freed. 0 where none is held. */
int footer_give(footer *f, footer_row *row);

void footer_close(footer *f);

#pragma GCC visibility pop

#endif
