/* condition.c: a test of a cell against a literal, as entry conditions have. */
#include "condition.h"

#include <string.h>

#include "letter.h"
#include "like.h"
#include "value.h"

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

/* ---- comparisons ---- */

static condition_order order_of(int is_more, int is_less) {
  return (condition_order)(CONDITION_EQUAL + is_more - is_less);
}

/* The first characters of both texts without their case. No letter has one case
** in ASCII and the other elsewhere. */
static condition_order compare_letters(slice *a, slice *b) {
  uint32_t one = letter_next(a), other = letter_next(b);
  if ((one < 128) == (other < 128)) {
    one = letter_lower(one);
    other = letter_lower(other);
  }
  return order_of(one > other, one < other);
}

static condition_order compare_texts(slice cell, slice literal) {
  condition_order order = CONDITION_EQUAL;
  if (cell.length == literal.length &&
      !memcmp(cell.bytes, literal.bytes, cell.length))
    return order;
  if (text_valid(cell) != cell.length) return CONDITION_NOT_READABLE;
  while (cell.length && literal.length && order == CONDITION_EQUAL)
    order = compare_letters(&cell, &literal);
  return order == CONDITION_EQUAL
    ? order_of(cell.length > 0, literal.length > 0) : order;
}

static condition_order compare_text(const condition_test *test, slice cell) {
  return compare_texts(cell, test->text);
}

static condition_order compare_number(const condition_test *test, slice cell) {
  double number;
  if (!value_number(cell, &number)) return CONDITION_NOT_READABLE;
  return order_of(number > test->number, number < test->number);
}

static condition_order compare_boolean(const condition_test *test, slice cell) {
  int truth;
  if (!value_boolean(cell, &truth)) return CONDITION_NOT_READABLE;
  return order_of(truth > test->truth, truth < test->truth);
}

/* Against a literal without a time of day, only the UTC days count. */
static condition_order compare_time(const condition_test *test, slice cell) {
  int64_t time, until = test->time + (test->truth ? VALUE_DAY - 1 : 0);
  int is_date;
  if (!value_time(cell, &time, &is_date)) return CONDITION_NOT_READABLE;
  return order_of(time > until, time < test->time);
}

static condition_order compare_id(const condition_test *test, slice cell) {
  char id[VALUE_ID];
  int order;
  if (!value_id(cell, id)) return CONDITION_NOT_READABLE;
  order = memcmp(id, test->id, sizeof id);
  return order_of(order > 0, order < 0);
}

static condition_order compare_null(const condition_test *test, slice cell) {
  (void)test, (void)cell;
  return CONDITION_DIFFERENT;
}

/* ---- LIKE, and multi-selects ---- */

int condition_includes(slice cell, slice value) {
  while (cell.length) {
    const char *end = memchr(cell.bytes, ';', cell.length);
    size_t length = end ? (size_t)(end - cell.bytes) : cell.length;
    slice one = text_trim(text_slice(cell.bytes, length));
    if (compare_texts(one, value) == CONDITION_EQUAL) return 1;
    length += end != NULL;
    cell = text_slice(cell.bytes + length, cell.length - length);
  }
  return 0;
}

static condition_order compare_list(const condition_test *test, slice cell) {
  if (text_valid(cell) != cell.length) return CONDITION_NOT_READABLE;
  return condition_includes(cell, test->text) ? CONDITION_EQUAL
                                              : CONDITION_DIFFERENT;
}

static condition_order compare_like(const condition_test *test, slice cell) {
  if (text_valid(cell) != cell.length) return CONDITION_NOT_READABLE;
  return like_fits(cell, test->text) ? CONDITION_EQUAL : CONDITION_DIFFERENT;
}

/* ---- tests ---- */

static condition_comparison *comparison_of(const condition_test *test) {
  if (test->op == '~') return compare_like;
  if (test->op == ';') return compare_list;
  switch (test->type) {
    case 'n': return compare_number;
    case 'b': return compare_boolean;
    case 'd': return compare_time;
    case 'i': return compare_id;
    case '0': return compare_null;
    default: return compare_text;
  }
}

/* The orders that an operator is true for, a bit for each. */
static int orders_of(char op) {
  enum { LESS = 1 << CONDITION_LESS, EQUAL = 1 << CONDITION_EQUAL,
         MORE = 1 << CONDITION_MORE, DIFFERENT = 1 << CONDITION_DIFFERENT };
  switch (op) {
    case '!': return LESS | MORE | DIFFERENT;
    case '<': return LESS;
    case '[': return LESS | EQUAL;
    case '>': return MORE;
    case ']': return MORE | EQUAL;
    default: return EQUAL;
  }
}

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
  if (!ok) return "has a literal that is not of its type";
  test->compare = comparison_of(test);
  test->orders = orders_of(test->op);
  test->of_null = test->op == (test->type == '0' ? '=' : '!');
  return NULL;
}
