/* columns.c: the names of an export's columns, shared by all who need them. */
#include "columns.h"

#include <stdlib.h>
#include <string.h>

columns *columns_make(const slice *names, size_t count) {
  size_t i, bytes = 0;
  columns *c;
  char *to;
  for (i = 0; i < count; i++) bytes += names[i].length;
  c = malloc(sizeof *c + count * sizeof *names + bytes);
  if (!c) return NULL;
  c->holders = 1;
  c->count = count;
  to = (char *)(c->names + count);
  for (i = 0; i < count; i++) {
    if (names[i].length) memcpy(to, names[i].bytes, names[i].length);
    c->names[i] = text_slice(to, names[i].length);
    to += names[i].length;
  }
  return c;
}

columns *columns_hold(columns *c) {
  c->holders++;
  return c;
}

void columns_release(columns *c) {
  if (c && --c->holders == 0) free(c);
}

size_t columns_find(const columns *c, slice name) {
  size_t i;
  for (i = 0; i < c->count; i++)
    if (text_same(c->names[i], name)) break;
  return i;
}
