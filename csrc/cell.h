/* cell.h: takes apart the text of one row that the scanner found sound. */
#ifndef CELL_H
#define CELL_H

#include <stddef.h>

#include "text.h"

#pragma GCC visibility push(hidden)

/* A cell's value without its quotes. Where quotes are doubled it is written to
** `out`, which must have room for the raw cell; else it points into it. */
slice cell_value(slice raw, char *out);

/* The raw cells of a row, `most` at the most; how many there are. */
size_t cell_split(slice row, char delimiter, slice *cells, size_t most);

#pragma GCC visibility pop

#endif
