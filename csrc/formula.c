/* formula.c: builds and runs programs of tests and formula functions. */
#include "formula.h"

#include <assert.h>
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
  count = (int)strlen(takes);
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
  f->steps[f->count++] = step;
  return NULL;
}

void formula_close(formula *f) {
  free(f->steps);
}

int formula_gives(const formula *f, char type) {
  return f->depth == 1 && f->types[0] == type;
}

/* ---- running ---- */

static int read_id(slice cell, formula_memory *m, slice *text) {
  char *room = formula_room(m, VALUE_ID);
  *text = text_slice(room, VALUE_ID);
  return room && value_id(cell, room);
}

/* Reads a cell as the step's type; 0 where it cannot be. */
static int read_cell(const formula_step *step, slice cell, formula_memory *m,
                     formula_value *v) {
  int is_date;
  v->is_null = cell.length == 0;
  v->text = cell;
  if (v->is_null) return 1;
  switch (step->test.type) {
    case 'n': return value_number(cell, &v->as.number);
    case 'b': return value_boolean(cell, &v->as.truth);
    case 's': return value_time(cell, &v->as.time, &is_date);
    case 'd':
      if (!value_time(cell, &v->as.time, &is_date)) return 0;
      v->as.time = value_day(v->as.time) * VALUE_DAY;
      return 1;
    case 'i': return read_id(cell, m, &v->text);
    default: return text_valid(cell) == cell.length;
  }
}

static void take_constant(const formula_step *step, formula_value *v) {
  v->text = step->test.text;
  v->is_null = !step->test.text.length;
  switch (step->test.type) {
    case 'n': v->as.number = step->test.number; break;
    case 'b': v->as.truth = step->test.truth; break;
    case 'd': case 's': v->as.time = step->test.time; break;
    default: break;
  }
}

static condition_truth truth_of(const formula_value *v) {
  return v->fault ? CONDITION_UNKNOWN : (condition_truth)v->as.truth;
}

/* Two booleans become one; where neither decides, a fault stays. */
static void join(formula_value *a, const formula_value *b,
                 condition_truth deciding) {
  condition_truth truth = condition_join(truth_of(a), truth_of(b), deciding);
  if (truth == CONDITION_UNKNOWN) {
    if (!a->fault) a->fault = b->fault;
    return;
  }
  a->fault = NULL;
  a->as.truth = truth == CONDITION_TRUE;
}

/* A fault among the arguments is the result; so is a NULL, where the function
** does not look at it itself. */
static void call(const formula_step *step, formula_value *arguments,
                 formula_memory *m) {
  const formula_function *f = step->function;
  int i, null = 0;
  for (i = 0; f->takes[i] && f->kind != 'l'; i++) {
    if (arguments[i].fault) {
      arguments[0].fault = arguments[i].fault;
      return;
    }
    null |= arguments[i].is_null && strchr("nds", f->takes[i]) != NULL;
  }
  if (null && !f->kind) {
    memset(arguments, 0, sizeof *arguments);
    arguments->is_null = 1;
    arguments->text.bytes = "";
  } else if (!f->call(m, arguments)) {
    arguments->fault = step;
  }
}

static void run_test(const formula_step *step, const slice *cells,
                     formula_value *v) {
  condition_truth truth = condition_run(&step->test, cells[step->test.cell]);
  v->fault = truth == CONDITION_UNKNOWN ? step : NULL;
  v->as.truth = truth == CONDITION_TRUE;
}

/* Room for a value: most of it is set only where it has a meaning. */
static formula_value *push(formula_value *top) {
  top++;
  top->fault = NULL;
  top->is_null = 0;
  top->as.time = 0;
  return top;
}

formula_value formula_run(const formula *f, const slice *cells,
                          formula_memory *m) {
  formula_value stack[FORMULA_DEPTH + 1], *top = stack;
  size_t i;
  for (i = 0; i < f->count; i++) {
    const formula_step *step = &f->steps[i];
    switch (step->op) {
      case '&': case '|':
        assert(top > stack + 1); /* formula_add has seen to it */
        top--;
        join(top, top + 1, step->op == '&' ? CONDITION_FALSE : CONDITION_TRUE);
        break;
      case '-':
        assert(top > stack);
        if (!top->fault) top->as.truth = !top->as.truth;
        break;
      case 'k': take_constant(step, top = push(top)); break;
      case 'c':
        top = push(top);
        if (!read_cell(step, cells[step->test.cell], m, top)) top->fault = step;
        break;
      case 'f':
        top -= strlen(step->function->takes) - 1;
        call(step, top, m);
        break;
      default: run_test(step, cells, top = push(top));
    }
  }
  return *top;
}

const char *formula_problem(const formula_step *fault) {
  return fault->op == 'f' ? fault->function->problem
                          : condition_problem(fault->test.type);
}
