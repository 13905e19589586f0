/* formula.h: a program of tests and Salesforce's formula functions.
**
** Steps stand in postfix order. Which types lie on the stack is settled when a
** step is added, so that running needs no such check. What cannot change the
** result is not run: the second of AND where the first is false. */
#ifndef FORMULA_H
#define FORMULA_H

#include <stddef.h>
#include <stdint.h>

#include "condition.h"
#include "text.h"

#pragma GCC visibility push(hidden)

#define FORMULA_DEPTH 64 /* the deepest stack */
#define FORMULA_MOST_TEXT (1024 * 1024) /* bytes that a row's formulas may make */

/* Texts that formulas make; they last until it is cleared. */
typedef struct formula_memory {
  struct formula_chunk *chunks;
  size_t used, room, total; /* of the first chunk; of all */
  int is_out; /* the system had none: what was made then is no value */
} formula_memory;

void formula_clear(formula_memory *m); /* keeps one chunk */
void formula_release(formula_memory *m);
char *formula_room(formula_memory *m, size_t length); /* NULL: too much */

struct formula_step;

/* A value; its type is known from the program: t(ext), n(umber), b(oolean),
** d(ate) or s(tamp: a date-time); both as milliseconds of UTC since 1970. */
typedef struct formula_value {
  const struct formula_step *fault; /* it cannot be told, because of this */
  int is_null; /* of a number, a date or a date-time; a text is then empty */
  slice text;
  union {
    double number;
    int64_t time;
    int truth;
  } as;
} formula_value;

typedef struct formula_function {
  const char *name;
  const char *takes; /* types; '?' is any, the same in all places */
  char gives;
  char kind;         /* 'n': knows NULLs; 'l': knows faults as well */
  int (*call)(formula_memory *m, formula_value *arguments); /* 0: cannot be */
  const char *problem; /* why it could not */
} formula_function;

extern const formula_function formula_texts[], formula_numbers[],
  formula_dates[], formula_choices[]; /* each ends with a NULL name */

/* When an operand cannot change the result: by what lies in front of it. */
typedef enum formula_idle {
  FORMULA_BEHIND_FALSE = 1, /* the second of AND */
  FORMULA_BEHIND_TRUE,      /* of OR */
  FORMULA_NOT_BEHIND_TRUE,  /* what IF and CASE give where it is true */
  FORMULA_ELSE /* what IF gives elsewhere: the other lies between them */
} formula_idle;

typedef struct formula_step {
  char op; /* a test's, or '&', '|', '-' (not), 'c'ell, 'k'onstant, 'f'unction */
  condition_test test; /* also the cell, the constant, or the function's name */
  const formula_function *function;
  int takes;    /* how much the function does */
  int idle;     /* a formula_idle of the operand that begins here, or 0: */
  size_t skips; /* so many steps behind this one are passed with it */
} formula_step;

typedef struct formula {
  formula_step *steps;
  size_t count;
  char types[FORMULA_DEPTH];   /* that the steps so far leave */
  size_t first[FORMULA_DEPTH]; /* of the steps that each comes from */
  int depth;
} formula;

/* Adds a step, whose texts must last as long as the formula; what is wrong with
** it, or NULL. */
const char *formula_add(formula *f, condition_test form, size_t cells);
void formula_close(formula *f);

/* Whether it leaves one value of this type. */
int formula_gives(const formula *f, char type);

formula_value formula_run(const formula *f, const slice *cells,
                          formula_memory *m);

/* What is wrong where a value has a fault. */
const char *formula_problem(const formula_step *fault);

#pragma GCC visibility pop

#endif
