/* columns.h: the names of an export's columns, shared by all who need them. */
#ifndef COLUMNS_H
#define COLUMNS_H

#include <stddef.h>

#include "text.h"

#pragma GCC visibility push(hidden)

typedef struct columns {
  size_t holders;
  size_t count;
  slice names[]; /* their bytes follow */
} columns;

/* With one holder; NULL without memory. */
columns *columns_make(const slice *names, size_t count);
columns *columns_hold(columns *c);
void columns_release(columns *c); /* the last holder frees it */

/* The index of a name, whatever its case; `count` where there is none. */
size_t columns_find(const columns *c, slice name);

#pragma GCC visibility pop

#endif
