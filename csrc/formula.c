/* formula.c: builds programs of tests and formula functions. */
#include "formula.h"

#include <stdlib.h>
#include <string.h>

#include "value.h"

/* ---- building: the types that lie on the stack ---- */

static const char misfit[] = "gets what it cannot take";

/* Replaces the topmost `takes` types by one. */
static const char *replace(formula *f, int takes, char gives) {
  if (f->depth < takes) return misfit;
  if (f->depth - takes >= FORMULA_DEPTH) return "is nested too deeply";
  f->depth -= takes;
  if (!takes) f->first[f->depth] = f->count;
  f->types[f->depth++] = gives;
  return NULL;
}

static const formula_function *find(slice name) {
  static const formula_function *const lists[] = {
    formula_texts, formula_numbers, formula_dates, formula_choices};
  size_t i;
  for (i = 0; i < sizeof lists / sizeof *lists; i++) {
    const formula_function *one = lists[i];
    for (; one->name; one++)
      if (strlen(one->name) == name.length &&
          !memcmp(one->name, name.bytes, name.length))
        return one;
  }
  return NULL;
}

static const char *add_function(formula *f, formula_step *step) {
  const char *takes;
  char any = '\0';
  int count, i;
  step->function = find(step->test.text);
  if (!step->function) return "calls an unknown function";
  takes = step->function->takes;
  step->takes = count = (int)strlen(takes);
  if (f->depth < count) return misfit;
  for (i = 0; i < count; i++) {
    char got = f->types[f->depth - count + i];
    if (takes[i] == '?' && !any) any = got;
    if (got != (takes[i] == '?' ? any : takes[i])) return misfit;
  }
  return replace(f, count, step->function->gives == '?' ? any
                                                         : step->function->gives);
}

/* A constant: no text is NULL. */
static const char *add_constant(formula *f, condition_test *test) {
  int is_date;
  if (!test->type || !strchr("tnbds", test->type))
    return "has an unknown type";
  if (!strchr("tb", test->type) && !test->text.length)
    return replace(f, 0, test->type);
  if (test->type != 's') {
    const char *wrong;
    test->op = '=';
    wrong = condition_check(test);
    if (wrong) return wrong;
  } else if (!value_time(test->text, &test->time, &is_date)) {
    return "has a literal that is not of its type";
  }
  return replace(f, 0, test->type);
}

static const char *add_cell(formula *f, char type) {
  if (!type || !strchr("tnbdsi", type)) return "has an unknown type";
  return replace(f, 0, type == 'i' ? 't' : type);
}

static const char *add_join(formula *f, int takes) {
  int i;
  for (i = 1; i <= takes; i++)
    if (f->depth < i || f->types[f->depth - i] != 'b') return misfit;
  return replace(f, takes, 'b');
}

static const char *add_test(formula *f, condition_test *test) {
  const char *wrong = condition_check(test);
  return wrong ? wrong : replace(f, 0, 'b');
}

static const char *check_step(formula *f, formula_step *step) {
  switch (step->op) {
    case '&': case '|': return add_join(f, 2);
    case '-': return add_join(f, 1);
    case 'f': return add_function(f, step);
    case 'k': return add_constant(f, &step->test);
    case 'c': return add_cell(f, step->test.type);
    default: return add_test(f, &step->test);
  }
}

static int reads_cell(char op) {
  return !op || !strchr("&|-fk", op);
}

/* ---- building: operands that may have no effect ---- */

/* Marks an operand of the step that is added next; it is passed up to the last
** step that goes with it. */
static void mark(formula *f, int operand, formula_idle idle, size_t last) {
  size_t first = f->first[f->depth - 1 + operand];
  f->steps[first].idle = idle;
  f->steps[first].skips = last - first;
}

static void mark_function(formula *f, const char *name) {
  if (!strcmp(name, "IF")) {
    mark(f, 1, FORMULA_NOT_BEHIND_TRUE, f->first[f->depth + 1] - 1);
    mark(f, 2, FORMULA_ELSE, f->count - 1);
  } else if (!strcmp(name, "CASE")) {
    mark(f, 2, FORMULA_NOT_BEHIND_TRUE, f->count - 1);
  }
}

/* The places of the step's operands are those behind what it leaves. AND and OR
** are passed as well: what is in front is the result. */
static void mark_operands(formula *f, const formula_step *step) {
  if (step->op == '&') mark(f, 1, FORMULA_BEHIND_FALSE, f->count);
  if (step->op == '|') mark(f, 1, FORMULA_BEHIND_TRUE, f->count);
  if (step->op == 'f') mark_function(f, step->function->name);
}

const char *formula_add(formula *f, condition_test form, size_t cells) {
  formula_step step;
  const char *wrong;
  memset(&step, 0, sizeof step);
  step.op = form.op;
  step.test = form;
  if (reads_cell(form.op) && form.cell >= cells) return "reads no column";
  wrong = check_step(f, &step);
  if (wrong) return wrong;
  if ((f->count & (f->count - 1)) == 0) { /* grows at powers of two only */
    size_t room = f->count ? 2 * f->count : 1;
    formula_step *grown = realloc(f->steps, room * sizeof *grown);
    if (!grown) return "out of memory";
    f->steps = grown;
  }
  mark_operands(f, &step);
  f->steps[f->count++] = step;
  return NULL;
}

void formula_close(formula *f) {
  free(f->steps);
}

int formula_gives(const formula *f, char type) {
  return f->depth == 1 && f->types[0] == type;
}
