/* formula_number.c: the formula functions of numbers. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formula.h"

static int give(formula_value *a, double number) {
  a->as.number = number;
  return isfinite(number);
}

static int add(formula_memory *m, formula_value *a) {
  (void)m;
  return give(a, a[0].as.number + a[1].as.number);
}

static int subtract(formula_memory *m, formula_value *a) {
  (void)m;
  return give(a, a[0].as.number - a[1].as.number);
}

static int multiply(formula_memory *m, formula_value *a) {
  (void)m;
  return give(a, a[0].as.number * a[1].as.number);
}

static int divide(formula_memory *m, formula_value *a) {
  (void)m;
  return a[1].as.number != 0 && give(a, a[0].as.number / a[1].as.number);
}

static int negate(formula_memory *m, formula_value *a) {
  (void)m;
  return give(a, -a[0].as.number);
}

/* Salesforce counts in decimals: what is a half in 15 digits is one. A number of
** more digits keeps them. */
static double nearest(double number) {
  char digits[40];
  if (fabs(number) >= 1e15) return round(number);
  snprintf(digits, sizeof digits, "%.15g", number);
  return round(strtod(digits, NULL));
}

static int round_to(formula_memory *m, formula_value *a) {
  double places = a[1].as.number, scale;
  (void)m;
  if (places < -15) places = -15;
  if (places > 15) places = 15;
  scale = pow(10, trunc(fabs(places)));
  return give(a, places < 0 ? nearest(a->as.number / scale) * scale
                            : nearest(a->as.number * scale) / scale);
}

static int equal(formula_memory *m, formula_value *a) {
  (void)m;
  a->as.truth = a[0].is_null || a[1].is_null
    ? a[0].is_null && a[1].is_null : a[0].as.number == a[1].as.number;
  a->is_null = 0;
  return 1;
}

static int less(formula_memory *m, formula_value *a) {
  (void)m;
  a->as.truth = a[0].as.number < a[1].as.number;
  return 1;
}

static int at_most(formula_memory *m, formula_value *a) {
  (void)m;
  a->as.truth = a[0].as.number <= a[1].as.number;
  return 1;
}

/* Fifteen digits, no exponent and no -0: what a person would write. */
static slice write_number(double number, char *digits, size_t room) {
  int decimals = fabs(number) < 1e15 && number == trunc(number) ? 0 : 17;
  size_t length;
  snprintf(digits, room, decimals ? "%.15g" : "%.0f", number);
  if (strchr(digits, 'e'))
    snprintf(digits, room, "%.*f", fabs(number) < 1 ? 17 : 0, number);
  length = strlen(digits);
  if (strchr(digits, '.'))
    while (digits[length - 1] == '0') length--;
  if (digits[length - 1] == '.') length--;
  return text_slice(digits, length);
}

static int text(formula_memory *m, formula_value *a) {
  char digits[400], *room;
  slice written = write_number(a->as.number, digits, sizeof digits);
  if (text_same(written, text_slice("-0", 2))) written = text_slice("0", 1);
  room = formula_room(m, written.length);
  if (!room) return 0;
  memcpy(room, written.bytes, written.length);
  a->text = text_slice(room, written.length);
  return 1;
}

static const char too_large[] = "makes too large a number in a formula";

const formula_function formula_numbers[] = {
  {"+n", "nn", 'n', 0, add, too_large},
  {"-n", "nn", 'n', 0, subtract, too_large},
  {"*", "nn", 'n', 0, multiply, too_large},
  {"/", "nn", 'n', 0, divide, "divides by zero in a formula"},
  {"-", "n", 'n', 0, negate, NULL},
  {"ROUND", "nn", 'n', 0, round_to, too_large},
  {"=n", "nn", 'b', 'n', equal, NULL},
  {"<n", "nn", 'b', 0, less, NULL},
  {"<=n", "nn", 'b', 0, at_most, NULL},
  {"TEXTn", "n", 't', 0, text, too_large},
  {NULL, NULL, 0, 0, NULL, NULL}};
