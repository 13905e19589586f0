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

/* What a comparison gives. */
typedef enum condition_order {
  CONDITION_LESS,
  CONDITION_EQUAL,
  CONDITION_MORE,
  CONDITION_DIFFERENT, /* in no order */
  CONDITION_NOT_READABLE
} condition_order;

struct condition_test;

typedef condition_order condition_comparison(const struct condition_test *test,
                                             slice cell);

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
  condition_comparison *compare;
  int orders;     /* a bit for each that makes it true */
  int of_null;    /* what it says of an empty cell */
} condition_test;

/* Reads the literal's text into its value, and makes the test ready to run; what
** is wrong with it, or NULL. */
const char *condition_check(condition_test *test);

/* An empty cell is NULL: different from every value, neither less nor more.
** Against a NULL literal, every value is different. */
static inline condition_truth condition_run(const condition_test *test,
                                            slice cell) {
  condition_order order;
  if (!cell.length) return (condition_truth)test->of_null;
  order = test->compare(test, cell);
  if (order == CONDITION_NOT_READABLE) return CONDITION_UNKNOWN;
  return (condition_truth)(test->orders >> order & 1);
}

/* What is wrong with a cell that cannot be read as this type. */
const char *condition_problem(char type);

/* Whether a text of values with ';' between them has this one. */
int condition_includes(slice cell, slice value);

#pragma GCC visibility pop

#endif
