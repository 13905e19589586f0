/* plan.h: a compiled flow: a row's cells in, a credential's JSON out.
**
** Build it (plan_step, plan_field, plan_part in order, then plan_check), and
** run it on as many rows as you like; running changes nothing in it. */
#ifndef PLAN_H
#define PLAN_H

#include <stddef.h>

#include "buffer.h"
#include "formula.h"
#include "text.h"

#pragma GCC visibility push(hidden)

/* The values of a credential that others than the server need. */
typedef enum plan_role {
  PLAN_ONCE_PER,
  PLAN_CAMPAIGN,
  PLAN_NAME,
  PLAN_EMAIL,
  PLAN_EXTERNAL_ID,
  PLAN_RECORD_ID, /* the record's own Id, for the write-back */
  PLAN_TOLD,      /* those above are told to Lua */
  PLAN_ISSUED = PLAN_TOLD, /* the dates, which are in an order */
  PLAN_EXPIRES,
  PLAN_ROLES
} plan_role;

/* One field of the credential. */
typedef struct plan_field_form {
  slice label;   /* for messages: "email (from Email)" */
  slice before;  /* JSON in front of the value; none: the value is only kept */
  char type;     /* t(ext), e(-mail), c(ampaign id), d(ate), b(oolean), j(son as
                 ** it stands); in the list of attributes: 'a' (text), 'D'(ate)
                 ** or 'N'(umber) */
  int role;      /* a plan_role, or -1 */
  int required;  /* an empty value makes the record invalid */
  size_t most;   /* characters; 0: any number */
} plan_field_form;

/* A piece of a field's template. */
typedef struct plan_part_form {
  char type;     /* 'l'iteral, 'c'ell, 'i': a cell that holds a Salesforce Id,
                 ** or 'f'ormula: the steps that follow, which give a text */
  size_t cell;
  slice text;    /* the literal; of an Id: the prefix it must have, or empty */
  slice label;   /* of an Id: its column, for messages */
} plan_part_form;

typedef struct plan plan;

plan *plan_open(size_t cells); /* the number of cells it will be given */
void plan_close(plan *p);
size_t plan_cells(const plan *p);

/* Each copies what it is given; what is wrong, or NULL. A step belongs to the
** formula that was added last, and before the first field to the entry
** conditions. */
const char *plan_step(plan *p, condition_test step);
const char *plan_field(plan *p, plan_field_form form);
const char *plan_part(plan *p, plan_part_form form);
const char *plan_check(plan *p); /* the whole; needed before it runs */

typedef enum plan_result {
  PLAN_SKIPPED, /* the entry conditions do not hold */
  PLAN_INVALID, /* see `problems` */
  PLAN_READY,   /* a credential was added */
  PLAN_NO_MEMORY
} plan_result;

typedef struct plan_span {
  size_t start, length;
} plan_span;

/* Where credentials go. Nothing is added for a row that is not ready. */
typedef struct plan_output {
  buffer json;
  buffer values;
  buffer problems;             /* of the last row: lines, each with its '\n' */
  buffer scratch;
  formula_memory texts;        /* of the last row's formulas */
  plan_span credential;        /* in `json` */
  plan_span value[PLAN_ROLES]; /* in `values` */
} plan_output;

void plan_output_open(plan_output *out);
void plan_output_clear(plan_output *out); /* keeps the memory */
void plan_output_close(plan_output *out);

/* Whether the entry conditions hold for a row: PLAN_READY where they do. */
plan_result plan_meets(const plan *p, const slice *cells, plan_output *out);

/* Adds the credential of such a row. */
plan_result plan_fill(const plan *p, const slice *cells, plan_output *out);

#pragma GCC visibility pop

#endif
