/* formula_text.c: the formula functions of text. */
#define _GNU_SOURCE /* memmem */
#include <math.h>
#include <string.h>

#include "formula.h"
#include "letter.h"
#include "value.h"

static int give_truth(formula_value *a, int truth) {
  a->as.truth = truth;
  a->is_null = 0;
  return 1;
}

static int same(slice a, slice b) {
  return a.length == b.length && (!a.length || !memcmp(a.bytes, b.bytes, a.length));
}

static int starts(slice text, slice with) {
  return text.length >= with.length &&
         same(text_slice(text.bytes, with.length), with);
}

static int join(formula_memory *m, formula_value *a) {
  slice one = a[0].text, other = a[1].text;
  char *room;
  if (!one.length || !other.length) {
    if (!one.length) a->text = other;
    return 1;
  }
  room = formula_room(m, one.length + other.length);
  if (!room) return 0;
  memcpy(room, one.bytes, one.length);
  memcpy(room + one.length, other.bytes, other.length);
  a->text = text_slice(room, one.length + other.length);
  return 1;
}

/* A letter's case: of all the same, or by whether a word starts with it. */
typedef enum casing { SMALL, CAPITAL, PROPER } casing;

static int recase(formula_memory *m, formula_value *a, casing how) {
  slice text = a->text;
  char *room = formula_room(m, text.length * 2), *to = room; /* ⱥ is longer */
  int in_word = 0;
  if (!room) return 0;
  while (text.length) {
    uint32_t c = letter_next(&text);
    int is_small = how == SMALL || (how == PROPER && in_word);
    if (how == PROPER) in_word = letter_is(c) || (c == '\'' && in_word);
    c = is_small ? letter_lower(c) : letter_upper(c);
    if (c < 128) *to++ = (char)c; else to += letter_put(to, c);
  }
  a->text = text_slice(room, (size_t)(to - room));
  return 1;
}

static int upper(formula_memory *m, formula_value *a) {
  return recase(m, a, CAPITAL);
}

static int lower(formula_memory *m, formula_value *a) {
  return recase(m, a, SMALL);
}

static int proper(formula_memory *m, formula_value *a) {
  return recase(m, a, PROPER);
}

static int trim(formula_memory *m, formula_value *a) {
  (void)m;
  a->text = text_trim(a->text);
  return 1;
}

/* ---- parts; characters are counted, not bytes ---- */

/* Without its first `count` characters. */
static slice without(slice text, double count) {
  for (; count >= 1 && text.length; count--) letter_next(&text);
  return text;
}

static slice first(slice text, double count) {
  slice rest = without(text, count);
  return text_slice(text.bytes, text.length - rest.length);
}

static int left(formula_memory *m, formula_value *a) {
  (void)m;
  a->text = first(a->text, a[1].as.number);
  return 1;
}

static int right(formula_memory *m, formula_value *a) {
  double all = (double)letter_count(a->text), wanted = trunc(a[1].as.number);
  (void)m;
  a->text = without(a->text, wanted < 0 ? all : all - wanted);
  return 1;
}

/* The first character is number 1, and what is less counts as it. */
static int middle(formula_memory *m, formula_value *a) {
  (void)m;
  a->text = first(without(a->text, a[1].as.number - 1), a[2].as.number);
  return 1;
}

static int length_of(formula_memory *m, formula_value *a) {
  (void)m;
  a->as.number = (double)letter_count(a->text);
  a->is_null = 0;
  return 1;
}

/* Where a text next stands in another, or its end. */
static const char *find(slice in, slice what) {
  const char *at = memmem(in.bytes, in.length, what.bytes, what.length);
  return at ? at : in.bytes + in.length;
}

static size_t count_of(slice text, slice what) {
  const char *end = text.bytes + text.length, *at = find(text, what);
  size_t n = 0;
  for (; at < end; n++) {
    at += what.length;
    at = find(text_slice(at, (size_t)(end - at)), what);
  }
  return n;
}

static void write_substituted(char *to, slice text, slice old, slice new) {
  const char *end = text.bytes + text.length;
  while (text.length) {
    const char *at = find(text, old);
    size_t before = (size_t)(at - text.bytes);
    memcpy(to, text.bytes, before);
    to += before;
    if (at == end) break;
    if (new.length) memcpy(to, new.bytes, new.length);
    to += new.length;
    at += old.length;
    text = text_slice(at, (size_t)(end - at));
  }
}

static int substitute(formula_memory *m, formula_value *a) {
  slice text = a[0].text, old = a[1].text, new = a[2].text;
  size_t count = old.length ? count_of(text, old) : 0, length;
  char *room;
  if (!count) return 1;
  if (new.length > FORMULA_MOST_TEXT / count) return 0;
  length = text.length - count * old.length + count * new.length;
  room = formula_room(m, length);
  if (!room) return 0;
  write_substituted(room, text, old, new);
  a->text = text_slice(room, length);
  return 1;
}

/* ---- questions ---- */

static int equal(formula_memory *m, formula_value *a) {
  (void)m;
  return give_truth(a, same(a[0].text, a[1].text));
}

static int contains(formula_memory *m, formula_value *a) {
  slice in = a[0].text, what = a[1].text;
  (void)m;
  return give_truth(a, !what.length ||
                    (in.length && find(in, what) < in.bytes + in.length));
}

static int begins(formula_memory *m, formula_value *a) {
  (void)m;
  return give_truth(a, starts(a[0].text, a[1].text));
}

static int includes(formula_memory *m, formula_value *a) {
  (void)m;
  return give_truth(a, condition_includes(a[0].text, a[1].text));
}

static int is_blank(formula_memory *m, formula_value *a) {
  (void)m;
  return give_truth(a, a->text.length == 0);
}

static int value(formula_memory *m, formula_value *a) {
  slice text = text_trim(a->text);
  (void)m;
  a->is_null = text.length == 0;
  return a->is_null || value_number(text, &a->as.number);
}

static const char too_long[] = "makes too long a text in a formula";

const formula_function formula_texts[] = {
  {"&", "tt", 't', 0, join, too_long},
  {"UPPER", "t", 't', 0, upper, too_long},
  {"LOWER", "t", 't', 0, lower, too_long},
  {"PROPER", "t", 't', 0, proper, too_long},
  {"TRIM", "t", 't', 0, trim, NULL},
  {"LEFT", "tn", 't', 0, left, NULL},
  {"RIGHT", "tn", 't', 0, right, NULL},
  {"MID", "tnn", 't', 0, middle, NULL},
  {"LEN", "t", 'n', 0, length_of, NULL},
  {"SUBSTITUTE", "ttt", 't', 0, substitute, too_long},
  {"=t", "tt", 'b', 0, equal, NULL},
  {"CONTAINS", "tt", 'b', 0, contains, NULL},
  {"BEGINS", "tt", 'b', 0, begins, NULL},
  {"INCLUDES", "tt", 'b', 0, includes, NULL},
  {"ISBLANKt", "t", 'b', 0, is_blank, NULL},
  {"VALUE", "t", 'n', 0, value, "is not a number"},
  {NULL, NULL, 0, 0, NULL, NULL}};
