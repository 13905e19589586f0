/* condition.c: a test of a cell against a literal, as entry conditions have. */
#include "condition.h"

#include <string.h>

#include "letter.h"
#include "like.h"
#include "value.h"

#define NOT_READABLE 2 /* what no comparison gives */

const char *condition_check(condition_test *test) {
  int ok = 1;
  if (!test->op || !strchr("=!<[>]~;", test->op))
    return "has an unknown operator";
  if (strchr("~;", test->op) && test->type != 't')
    return "compares with what is no text";
  switch (test->type) {
    case 't': ok = text_valid(test->text) == test->text.length; break;
    case 'n': ok = value_number(test->text, &test->number); break;
    case 'b': ok = value_boolean(test->text, &test->truth); break;
    case 'd': ok = value_time(test->text, &test->time, &test->truth); break;
    case 'i':
      ok = value_id(test->text, test->id) || value_widen(test->text, test->id);
      break;
    case '0': break;
    default: return "has a literal of an unknown type";
  }
  return ok ? NULL : "has a literal that is not of its type";
}

const char *condition_problem(char type) {
  switch (type) {
    case 'n': return "is not a number";
    case 'b': return "is neither true nor false";
    case 'd': return "is not a date (YYYY-MM-DD)";
    case 's': return "is not a date-time (YYYY-MM-DDThh:mm:ssZ)";
    case 'i': return "is not a Salesforce Id";
    default: return "holds bytes that are not valid UTF-8";
  }
}

/* ---- comparisons: negative, 0 or positive, or NOT_READABLE ---- */

/* The first characters of both texts without their case. */
static int compare_letters(slice *a, slice *b) {
  uint32_t one = letter_lower(letter_next(a));
  uint32_t other = letter_lower(letter_next(b));
  return (one > other) - (one < other);
}

static int compare_text(slice cell, slice literal) {
  int order = 0;
  if (cell.length == literal.length &&
      !memcmp(cell.bytes, literal.bytes, cell.length))
    return 0;
  if (text_valid(cell) != cell.length) return NOT_READABLE;
  while (cell.length && literal.length && !order)
    order = compare_letters(&cell, &literal);
  return order ? order : (cell.length > 0) - (literal.length > 0);
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

/* Against a literal without a time of day, only the UTC days count. */
static int compare_time(slice cell, int64_t literal, int is_date) {
  int64_t time;
  int cell_is_date;
  if (!value_time(cell, &time, &cell_is_date)) return NOT_READABLE;
  if (is_date) {
    time = value_day(time);
    literal = value_day(literal);
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

static int compare(const condition_test *test, slice cell) {
  switch (test->type) {
    case 'n': return compare_number(cell, test->number);
    case 'b': return compare_boolean(cell, test->truth);
    case 'd': return compare_time(cell, test->time, test->truth);
    case 'i': return compare_id(cell, test->id);
    default: return compare_text(cell, test->text);
  }
}

/* ---- LIKE, and multi-selects ---- */

int condition_includes(slice cell, slice value) {
  while (cell.length) {
    const char *end = memchr(cell.bytes, ';', cell.length);
    size_t length = end ? (size_t)(end - cell.bytes) : cell.length;
    if (compare_text(text_trim(text_slice(cell.bytes, length)), value) == 0)
      return 1;
    length += end != NULL;
    cell = text_slice(cell.bytes + length, cell.length - length);
  }
  return 0;
}

static condition_truth match(const condition_test *test, slice cell) {
  if (text_valid(cell) != cell.length) return CONDITION_UNKNOWN;
  return test->op == '~' ? like_fits(cell, test->text)
                         : condition_includes(cell, test->text);
}

/* ---- truths ---- */

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
condition_truth condition_run(const condition_test *test, slice cell) {
  int order;
  if (test->type == '0')
    return test->op == '=' ? cell.length == 0
                           : test->op == '!' && cell.length != 0;
  if (cell.length == 0) return test->op == '!';
  if (test->op == '~' || test->op == ';') return match(test, cell);
  order = compare(test, cell);
  return order == NOT_READABLE ? CONDITION_UNKNOWN : decide(test->op, order);
}
