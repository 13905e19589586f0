/* batch_parts.h: what a batch is made of; for batch.c and batch_handle.c. */
#ifndef BATCH_PARTS_H
#define BATCH_PARTS_H

#include "handles.h"

#pragma GCC visibility push(hidden)

typedef struct batch_item {
  uint64_t line;
  plan_span credential;
  plan_span value[PLAN_ROLES];
  plan_span text; /* of its row */
} batch_item;

typedef struct batch_trouble {
  uint64_t line;
  plan_span text; /* of the problems, a line each */
  plan_span row;
} batch_trouble;

struct batch {
  int is_open;
  plan_output out;
  buffer items;    /* of batch_item */
  buffer troubles; /* of batch_trouble */
  buffer problems;
  buffer rows;
  int keeps_rows;
  columns *columns; /* of the rows; NULL: they are not an export's own */
  char delimiter;
  int records; /* reference to their class */
  record_form *form; /* which that keeps */
};

void batch_forget_columns(lua_State *L, batch *b);

#pragma GCC visibility pop

#endif
