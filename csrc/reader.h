/* reader.h: what the handle of an export's rows holds; for reader.c and
** reader_fill.c only. */
#ifndef READER_H
#define READER_H

#include "handles.h"
#include "rows.h"

#pragma GCC visibility push(hidden)

typedef struct reader {
  int is_open;
  rows rows;
  char *forms;     /* of the plan's cells; NULL where all are plain */
  size_t forms_count;
  char hint[160];  /* what to say of bytes that are not UTF-8 */
  int is_plain;    /* the source's bytes are those of the file */
} reader;

/* The open reader at this place of the stack. */
reader *reader_get(lua_State *L, int index);

int reader_fill(lua_State *L);

#pragma GCC visibility pop

#endif
