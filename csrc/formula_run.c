/* formula_run.c: runs programs of tests and formula functions. */
#include <assert.h>
#include <string.h>

#include "formula.h"
#include "value.h"

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

static int is(const formula_value *v, int truth) {
  return !v->fault && v->as.truth == truth;
}

/* Two booleans become one; where neither decides, a fault stays. */
static void join(formula_value *a, const formula_value *b, int deciding) {
  if (is(a, deciding)) return;
  if (is(b, deciding)) {
    a->fault = NULL;
    a->as.truth = deciding;
  } else if (!a->fault) {
    a->fault = b->fault;
  }
}

/* Whether an operand is of no effect behind what lies on the stack. */
static int is_idle(const formula_step *step, const formula_value *top) {
  switch (step->idle) {
    case FORMULA_BEHIND_FALSE: return is(top, 0);
    case FORMULA_BEHIND_TRUE: return is(top, 1);
    case FORMULA_NOT_BEHIND_TRUE: return !is(top, 1);
    default: return !is(top - 1, 0);
  }
}

static int is_null(const formula_value *v, char type) {
  return v->is_null && (type == 'n' || type == 'd' || type == 's');
}

/* A fault among the arguments is the result; so is a NULL, where the function
** does not look at it itself. */
static void call(const formula_step *step, formula_value *arguments,
                 formula_memory *m) {
  const formula_function *f = step->function;
  int i, null = 0;
  for (i = 0; i < step->takes && f->kind != 'l'; i++) {
    if (arguments[i].fault) {
      arguments[0].fault = arguments[i].fault;
      return;
    }
    null |= is_null(&arguments[i], f->takes[i]);
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
  const formula_step *step = f->steps, *end = f->steps + f->count;
  formula_value stack[FORMULA_DEPTH + 1], *top = stack;
  memset(top, 0, sizeof *top); /* in front of the first */
  for (; step < end; step++) {
    if (step->idle && is_idle(step, top)) {
      if (step->idle >= FORMULA_NOT_BEHIND_TRUE) top = push(top); /* any value */
      step += step->skips;
      continue;
    }
    switch (step->op) {
      case '&': case '|':
        assert(top > stack + 1);
        top--;
        join(top, top + 1, step->op == '|');
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
        top -= step->takes - 1;
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
