/* condition.c: entry conditions as a postfix program over a row's cells. */
#include "condition.h"

#include <string.h>

#include "value.h"

#define NOT_READABLE 2 /* what no comparison gives */

const char *condition_check(condition_step *step) {
  int ok = 1;
  if (strchr("&|-", step->op)) return step->op ? NULL : "has no operator";
  if (!strchr("=!<[>]", step->op)) return "has an unknown operator";
  switch (step->type) {
    case 't': ok = text_valid(step->text) == step->text.length; break;
    case 'n': ok = value_number(step->text, &step->number); break;
    case 'b': ok = value_boolean(step->text, &step->truth); break;
    case 'd': ok = value_time(step->text, &step->time, &step->truth); break;
    case 'i': ok = value_id(step->text, step->id); break;
    case '0': break;
    default: return "has a literal of an unknown type";
  }
  return ok ? NULL : "has a literal that is not of its type";
}

int condition_growth(const condition_step *step) {
  if (step->op == '&' || step->op == '|') return -1;
  return step->op == '-' ? 0 : 1;
}

const char *condition_problem(const condition_step *step) {
  switch (step->type) {
    case 'n': return "is not a number";
    case 'b': return "is neither true nor false";
    case 'd': return "is not a date (YYYY-MM-DD)";
    case 'i': return "is not a Salesforce Id";
    default: return "holds bytes that are not valid UTF-8";
  }
}

/* ---- comparisons: negative, 0 or positive, or NOT_READABLE ---- */

static int compare_text(slice cell, slice literal) {
  size_t i;
  if (cell.length == literal.length &&
      !memcmp(cell.bytes, literal.bytes, cell.length))
    return 0;
  if (text_valid(cell) != cell.length) return NOT_READABLE;
  for (i = 0; i < cell.length && i < literal.length; i++) {
    int order = text_lower(cell.bytes[i]) - text_lower(literal.bytes[i]);
    if (order) return order < 0 ? -1 : 1;
  }
  return (cell.length > literal.length) - (cell.length < literal.length);
}

static int compare_number(slice cell, double literal) {
  double number;
  if (!value_number(cell, &number)) return NOT_READABLE;
  return (number > literal) - (number < literal);
}

static int compare_boolean(slice cell, int literal) {
  int truth;
  return value_boolean(cell, &truth) ? truth - literal : NOT_READABLE;
}

static int64_t day_of(int64_t milliseconds) {
  return milliseconds / 86400000 - (milliseconds % 86400000 < 0);
}

/* Against a literal without a time of day, only the UTC days count. */
static int compare_time(slice cell, int64_t literal, int is_date) {
  int64_t time;
  int cell_is_date;
  if (!value_time(cell, &time, &cell_is_date)) return NOT_READABLE;
  if (is_date) {
    time = day_of(time);
    literal = day_of(literal);
  }
  return (time > literal) - (time < literal);
}

static int compare_id(slice cell, const char *literal) {
  char id[VALUE_ID];
  int order;
  if (!value_id(cell, id)) return NOT_READABLE;
  order = memcmp(id, literal, sizeof id);
  return (order > 0) - (order < 0);
}

static int compare(const condition_step *step, slice cell) {
  switch (step->type) {
    case 'n': return compare_number(cell, step->number);
    case 'b': return compare_boolean(cell, step->truth);
    case 'd': return compare_time(cell, step->time, step->truth);
    case 'i': return compare_id(cell, step->id);
    default: return compare_text(cell, step->text);
  }
}

/* ---- the program ---- */

static condition_truth decide(char op, int order) {
  switch (op) {
    case '=': return order == 0;
    case '!': return order != 0;
    case '<': return order < 0;
    case '[': return order <= 0;
    case '>': return order > 0;
    default: return order >= 0;
  }
}

/* An empty cell is NULL: different from every value, neither less nor more.
** Against a NULL literal, every value is different. */
static condition_truth test(const condition_step *step, slice cell) {
  int order;
  if (step->type == '0')
    return step->op == '=' ? cell.length == 0
                           : step->op == '!' && cell.length != 0;
  if (cell.length == 0) return step->op == '!';
  order = compare(step, cell);
  return order == NOT_READABLE ? CONDITION_UNKNOWN : decide(step->op, order);
}

/* Of two truths the one that decides: `deciding` if any, then unknown. */
static condition_truth join(condition_truth a, condition_truth b,
                            condition_truth deciding) {
  if (a == deciding || b == deciding) return deciding;
  return a == CONDITION_UNKNOWN ? a : b;
}

static condition_truth not(condition_truth a) {
  return a == CONDITION_UNKNOWN ? a : (condition_truth)!a;
}

condition_truth condition_run(const condition_step *steps, size_t count,
                              const slice *cells,
                              const condition_step **fault) {
  condition_truth stack[CONDITION_DEPTH + 1];
  condition_truth *top = stack;
  size_t i;
  *fault = NULL;
  *top = CONDITION_TRUE; /* what no condition at all gives */
  for (i = 0; i < count; i++) {
    const condition_step *step = &steps[i];
    switch (step->op) {
      case '&': top--; *top = join(top[0], top[1], CONDITION_FALSE); break;
      case '|': top--; *top = join(top[0], top[1], CONDITION_TRUE); break;
      case '-': *top = not(*top); break;
      default:
        *++top = test(step, cells[step->cell]);
        if (*top == CONDITION_UNKNOWN && !*fault) *fault = step;
    }
  }
  return *top;
}
