/* condition.h: entry conditions as a postfix program over a row's cells. */
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

typedef struct condition_step {
  char op;        /* '=', '!', '<', '[' (<=), '>', ']' (>=) or '&', '|', '-' */
  char type;      /* of the literal: t(ext) n(umber) b(oolean) d(ate) i(d) 0 */
  size_t cell;    /* that the test reads */
  slice label;    /* the cell's name, for messages */
  slice text;     /* the literal's text */
  double number;  /* its value */
  int64_t time;
  int truth;      /* of a boolean; of a date: that it has no time of day */
  char id[18];
} condition_step;

/* Reads the literal's text into its value; what is wrong with the step, or
** NULL. */
const char *condition_check(condition_step *step);

/* How the stack grows by this step: +1, 0 or -1. */
int condition_growth(const condition_step *step);

#define CONDITION_DEPTH 64 /* the deepest stack; a test is a comparison */

/* Runs a program that leaves one truth; on CONDITION_UNKNOWN `*fault` is the
** first step that could not read its cell. */
condition_truth condition_run(const condition_step *steps, size_t count,
                              const slice *cells,
                              const condition_step **fault);

/* What is wrong with a cell that the step could not read. */
const char *condition_problem(const condition_step *step);

#pragma GCC visibility pop

#endif
