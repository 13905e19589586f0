/* recall.h: whether a flow fires for a row, seen from what it was before. */
#ifndef RECALL_H
#define RECALL_H

#include "memory.h"
#include "plan.h"

#pragma GCC visibility push(hidden)

#define RECALL_NO_CELL ((size_t)-1)

typedef struct recall {
  memory *memory; /* NULL: the flow asks for no prior values */
  char trigger;   /* 'm'eets, 'c'reated, 'u'pdated, updated 't'o meet; 'n':
                  ** fires never, and only remembers */
  size_t id;      /* the cell of the record's Id */
  size_t known;   /* the cell that gets whether it was there before, or none */
  size_t *now, *prior; /* cells of fields, and those that get what they were */
  size_t count;
  slice *values;  /* room for as many */
  size_t cells;   /* of a row */
} recall;

/* A row and what is remembered of it. */
typedef struct recall_row {
  char id[18];
  int has_id, fires;
  plan_result met;
  uint64_t fingerprint;
  memory_entry *entry;
} recall_row;

/* Finds a row's record, and sets the cells of what it was. */
void recall_look(const recall *r, slice *cells, slice text, recall_row *row);

/* What the flow does with a row whose conditions gave this. */
plan_result recall_choose(const recall *r, recall_row *row, plan_result met);

/* Remembers the row; 0 without memory. */
int recall_note(const recall *r, const slice *cells, recall_row *row);

#pragma GCC visibility pop

#endif
