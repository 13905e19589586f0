/* plan_parts.h: what a plan is made of; for plan.c and plan_run.c only. */
#ifndef PLAN_PARTS_H
#define PLAN_PARTS_H

#include "kind.h"
#include "plan.h"

#pragma GCC visibility push(hidden)

typedef struct plan_text {
  struct plan_text *next;
  char bytes[];
} plan_text;

typedef struct piece {
  plan_part_form form;
  formula program; /* of a formula */
} piece;

typedef struct field {
  plan_field_form form;
  kind_function *convert; /* NULL: it may be any text */
  size_t first, count;    /* of its parts */
  int is_fixed;           /* only literals: made once, by plan_check */
  slice fixed_json, fixed_value;
} field;

struct plan {
  size_t cells;
  int checked;
  size_t id_cell; /* the one that holds Ids; `cells` where there is none */
  formula conditions;
  field *fields;
  size_t fields_count;
  piece *parts;
  size_t parts_count;
  plan_text *kept;
};

/* Runs a field that reads no cell; 0 where its constant cannot be. */
int plan_run_constant(const plan *p, const field *f, plan_output *out);

#pragma GCC visibility pop

#endif
