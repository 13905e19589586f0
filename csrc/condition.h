/* condition.h: a test of a cell against a literal, as entry conditions have. */
#ifndef CONDITION_H
#define CONDITION_H

#include <stddef.h>
#include <stdint.h>

#include "text.h"

#pragma GCC visibility push(hidden)

/* What a test says. A cell that cannot be read as its literal's type makes it
** unknown, and the whole condition too, unless the other tests decide it. */
typedef enum condition_truth {
  CONDITION_FALSE,
  CONDITION_TRUE,
  CONDITION_UNKNOWN
} condition_truth;

typedef struct condition_test {
  char op;        /* '=', '!', '<', '[' (<=), '>', ']' (>=), '~' (LIKE) or
                  ** ';' (one of a multi-select's values) */
  char type;      /* of the literal: t(ext) n(umber) b(oolean) d(ate) i(d) 0 */
  size_t cell;    /* that the test reads */
  slice label;    /* the cell's name, for messages */
  slice text;     /* the literal's text */
  double number;  /* its value */
  int64_t time;
  int truth;      /* of a boolean; of a date: that it has no time of day */
  char id[18];
} condition_test;

/* Reads the literal's text into its value; what is wrong with the test, or
** NULL. */
const char *condition_check(condition_test *test);

condition_truth condition_run(const condition_test *test, slice cell);

/* What is wrong with a cell that cannot be read as this type. */
const char *condition_problem(char type);

/* Whether a text of values with ';' between them has this one. */
int condition_includes(slice cell, slice value);

#pragma GCC visibility pop

#endif
