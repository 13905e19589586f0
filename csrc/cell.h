/* cell.h: takes apart the text of one row that the scanner found sound. */
#ifndef CELL_H
#define CELL_H

#include <stddef.h>
#include <string.h>

#include "text.h"

#pragma GCC visibility push(hidden)

/* Makes one quote of two, in `out`. */
slice cell_undouble(slice text, char *out);

/* A cell's value without its quotes. Where quotes are doubled, and only where
** `doubled` says that they may be, it is written to `out`, which must have room
** for the raw cell; else it points into the cell. */
static inline slice cell_value(slice raw, int doubled, char *out) {
  if (raw.length < 2 || raw.bytes[0] != '"') return raw;
  raw = text_slice(raw.bytes + 1, raw.length - 2);
  if (!doubled || !memchr(raw.bytes, '"', raw.length)) return raw;
  return cell_undouble(raw, out);
}

/* Takes the first raw cell off what is left of a row; 0 where none is left, and
** then `rest` has no bytes. */
int cell_next(slice *rest, char delimiter, slice *cell);

/* The raw cells of a row, `most` at the most; how many there are. */
size_t cell_split(slice row, char delimiter, slice *cells, size_t most);

#pragma GCC visibility pop

#endif
