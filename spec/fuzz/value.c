/* fuzz: values: what is taken is of its form, and reads back as itself. */
#include <math.h>

#include "value.h"
#include "target.h"

/* ---- the same, as simply as it can be said ---- */

/* A number as the C library reads all of it, without its other forms. */
static int plain_number(const char *text, size_t size, double *out) {
  char *end;
  if (!size || strlen(text) != size || size > 63) return 0;
  if (strspn(text, "0123456789+-.eE") != size) return 0;
  *out = strtod(text, &end);
  return end == text + size && isfinite(*out);
}

/* A date of the form YYYY-MM-DD, counted day by day from 1970. */
static int plain_date(const char *text, size_t size, int64_t *day) {
  static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  int y, m, d, at, i;
  *day = 0;
  if (size != 10 || strlen(text) != 10 || text[4] != '-' || text[7] != '-')
    return 0;
  for (i = 0; i < 10; i++)
    if (i != 4 && i != 7 && !strchr("0123456789", text[i])) return 0;
  y = atoi(text);
  m = atoi(text + 5);
  d = atoi(text + 8);
  if (y < 1 || m < 1 || m > 12 || d < 1) return 0;
#define LEAP(y) (((y) % 4 == 0 && (y) % 100 != 0) || (y) % 400 == 0)
  if (d > lengths[m - 1] + (m == 2 && LEAP(y))) return 0;
  for (at = 1970; at < y; at++) *day += 365 + LEAP(at);
  for (at = y; at < 1970; at++) *day -= 365 + LEAP(at);
  for (at = 1; at < m; at++) *day += lengths[at - 1] + (at == 2 && LEAP(y));
  *day += d - 1;
  return 1;
}

/* The checksum of an Id, as its algorithm is told: bit by bit. */
static void plain_suffix(const char *id, char *out) {
  int block, k;
  for (block = 0; block < 3; block++) {
    int number = 0;
    for (k = 0; k < 5; k++) {
      char c = id[5 * block + k];
      if (c >= 'A' && c <= 'Z') number += 1 << k;
    }
    out[block] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[number];
  }
}

static void compare(const char *copy, size_t size) {
  slice text = text_slice(copy, size);
  double number, plain;
  int64_t time, day;
  int is_date, ok;
  char id[VALUE_ID], checksum[3];
  ok = plain_number(copy, size, &plain);
  must(value_number(text, &number) == ok && (!ok || number == plain));
  ok = value_time(text, &time, &is_date) && is_date;
  must(plain_date(copy, size, &day) == ok && (!ok || time == day * 86400000));
  if (!value_id(text, id)) return;
  plain_suffix(id, checksum);
  must(!memcmp(checksum, id + 15, 3));
  for (is_date = 0; is_date < 15; is_date++)
    must(text_lower(id[is_date]) == text_lower(copy[is_date]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *copy = malloc(size + 1), out[VALUE_ID], again[VALUE_ID];
  slice text;
  double number;
  int truth, is_date;
  int64_t time, day;
  memcpy(copy, data, size);
  copy[size] = '\0';
  compare(copy, size);
  text = text_slice(copy, size);
  value_boolean(text, &truth);
  value_number(text, &number);
  if (value_id(text, out)) {
    must(value_id(text_slice(out, VALUE_ID), again));
    must(!memcmp(out, again, VALUE_ID));
    must(value_widen(text_slice(out, 15), again));
    must(!memcmp(out, again, VALUE_ID));
  }
  if (value_date(text, out)) {
    must(value_time(text, &time, &is_date));
    must(value_time(text_slice(out, VALUE_DATE), &day, &is_date) && is_date);
    must(day <= time && time <= day + 86400000 + 1000); /* a leap second */
  }
  free(copy);
  return 0;
}
